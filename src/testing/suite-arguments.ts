import type {
  AfeClient,
  Clock,
  CrashServerClient,
  DevServerClient,
  ReimageAndRunOptions,
  ResultFiles,
  TkoClient,
} from '../index.js';
import { isBuildFor } from './build-board.js';
import { LabDescriptionError } from './errors.js';
import type { StoredBuild } from './lab/build-store.js';
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
  /** By name, in the order in which they came. */
  readonly builds: ReadonlyMap<string, Pick<StoredBuild, 'suites'>>;
  readonly labels: Iterable<{ readonly name: string }>;
  /** Makes a suite job. */
  suiteJob(options: { readonly name: string }): { readonly tag: string };
}

/**
 * Arguments that run a suite on an embedded lab: on the given board, with the last build that was described for it, in
 * a new suite job of the lab.
 *
 * @param suite - the only one of the build unless given
 * @param board - the only one that has builds unless given
 * @throws LabDescriptionError when the lab has no build for the board, or what is not given could be several
 */
export function suiteArguments(lab: SuiteLab, suite: string | undefined, board: string | undefined): LabSuiteArguments {
  const { afe, tko, devServer, crashServer, resultFiles, clock, timeZone, builds } = lab;
  const onBoard = board ?? theOnly('board with a build', boardsWithBuilds(lab));
  const names = [...builds.keys()];
  const build = names.findLast((name) => isBuildFor(name, onBoard));
  if (build === undefined) {
    throw new LabDescriptionError(`the lab has no build for ${onBoard}; its builds are: ${listOf(names)}`);
  }
  const name = suite ?? theOnly(`suite of ${build}`, [...(builds.get(build)?.suites.keys() ?? [])]);
  return {
    name,
    board: onBoard,
    builds: { 'cros-version': build },
    devserverUrl: devServer.url,
    job: new MemorySuiteJob(lab.suiteJob({ name: `${build}-test_suites/control.${name}` }).tag),
    lab: { afe, tko, devServer, crashServers: [crashServer], timeZone },
    resultFiles,
    clock,
  };
}

function boardsWithBuilds({ labels, builds }: SuiteLab): readonly string[] {
  const boards = Array.from(labels, ({ name }) => (name.startsWith('board:') ? name.slice('board:'.length) : ''));
  const names = [...builds.keys()];
  return boards.filter((board) => board !== '' && names.some((name) => isBuildFor(name, board)));
}

function theOnly(what: string, names: readonly string[]): string {
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  throw new LabDescriptionError(`name the ${what}, there is not just one: ${listOf(names)}`);
}

/** A few of them: a lab may have thousands. */
function listOf(names: readonly string[]): string {
  const left = names.length - shownNames;
  return (names.slice(0, shownNames).join(', ') || 'none') + (left > 0 ? ` and ${left} more` : '');
}

const shownNames = 20;
