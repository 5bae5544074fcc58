import type {
  AfeClient,
  Clock,
  CrashServerClient,
  DevServerClient,
  ReimageAndRunOptions,
  ResultFiles,
  TkoClient,
} from '../index.js';
import { LabDescriptionError } from './errors.js';
import { MemorySuiteJob } from './memory-suite-job.js';

/** Arguments of `reimageAndRun` for an embedded lab, with a suite job to look into. */
export interface LabSuiteArguments extends ReimageAndRunOptions {
  readonly job: MemorySuiteJob;
}

/** What there is to know of a lab. */
interface SuiteLab {
  readonly afe: AfeClient;
  readonly tko: TkoClient;
  readonly devServer: DevServerClient;
  readonly crashServer: CrashServerClient;
  readonly resultFiles: ResultFiles;
  readonly clock: Clock;
  readonly timeZone: string;
  /** The names of its builds, as they were described. */
  readonly builds: readonly string[];
  /** Makes a suite job. */
  suiteJob(options: { readonly name: string }): { readonly tag: string };
}

/**
 * Arguments that run a suite on an embedded lab: on the given board, with the last build that was described for it, in
 * a new suite job of the lab.
 *
 * @throws LabDescriptionError when the lab has no build for the board
 */
export function suiteArguments(lab: SuiteLab, suite: string, board: string): LabSuiteArguments {
  const { afe, tko, devServer, crashServer, resultFiles, clock, timeZone, builds } = lab;
  const build = builds.findLast((name) => name.startsWith(`${board}-`));
  if (build === undefined) {
    throw new LabDescriptionError(`the lab has no build for ${board}; its builds are: ${builds.join(', ') || 'none'}`);
  }
  return {
    name: suite,
    board,
    builds: { 'cros-version': build },
    devserverUrl: devServer.url,
    job: new MemorySuiteJob(lab.suiteJob({ name: `${build}-test_suites/control.${suite}` }).tag),
    lab: { afe, tko, devServer, crashServers: [crashServer], timeZone },
    resultFiles,
    clock,
  };
}
