import type { DevServerClient } from '../clients/dev-server/types.js';
import { DynamicSuiteError } from '../errors.js';
import type { ControlValue } from './control-value.js';
import { readPythonLiteral } from './python-literal.js';
import { isList } from './python-text.js';

/** Suite → path of a control file → what a device needs for it. */
export type DependencyInfo = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Options of {@link dependencyInfo}. */
export interface DependencyInfoOptions {
  readonly client: DevServerClient;
  /** e.g. `x86-mario-release/R19-1998.0.0`; its `test_suites` have to be staged. */
  readonly build: string;
  /**
   * The longest file that is read, in bytes.
   *
   * @defaultValue 16 MiB
   */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A build's dependency file does not hold what it should. Its code is `ERR_MALFORMED_DEPENDENCIES`. */
export class MalformedDependenciesError extends DynamicSuiteError {
  readonly build: string;
  /** Where the text goes wrong; both count from 1. Undefined where it can be read, but means something else. */
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(details: {
    readonly build: string;
    readonly problem: string;
    readonly position?: { readonly line: number; readonly column: number } | undefined;
    readonly cause?: unknown;
  }) {
    const { build, problem, position, cause } = details;
    const place = position === undefined ? '' : `:${position.line}:${position.column}`;
    super(
      'ERR_MALFORMED_DEPENDENCIES',
      `${path}${place} of ${build.slice(0, maxShown)}: ${problem}`,
      cause === undefined ? {} : { cause },
    );
    this.build = build;
    this.line = position?.line;
    this.column = position?.column;
  }
}

/**
 * Reads the dependencies of a build's tests from its `test_suites/dependency_info`, without reading a control file.
 *
 * @throws MalformedDependenciesError for anything but a dict of dicts of lists of strings
 * @throws ControlFileNotFoundError for a build without the file, or whose `test_suites` are not staged
 */
export async function dependencyInfo(options: DependencyInfoOptions): Promise<DependencyInfo> {
  const { client, build, maxBytes = 16 * 1024 * 1024, signal } = options;
  const bytes = await client.getControlFile({ build, path }, { signal });
  const fail = (problem: string) => new MalformedDependenciesError({ build, problem });
  if (bytes.length > maxBytes) throw fail(`more than ${maxBytes} bytes`);
  const reading = readPythonLiteral(bytes);
  if ('problem' in reading) throw new MalformedDependenciesError({ build, ...reading });
  const suites = entriesOf(reading.value);
  if (suites === undefined) throw fail('not a dict');
  const info = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const [suite, value] of suites) {
    const tests = entriesOf(value);
    if (tests === undefined) throw fail(`the value of suite ${shown(suite)} is not a dict`);
    const dependencies = new Map<string, readonly string[]>();
    for (const [test, labels] of tests) {
      if (!isListOfStrings(labels))
        throw fail(`the value of ${shown(test)} in suite ${shown(suite)} is not a list of strings`);
      dependencies.set(test, labels);
    }
    info.set(suite, dependencies);
  }
  return info;
}

const path = 'test_suites/dependency_info';
const maxShown = 200;

function entriesOf(value: ControlValue): readonly (readonly [string, ControlValue])[] | undefined {
  return typeof value === 'string' || isList(value) ? undefined : Object.entries(value);
}

function isListOfStrings(value: ControlValue): value is readonly string[] {
  return typeof value !== 'string' && isList(value) && value.every((item) => typeof item === 'string');
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, maxShown));
}
