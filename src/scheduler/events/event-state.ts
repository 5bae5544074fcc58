/**
 * The state that an event gave to be kept; null where there is none, or it is not of the expected shape: an event that
 * has lost its state begins anew, and the ledger knows which suites were started.
 */
export function readState<T extends object>(text: string | null, isShape: (state: T) => boolean): T | null {
  if (text === null) return null;
  try {
    const state: unknown = JSON.parse(text);
    return isObject<T>(state) && isShape(state) ? state : null;
  } catch {
    return null;
  }
}

function isObject<T extends object>(value: unknown): value is T {
  return typeof value === 'object' && value !== null;
}
