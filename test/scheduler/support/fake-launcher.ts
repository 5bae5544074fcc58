import {
  LaunchInDoubtError,
  LaunchRefusedError,
  type Launcher,
  type SuiteLaunch,
} from '../../../src/scheduler/launch/types.js';

/**
 * What becomes of a launch: the suite is started and the answer comes, or is lost, or the process is killed before it
 * comes; or it is not started, and the answer says so, or that it never can be, or is lost too.
 */
export type Fate = 'started' | 'started-in-doubt' | 'failed' | 'refused' | 'in-doubt';

/** A launcher that remembers every suite it has started, and answers truly when it is asked for one. */
export interface FakeLauncher extends Launcher {
  /** The keys of the suites that were started, in order. */
  readonly started: string[];
  /** What becomes of the next launches; then they are started. */
  readonly fates: Fate[];
  /** With an error nothing can be looked for. */
  findProblem: Error | null;
  /** Is called in the middle of each launch, and may reject. */
  during: (launch: SuiteLaunch) => Promise<void>;
}

export function fakeLauncher(...fates: Fate[]): FakeLauncher {
  const launcher: FakeLauncher = {
    started: [],
    fates,
    findProblem: null,
    during: async () => {},
    async launch(launch, { signal } = {}) {
      const fate = launcher.fates.shift() ?? 'started';
      if (fate === 'started' || fate === 'started-in-doubt') launcher.started.push(launch.key);
      await launcher.during(launch);
      signal?.throwIfAborted();
      if (fate === 'started') return { jobId: jobIdOf(launch.key) };
      if (fate === 'failed') throw new Error('the AFE is away');
      if (fate === 'refused') throw new LaunchRefusedError(launch, 'no such file');
      throw new LaunchInDoubtError(launch);
    },
    async find(launch) {
      if (launcher.findProblem !== null) throw launcher.findProblem;
      return launcher.started.includes(launch.key) ? { jobId: jobIdOf(launch.key) } : null;
    },
  };
  const jobIdOf = (key: string) => 100 + launcher.started.indexOf(key);
  return launcher;
}
