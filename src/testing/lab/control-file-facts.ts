import { isDynamicSuiteError, parseControlFile } from '../../index.js';

/** What the lab reads of a control file. */
export interface ControlFileFacts {
  readonly name: string | undefined;
  readonly suites: readonly string[];
}

/**
 * The name of a control file's test, and the suites that it asks to be in. A text that is not Python says neither: the
 * lab takes any text as a job's control file, as the real one does.
 */
export function controlFileFacts(source: string | Uint8Array): ControlFileFacts {
  try {
    const { name, suites, attributes } = parseControlFile(source, { path: 'control', strict: false });
    const fromAttributes = attributes.filter((word) => word.startsWith('suite:')).map((word) => word.slice(6));
    return { name: name ?? undefined, suites: [...new Set([...suites, ...fromAttributes])] };
  } catch (error) {
    if (isDynamicSuiteError(error)) return { name: undefined, suites: [] };
    throw error;
  }
}
