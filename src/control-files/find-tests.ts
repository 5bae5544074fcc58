import type { ControlData } from './control-data.js';
import type { ControlFileError } from './control-file-error.js';
import type { ControlFileDiagnostic } from './diagnostics.js';
import { judgeControlFile } from './judge-control-file.js';
import type { TestPredicate } from './predicates.js';
import { readControlFiles } from './read-control-files.js';
import { timeIndex } from './test-time.js';
import type { ControlFileGetter } from './types.js';

/** Options of {@link findTests}. */
export interface FindTestsOptions {
  /** Where the control files come from. */
  readonly getter: ControlFileGetter;
  /** What a test has to satisfy: all of them. */
  readonly predicates: readonly TestPredicate[];
  /**
   * The suite that is looked for. It only helps a getter to narrow the search; that a test is in the suite is for a
   * predicate to say.
   *
   * @defaultValue every control file is read
   */
  readonly suite?: string | undefined;
  /**
   * Whether a file that cannot be parsed is skipped. Otherwise it fails the search.
   *
   * @defaultValue true
   */
  readonly forgiving?: boolean | undefined;
  /**
   * Whether the control files are those of the lab server rather than of a build: then no test has server-side
   * packaging.
   *
   * @defaultValue false
   */
  readonly runProdCode?: boolean | undefined;
  /** Cancels the search, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many files are read at the same time.
   *
   * @defaultValue 8
   */
  readonly concurrency?: number | undefined;
  /** Is told every remark on a file, in the order of the files' paths. What it throws fails the search. */
  readonly onDiagnostic?: ((diagnostic: ControlFileDiagnostic) => void) | undefined;
}

/** What a search found. */
export interface FoundTests {
  /** Slowest first, then by path (D6). */
  readonly tests: readonly ControlData[];
  /** Files that could not be parsed, by path. */
  readonly skipped: readonly SkippedControlFile[];
  /** How many control files were looked at. */
  readonly listed: number;
  /**
   * Most of the files that were listed for the suite are not in it: what a dev server does that does not know the
   * suite, since it then lists everything.
   */
  readonly suiteUnknownToServer: boolean;
  /** The names in the SUITE of every file that was looked at, sorted: what somebody may have meant. */
  readonly suites: readonly string[];
}

export interface SkippedControlFile {
  readonly path: string;
  readonly error: ControlFileError;
}

/**
 * Finds the tests that satisfy all predicates.
 *
 * @throws ControlFileError for a file that cannot be parsed, unless `forgiving`
 * @throws whatever the getter rejects with, since a listed file that cannot be read may be a test that is missed
 */
export async function findTests(options: FindTestsOptions): Promise<FoundTests> {
  const { getter, predicates, suite, forgiving = true, runProdCode = false, onDiagnostic } = options;
  const { files } = await readControlFiles(getter, options);
  const tests: ControlData[] = [];
  const skipped: SkippedControlFile[] = [];
  const suites = new Set<string>();
  let notInSuite = 0;
  for (const path of [...files.keys()].sort()) {
    const judgement = judgeControlFile(path, files.get(path) ?? '', { predicates, runProdCode });
    const { diagnostics } = judgement.kind === 'not-parsed' ? judgement.error : judgement.control;
    for (const diagnostic of diagnostics) onDiagnostic?.(diagnostic);
    if (judgement.kind === 'not-parsed') {
      if (!forgiving) throw judgement.error;
      skipped.push({ path, error: judgement.error });
      continue;
    }
    const { control } = judgement;
    for (const name of control.suites) suites.add(name);
    if (suite !== undefined && !control.suites.includes(suite)) notInSuite++;
    if (judgement.kind === 'selected') tests.push(control);
  }
  tests.sort((a, b) => timeIndex(b.time) - timeIndex(a.time));
  const suiteUnknownToServer = getter.ignoresSuite !== true && notInSuite > files.size / 2;
  return { tests, skipped, listed: files.size, suiteUnknownToServer, suites: [...suites].sort() };
}

/**
 * The names of all suites, sorted: every name in the SUITE of every control file that can be parsed.
 */
export async function listAllSuites(
  getter: ControlFileGetter,
  options: Pick<FindTestsOptions, 'signal' | 'concurrency'> = {},
): Promise<readonly string[]> {
  const { files } = await readControlFiles(getter, options);
  const names = new Set<string>();
  for (const [path, source] of files) {
    const judgement = judgeControlFile(path, source, { predicates: [], runProdCode: false });
    if (judgement.kind !== 'selected') continue;
    for (const suite of judgement.control.suites) names.add(suite);
  }
  return [...names].sort();
}
