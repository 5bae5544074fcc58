import type { AfeClient } from '../../clients/afe/types.js';
import type { CallOptions } from '../../clients/call-options.js';
import type { BuildSource, PassedBuild } from '../builds/types.js';
import { compileBranchSpecs } from '../config/branch-specs.js';
import { branchOf } from '../decide/choose-builds.js';
import { latestKey, type DueOccurrence, type LabFacts } from '../decide/facts.js';
import { partnerOf } from '../decide/pair-builds.js';
import type { LabStatusSource } from '../lab-status/types.js';
import { countHosts } from './host-counts.js';

/**
 * The boards of the lab: its labels that start with `board:`. What could never be the board of a build, because it is
 * too long or holds white space, is none.
 */
export async function readBoards(afe: Pick<AfeClient, 'getLabels'>, options: CallOptions): Promise<readonly string[]> {
  const prefix = 'board:';
  const labels = await afe.getLabels({ namePrefix: prefix }, options);
  const boards = labels.map(({ name }) => name.slice(prefix.length));
  return [...new Set(boards.filter((board) => /^\S{1,200}$/.test(board)))];
}

/** The hosts and the status of the lab, in bulk (C4): all hosts in one call, the status in another. */
export async function readLab(
  { afe, labStatus }: { readonly afe: Pick<AfeClient, 'getHosts'>; readonly labStatus: LabStatusSource | null },
  options: CallOptions,
): Promise<Pick<LabFacts, 'hosts' | 'labStatus'>> {
  const [hosts, report] = await Promise.all([afe.getHosts({}, options), labStatus?.read(options) ?? null]);
  return { hosts: countHosts(hosts), labStatus: report };
}

/** The builds that tasks with firmware need beside those that fit them, see {@link LabFacts.latest}. */
export async function findPartners(
  source: Pick<BuildSource, 'latest'>,
  topOfTree: number | null,
  due: readonly DueOccurrence[],
  options: CallOptions,
): Promise<LabFacts['latest']> {
  const latest = new Map<string, PassedBuild | null>();
  for (const { tasks, occurrence } of due) {
    for (const task of tasks) {
      if (task.firmwareRwBuildSpec === null && task.crosBuildSpec === null) continue;
      const fits = compileBranchSpecs(task.branchSpecs, topOfTree);
      for (const build of occurrence.builds) {
        const { board } = build;
        if (task.boards.length > 0 && !task.boards.includes(board)) continue;
        const partner = fits(branchOf(build)) === 'fits' ? partnerOf(task, build, topOfTree) : null;
        if (partner === null || partner === undefined) continue;
        const key = latestKey(board, partner.type, partner.milestone);
        if (latest.has(key)) continue;
        const request = { board, type: partner.type, milestone: partner.milestone ?? undefined };
        latest.set(key, await source.latest(request, options));
      }
    }
  }
  return latest;
}
