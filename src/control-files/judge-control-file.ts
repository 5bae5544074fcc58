import { parseControlFile, type ControlData } from './control-data.js';
import { ControlFileError } from './control-file-error.js';
import type { TestPredicate } from './predicates.js';
import type { ControlFileSource } from './types.js';

/** What a search makes of one control file. */
export type Judgement =
  | { readonly kind: 'selected'; readonly control: ControlData }
  /** The first predicate that said no. */
  | { readonly kind: 'refused'; readonly control: ControlData; readonly by: TestPredicate }
  | { readonly kind: 'not-parsed'; readonly error: ControlFileError };

/** By what a control file is judged. */
export interface JudgeOptions {
  readonly predicates: readonly TestPredicate[];
  /** Whether the files are those of the lab server: then no test has server-side packaging. */
  readonly runProdCode: boolean;
}

/** Decides whether a search finds the test of a control file. Pure, as long as the predicates are. */
export function judgeControlFile(path: string, source: ControlFileSource, options: JudgeOptions): Judgement {
  const { predicates, runProdCode } = options;
  const parsed = tryParse(path, source);
  if (parsed instanceof ControlFileError) return { kind: 'not-parsed', error: parsed };
  const control = runProdCode ? { ...parsed, requireSsp: false } : parsed;
  const by = predicates.find((predicate) => !predicate.test(control));
  return by === undefined ? { kind: 'selected', control } : { kind: 'refused', control, by };
}

function tryParse(path: string, source: ControlFileSource): ControlData | ControlFileError {
  try {
    return parseControlFile(source, { path });
  } catch (error) {
    if (error instanceof ControlFileError) return error;
    throw error;
  }
}
