import type { AfeClient } from '../../clients/afe/types.js';
import type { CallOptions } from '../../clients/call-options.js';
import type { BuildSource, PassedBuild } from '../builds/types.js';
import { compileBranchSpecs } from '../config/branch-specs.js';
import { branchOf } from '../decide/choose-builds.js';
import { latestKey, type DueOccurrence, type LabFacts } from '../decide/facts.js';
import { partnerOf } from '../decide/pair-builds.js';
import type { LabStatusSource } from '../lab-status/types.js';
import { countHosts } from './host-counts.js';

/** Where the facts of a lab come from. */
export interface FactSources {
  readonly afe: Pick<AfeClient, 'getHosts' | 'getLabels'>;
  readonly builds: BuildSource;
  readonly labStatus: LabStatusSource | null;
}

/** The boards of the lab: its labels that start with `board:`. */
export async function readBoards(afe: Pick<AfeClient, 'getLabels'>, options: CallOptions): Promise<readonly string[]> {
  const prefix = 'board:';
  const labels = await afe.getLabels({ namePrefix: prefix }, options);
  return labels.map(({ name }) => name.slice(prefix.length)).filter((board) => board !== '');
}

/**
 * Everything about the lab that a turn decides by, in bulk (C4): all hosts in one call, the status in another.
 *
 * @param due - what the turn is about; only what it needs is asked for
 */
export async function gatherFacts(
  { afe, builds, labStatus }: FactSources,
  boards: readonly string[],
  due: readonly DueOccurrence[],
  options: CallOptions,
): Promise<LabFacts> {
  const topOfTree = await builds.topOfTree(options);
  const [hosts, report] = await Promise.all([afe.getHosts({}, options), labStatus?.read(options) ?? null]);
  const latest = await findPartners(builds, topOfTree, due, options);
  return { boards, hosts: countHosts(hosts), topOfTree, labStatus: report, latest };
}

/** The builds that tasks with firmware need beside those that fit them. */
async function findPartners(
  source: BuildSource,
  topOfTree: number | null,
  due: readonly DueOccurrence[],
  options: CallOptions,
): Promise<ReadonlyMap<string, PassedBuild | null>> {
  const latest = new Map<string, PassedBuild | null>();
  for (const { tasks, occurrence } of due) {
    for (const task of tasks) {
      if (task.firmwareRwBuildSpec === null && task.crosBuildSpec === null) continue;
      const fits = compileBranchSpecs(task.branchSpecs, topOfTree);
      for (const build of occurrence.builds) {
        const partner = fits(branchOf(build)) === 'fits' ? partnerOf(task, build, topOfTree) : null;
        if (partner === null || partner === undefined) continue;
        const { board } = build;
        const key = latestKey(board, partner.type, partner.milestone);
        if (latest.has(key)) continue;
        const request = { board, type: partner.type, milestone: partner.milestone ?? undefined };
        latest.set(key, await source.latest(request, options));
      }
    }
  }
  return latest;
}
