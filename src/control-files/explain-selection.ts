import { binaryFromSource, textFromBinary } from './byte-text.js';
import { parseControlFile, type ControlData } from './control-data.js';
import { ControlFileError } from './control-file-error.js';
import { leftOutRule } from './control-paths.js';
import { decidingParts, type DecidingPart } from './deciding-parts.js';
import { renderDiagnostic, type ControlFileDiagnostic } from './diagnostics.js';
import type { FindTestsOptions } from './find-tests.js';
import { judgeControlFile, type Judgement } from './judge-control-file.js';
import type { SoughtValue } from './predicates.js';
import { readControlFiles } from './read-control-files.js';
import { similarity } from './similarity.js';
import type { ControlFileSource } from './types.js';

/** Options of {@link explainSelection}: those of the search that is to be explained. */
export type ExplainSelectionOptions = Pick<
  FindTestsOptions,
  'getter' | 'predicates' | 'suite' | 'runProdCode' | 'signal' | 'concurrency'
>;

/** Whether a search finds the test of a control file, and why not. */
export interface SelectionExplanation {
  readonly path: string;
  /** The test's NAME; null where it is unknown. */
  readonly name: string | null;
  readonly selected: boolean;
  readonly reason: SelectionReason;
  /** The remarks on the file that bear on the reason, at most ten: errors first, in the order of the file. */
  readonly diagnostics: readonly SelectionDiagnostic[];
}

/** Why a test was selected or not. */
export type SelectionReason =
  /** All predicates say yes. */
  | { readonly kind: 'selected' }
  /** A predicate says no: the first of those that were given. `decidedBy` are the innermost of its parts that count. */
  | { readonly kind: 'predicate'; readonly predicate: string; readonly decidedBy: readonly SelectionFactor[] }
  /** The file is not Python, or a variable is missing or has a bad value. */
  | { readonly kind: 'not-parsed'; readonly message: string }
  /** The path is not that of a test: below `deps` or `profilers`, or a Debian package's. */
  | { readonly kind: 'left-out'; readonly rule: 'deps' | 'profilers' | 'debian' }
  /** The getter has the file, but did not list it for the suite, e.g. since the suite map of the build is older. */
  | { readonly kind: 'not-listed'; readonly suite: string };

/** One part of a predicate that decided. */
export interface SelectionFactor {
  readonly description: string;
  /** What it said. */
  readonly holds: boolean;
  /** The variable that it looks at, and what that has: undefined where the predicate does not say. */
  readonly variable?: SoughtValue['variable'] | undefined;
  readonly values?: readonly string[] | undefined;
  /** One of the values that may be a slip of the pen, and what was probably meant. */
  readonly nearMiss?: { readonly value: string; readonly meant: string } | undefined;
}

/** A remark, with the line it is about. */
export interface SelectionDiagnostic extends ControlFileDiagnostic {
  /** As `renderDiagnostic` shows it: message, line, caret. */
  readonly rendered: string;
}

/**
 * Explains a search: for each control file, by path, whether `findTests` with the same options selects it, and why not.
 *
 * With `suite` it asks for one list more, to tell which files the getter has but did not list for that suite.
 *
 * @throws whatever the getter rejects with, as `findTests` does
 */
export async function explainSelection(options: ExplainSelectionOptions): Promise<readonly SelectionExplanation[]> {
  const { getter, predicates, suite, signal, runProdCode = false } = options;
  const { files, leftOut } = await readControlFiles(getter, options);
  const explanations = new Map<string, SelectionExplanation>();
  for (const [path, source] of files) {
    explanations.set(path, explain(path, source, judgeControlFile(path, source, { predicates, runProdCode })));
  }
  const leave = (path: string) => {
    const rule = leftOutRule(path, getter.root);
    if (rule !== undefined) explanations.set(path, unread(path, { kind: 'left-out', rule }));
    return rule !== undefined;
  };
  for (const path of leftOut) leave(path);
  if (suite && getter.ignoresSuite !== true) {
    for (const path of await getter.list({ signal })) {
      if (explanations.has(path) || leave(path)) continue;
      explanations.set(path, unread(path, { kind: 'not-listed', suite }));
    }
  }
  return [...explanations.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function unread(path: string, reason: SelectionReason): SelectionExplanation {
  return { path, name: null, selected: false, reason, diagnostics: [] };
}

function explain(path: string, source: ControlFileSource, judgement: Judgement): SelectionExplanation {
  switch (judgement.kind) {
    case 'selected':
      return { path, name: judgement.control.name, selected: true, reason: { kind: 'selected' }, diagnostics: [] };
    case 'not-parsed': {
      const { message, diagnostics } = judgement.error;
      return {
        path,
        name: nameIn(path, source),
        selected: false,
        reason: { kind: 'not-parsed', message },
        diagnostics: withLines(diagnostics, textOf(source)),
      };
    }
    case 'refused': {
      const { control, by } = judgement;
      const parts = decidingParts(by, control);
      const variables = new Set(parts.map(({ predicate }) => predicate.looksFor?.variable));
      const telling = control.diagnostics.filter(({ variable }) => [...variables].some((each) => each === variable));
      return {
        path,
        name: control.name,
        selected: false,
        reason: {
          kind: 'predicate',
          predicate: by.description,
          decidedBy: parts.map((part) => factor(part, control)),
        },
        diagnostics: withLines(telling, control.text),
      };
    }
  }
}

function factor({ predicate, holds }: DecidingPart, control: ControlData): SelectionFactor {
  const { description, looksFor } = predicate;
  if (looksFor === undefined) return { description, holds };
  const values = valuesOf(looksFor.variable, control);
  const nearMiss = holds ? undefined : nearMissOf(looksFor.value, values);
  return { description, holds, variable: looksFor.variable, values, nearMiss };
}

function valuesOf(variable: SoughtValue['variable'], control: ControlData): readonly string[] {
  switch (variable) {
    case 'SUITE':
      return control.suites;
    case 'NAME':
      return [control.name];
    case 'ATTRIBUTES':
      return control.attributes;
  }
}

function nearMissOf(sought: string | undefined, values: readonly string[]): SelectionFactor['nearMiss'] {
  if (sought === undefined) return undefined;
  let best = { value: '', ratio: 0 };
  for (const value of values.slice(0, maxCompared)) {
    const ratio = similarity(plain(sought), plain(value));
    if (ratio > best.ratio) best = { value, ratio };
  }
  return best.ratio < nearEnough ? undefined : { value: best.value, meant: sought };
}

/** Case and signs are what is mistyped most. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[-_. ]/g, '');
}

/** A letter wrong in a short name; `bvt` and `bvt-cq` are two suites. */
const nearEnough = 0.8;
/** A file may have any number of names. */
const maxCompared = 100;
const maxDiagnostics = 10;

function withLines(diagnostics: readonly ControlFileDiagnostic[], text: string): readonly SelectionDiagnostic[] {
  const isError = ({ severity }: ControlFileDiagnostic) => severity === 'error';
  const errorsFirst = [...diagnostics.filter(isError), ...diagnostics.filter((each) => !isError(each))];
  return errorsFirst
    .slice(0, maxDiagnostics)
    .map((diagnostic) => ({ ...diagnostic, rendered: renderDiagnostic(diagnostic, text) }));
}

function textOf(source: ControlFileSource): string {
  return typeof source === 'string' ? source : textFromBinary(binaryFromSource(source));
}

/** The NAME of a file that could not be used: what can be read of it may have one. */
function nameIn(path: string, source: ControlFileSource): string | null {
  try {
    return parseControlFile(source, { path, strict: false }).name;
  } catch (error) {
    if (error instanceof ControlFileError) return null;
    throw error;
  }
}
