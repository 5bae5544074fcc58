import type { ControlValue } from './control-value.js';
import { ControlFileError } from './control-file-error.js';
import type { ControlFileDiagnostic } from './diagnostics.js';
import { scanControlFile } from './scanner.js';
import { isTestTime, testTimes } from './test-time.js';
import type { ControlFileSource } from './types.js';
import { VariableReader } from './variable-reader.js';

/** Where the code of a test runs: on the device, or on a server of the lab. */
export type TestType = 'client' | 'server';

/** What a control file says of its test, and how to schedule it. */
export interface ControlData {
  /** Where the control file is, as its getter lists it. */
  readonly path: string;
  /** The whole file, as a job is given it. Bytes that are not UTF-8 are lone surrogates U+DC80 to U+DCFF. */
  readonly text: string;
  readonly name: string;
  readonly author: string;
  readonly doc: string;
  /** One of FAST, SHORT, MEDIUM, LONG, LENGTHY, in the file's own spelling; see `timeIndex`. */
  readonly time: string;
  readonly testType: TestType;
  /** In lower case; empty when the file has none. */
  readonly testClass: string;
  /** In lower case; empty when the file has none. */
  readonly testCategory: string;
  /** Labels that a device must have. Sorted, each once. */
  readonly dependencies: readonly string[];
  /** Sorted, each once. */
  readonly testParameters: readonly string[];
  /** Sorted, each once. Unless empty, one of them begins with `subsystem`. */
  readonly attributes: readonly string[];
  /** The names in SUITE, in the file's order, each once. */
  readonly suites: readonly string[];
  /** How many devices the test needs at once. */
  readonly syncCount: number;
  /** How often the lab itself repeats the test within its job. */
  readonly retries: number;
  /** How often a suite may run the test's job again. */
  readonly jobRetries: number;
  readonly runVerify: boolean;
  /** Server-side packaging; null where the file leaves it to the lab. */
  readonly requireSsp: boolean | null;
  /** The file still sets EXPERIMENTAL to true (D9). */
  readonly experimental: boolean;
  /** What to write into a report of the test's failure. */
  readonly bugTemplate: Readonly<Record<string, ControlValue>> | null;
  /** Remarks for the file's author: what was passed over, and why (D4). In the order of the file. */
  readonly diagnostics: readonly ControlFileDiagnostic[];
}

/** What could be made of a control file that need not be complete: null where a required variable is missing or bad. */
export interface LenientControlData extends Omit<ControlData, 'name' | 'author' | 'doc' | 'time' | 'testType'> {
  readonly name: string | null;
  readonly author: string | null;
  readonly doc: string | null;
  readonly time: string | null;
  readonly testType: TestType | null;
}

/** Options of `parseControlFile`. */
export interface ParseControlFileOptions {
  /** The file's path: for messages, and for the result. */
  readonly path: string;
  /**
   * Whether a missing required variable or a bad value is an error. Otherwise it is a diagnostic, and the variable
   * has its default. Text that is not Python is an error either way.
   *
   * @defaultValue true
   */
  readonly strict?: boolean | undefined;
  /**
   * Whether a file that sets EXPERIMENTAL is refused, as the original does, instead of read (D9).
   *
   * @defaultValue false
   */
  readonly rejectExperimental?: boolean | undefined;
  /**
   * The longest file that is read, in bytes.
   *
   * @defaultValue 1 MiB
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Reads a control file, without running it.
 *
 * @throws ControlFileError for a text that is not Python 2 and, in strict mode, for missing variables and bad values;
 *   nothing else (D3)
 */
export function parseControlFile(
  source: ControlFileSource,
  options: ParseControlFileOptions & { readonly strict?: true | undefined },
): ControlData;
export function parseControlFile(source: ControlFileSource, options: ParseControlFileOptions): LenientControlData;
export function parseControlFile(source: ControlFileSource, options: ParseControlFileOptions): LenientControlData {
  const { path, strict = true, rejectExperimental = false, maxBytes } = options;
  const scanned = scanControlFile(source, { path, maxBytes });
  const variables = new VariableReader(scanned, path);
  const data = {
    path,
    text: scanned.text,
    name: variables.text('NAME'),
    author: variables.text('AUTHOR'),
    doc: variables.text('DOC'),
    time: variables.option('TIME', isTestTime, testTimes),
    testType: lowerCased(variables.option('TEST_TYPE', isTestType, ['client', 'server'])),
    testClass: variables.word('TEST_CLASS').toLowerCase(),
    testCategory: variables.word('TEST_CATEGORY').toLowerCase(),
    dependencies: sorted(variables.commaList('DEPENDENCIES')),
    testParameters: sorted(variables.commaList('TEST_PARAMETERS')),
    attributes: variables.has('ATTRIBUTES') ? withSubsystem(variables.commaList('ATTRIBUTES')) : [],
    suites: [...new Set(variables.commaList('SUITE'))],
    syncCount: variables.integer('SYNC_COUNT', 1, 1),
    retries: variables.integer('RETRIES', 0),
    jobRetries: variables.integer('JOB_RETRIES', 0),
    runVerify: variables.boolean('RUN_VERIFY', true),
    requireSsp: variables.boolean('REQUIRE_SSP', null),
    experimental: variables.boolean('EXPERIMENTAL', false),
    bugTemplate: variables.dict('BUG_TEMPLATE'),
  };
  variables.requireAll(['AUTHOR', 'DOC', 'NAME', 'TIME', 'TEST_TYPE'], strict ? 'error' : 'warning');
  variables.markObsolete('EXPERIMENTAL', rejectExperimental ? 'error' : 'warning');
  const diagnostics = variables.diagnostics();
  if (strict && diagnostics.some(({ severity }) => severity === 'error')) throw new ControlFileError(diagnostics);
  return { ...data, diagnostics };
}

function isTestType(text: string): boolean {
  const lower = text.toLowerCase();
  return lower === 'client' || lower === 'server';
}

function lowerCased(option: string | null): TestType | null {
  if (option === null) return null;
  return option.toLowerCase() === 'client' ? 'client' : 'server';
}

function sorted(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}

function withSubsystem(attributes: readonly string[]): readonly string[] {
  const hasSubsystem = attributes.some((attribute) => attribute.startsWith('subsystem'));
  return sorted(hasSubsystem ? attributes : [...attributes, 'subsystem:default']);
}
