/**
 * The state that an event gave to be kept; null where there is none, or it is not of the expected shape: an event that
 * has lost its state begins anew, and the ledger knows which suites were started.
 */
export function readState<T extends object>(text: string | null, isShape: (state: Partial<T>) => boolean): T | null {
  if (text === null) return null;
  try {
    const state: unknown = JSON.parse(text);
    const isState = (value: unknown): value is T => typeof value === 'object' && value !== null && isShape(value);
    return isState(state) ? state : null;
  } catch {
    return null;
  }
}
