import type { SuiteLaunch } from '../../../src/scheduler/launch/types.js';
import { buildOf } from '../../testing/suite-lab.js';

/** The suite `bvt` of `suiteLab`; change what matters. */
export function aLaunch(changes: Partial<SuiteLaunch> = {}): SuiteLaunch {
  const board = changes.board ?? 'lumpy';
  const build = buildOf(board);
  return {
    key: `bvt/${board}/${build}`,
    suite: 'bvt',
    board,
    builds: { 'cros-version': build },
    testSourceBuild: build,
    pool: 'bvt',
    num: null,
    priority: 20,
    timeoutMins: 24 * 60,
    fileBugs: false,
    jobRetry: false,
    task: 'Nightly',
    event: 'nightly',
    dueMs: Date.UTC(2026, 0, 5),
    ...changes,
  };
}
