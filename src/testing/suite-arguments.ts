import type { ReimageAndRunOptions } from '../index.js';
import type { EmbeddedLab } from './embedded-lab.js';
import { LabDescriptionError } from './errors.js';
import { MemorySuiteJob } from './memory-suite-job.js';

/** Arguments of `reimageAndRun` for an embedded lab, with a suite job to look into. */
export interface LabSuiteArguments extends ReimageAndRunOptions {
  readonly job: MemorySuiteJob;
}

/**
 * Arguments that run a suite on an embedded lab: on the given board, with the last build that was described for it, in
 * a new suite job of the lab.
 *
 * @throws LabDescriptionError when the lab has no build for the board
 */
export function suiteArguments(
  lab: EmbeddedLab,
  builds: readonly string[],
  suite: string,
  board: string,
): LabSuiteArguments {
  const build = builds.findLast((name) => name.startsWith(`${board}-`));
  if (build === undefined) {
    throw new LabDescriptionError(`the lab has no build for ${board}; its builds are: ${builds.join(', ') || 'none'}`);
  }
  const { afe, tko, devServer, clock } = lab;
  return {
    name: suite,
    board,
    builds: { 'cros-version': build },
    devserverUrl: devServer.url,
    job: new MemorySuiteJob(lab.suiteJob({ name: `${build}-test_suites/control.${suite}` }).tag),
    lab: { afe, tko, devServer },
    clock,
  };
}
