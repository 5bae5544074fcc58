const brand = Symbol.for('dynamic-suite.error');

/**
 * The base of every error that this package throws on purpose.
 *
 * A failed test is a result and never an error. Use {@link isDynamicSuiteError} rather than `instanceof` where two
 * copies of the package may be installed.
 */
export class DynamicSuiteError extends Error {
  /** Stable, upper-case identifier of the kind of error, e.g. `ERR_SUITE_ARGUMENT`. Safe to compare in programs. */
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Whether a value is an error of this package, from whichever installed copy of it.
 *
 * @param value - anything, typically what a `catch` clause caught
 * @param code - if given, the error's code must be this one too
 */
export function isDynamicSuiteError(value: unknown, code?: string): value is DynamicSuiteError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false;
  return code === undefined || ('code' in value && value.code === code);
}
