import { binaryFromSource, textFromBinary } from './byte-text.js';
import { ControlFileError } from './control-file-error.js';
import type { ControlFileDiagnostic } from './diagnostics.js';
import { parseModule, type ModuleConstants } from './python-statements.js';
import { PythonTokens } from './python-tokens.js';
import { isDeclaredUtf8, normalizedSource } from './source-encoding.js';
import { SourceLines } from './source-lines.js';
import { SourceProblem } from './source-problem.js';
import type { ControlFileSource } from './types.js';

/** A control file, taken apart but not judged. */
export interface ScannedControlFile extends ModuleConstants {
  /** The whole file; a byte that is not UTF-8 is a lone surrogate U+DC80 to U+DCFF. */
  readonly text: string;
  /** Where an offset of an assignment is. */
  readonly lines: SourceLines;
  /** The work it took, in characters and tokens looked at. */
  readonly steps: number;
}

/**
 * Reads the top-level constant assignments of a Python 2 source, in one pass and in linear time, without running it.
 *
 * @throws ControlFileError for text that is not Python, is not in an encoding that can be read, or is too long
 */
export function scanControlFile(source: ControlFileSource, options: ScanOptions): ScannedControlFile {
  const { path, maxBytes = defaultMaxBytes } = options;
  if (source.length > maxBytes) throw tooLong(path, maxBytes);
  const bytes = binaryFromSource(source);
  if (bytes.length > maxBytes) throw tooLong(path, maxBytes);

  const { binary, hasMark } = normalizedSource(bytes);
  const lines = new SourceLines(binary);
  try {
    const tokens = new PythonTokens(binary);
    const constants = parseModule(tokens, isDeclaredUtf8(binary, hasMark));
    return {
      text: typeof source === 'string' ? source : textFromBinary(bytes),
      assignments: constants.assignments,
      passedOver: constants.passedOver,
      lines,
      steps: tokens.steps,
    };
  } catch (error) {
    if (!(error instanceof SourceProblem)) throw error;
    throw syntaxError(path, error, lines);
  }
}

/** Options of {@link scanControlFile}. */
export interface ScanOptions {
  /** The file's path, for messages. */
  readonly path: string;
  /**
   * The longest file that is read, in bytes.
   *
   * @defaultValue 1 MiB
   */
  readonly maxBytes?: number | undefined;
}

const defaultMaxBytes = 1024 * 1024;

function tooLong(path: string, maxBytes: number): ControlFileError {
  return new ControlFileError([
    {
      code: 'too-long',
      severity: 'error',
      message: `the file has more than ${maxBytes} bytes`,
      path,
      line: 1,
      column: 1,
    },
  ]);
}

function syntaxError(path: string, problem: SourceProblem, lines: SourceLines): ControlFileError {
  const diagnostic: ControlFileDiagnostic = {
    code: 'syntax',
    severity: 'error',
    message: problem.message,
    path,
    ...lines.position(problem.offset),
  };
  return new ControlFileError([diagnostic], { cause: problem });
}
