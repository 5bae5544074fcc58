import type { PassedBuild } from '../builds/types.js';
import { resolveMilestone } from '../config/branch-specs.js';
import type { SuiteTask } from '../task.js';
import { latestKey, type LabFacts } from './facts.js';
import type { Reason } from './reason.js';

/** The builds that a suite puts on a device together, and whose tests it runs. */
export interface BuildPair {
  readonly builds: Readonly<Record<string, string>>;
  readonly testSourceBuild: string;
}

/** Another build that a task needs beside the one that fits it. */
export interface Partner {
  readonly type: string;
  readonly milestone: number | null;
}

/**
 * The build that is to go with one that fits a task; null: none. `undefined`: one is to go with it, but which is not
 * known, since `tot` is not.
 */
export function partnerOf(task: SuiteTask, build: PassedBuild, topOfTree: number | null): Partner | null | undefined {
  if (task.firmwareRwBuildSpec !== null) {
    return { type: task.firmwareRwBuildSpec === 'firmware' ? 'firmware' : 'release', milestone: null };
  }
  if (build.type !== 'firmware' || task.crosBuildSpec === null) return null;
  const milestone = resolveMilestone(task.crosBuildSpec, topOfTree);
  return milestone === null ? undefined : { type: 'release', milestone };
}

/** Puts a build that fits a task together with its partner; or the reason why there is none. */
export function pairBuilds(
  task: SuiteTask,
  build: PassedBuild,
  { latest, topOfTree }: Pick<LabFacts, 'latest' | 'topOfTree'>,
): BuildPair | Reason {
  const partner = partnerOf(task, build, topOfTree);
  if (partner === undefined) {
    return missing(`what "${task.crosBuildSpec ?? ''}" stands for is not known`);
  }
  if (partner === null) {
    const prefix = build.type === 'firmware' ? 'fwrw-version' : 'cros-version';
    return { builds: { [prefix]: build.name }, testSourceBuild: build.name };
  }
  const other = latest.get(latestKey(build.board, partner.type, partner.milestone)) ?? null;
  if (other === null) {
    const milestone = partner.milestone === null ? '' : ` of R${partner.milestone}`;
    return missing(`there is no ${partner.type} build${milestone} to go with ${build.name}`);
  }
  const [cros, firmware] = task.firmwareRwBuildSpec === null ? [other.name, build.name] : [build.name, other.name];
  return {
    builds: { 'cros-version': cros, 'fwrw-version': firmware },
    testSourceBuild: task.testSource === 'firmware_rw' ? firmware : cros,
  };
}

function missing(text: string): Reason {
  return { code: 'no-matching-build', text };
}
