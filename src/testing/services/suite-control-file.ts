import type { JsonObject } from './json-values.js';
import { LiteralError, PythonLiteralReader } from './python-literal-reader.js';
import { pythonLiteral } from './python-literals.js';

/** A suite's control file with the arguments before it, each as an assignment and all of them as `args_dict`. */
export function injectArguments(args: JsonObject, controlFile: string): string {
  const assignments = Object.entries({ ...args, [allArguments]: args });
  return assignments.map(([name, value]) => `${name}=${pythonLiteral(value)}\n`).join('') + controlFile;
}

/**
 * The arguments that were put before a suite's control file.
 *
 * @throws LiteralError for a file that does not begin with arguments, or was cut within them
 */
export function readInjectedArguments(controlFile: string): JsonObject {
  const reader = new PythonLiteralReader(controlFile);
  const args: [string, unknown][] = [];
  for (;;) {
    const assignment = reader.assignment();
    if (assignment === undefined) throw reader.error('the arguments of the suite end too early');
    if (assignment.name === allArguments) return Object.fromEntries(args);
    args.push([assignment.name, assignment.value]);
  }
}

/** Whether a control file begins with a suite's arguments. */
export function hasInjectedArguments(controlFile: string): boolean {
  try {
    return controlFile.includes(`\n${allArguments}=`) && 'builds' in readInjectedArguments(controlFile);
  } catch (error) {
    if (error instanceof LiteralError) return false;
    throw error;
  }
}

const allArguments = 'args_dict';
