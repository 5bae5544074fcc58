import { onAbort } from '../runtime/abort.js';

/** A signal that aborts when one of several does, with its reason; `release` takes the listeners off again. */
export function anyOf(...signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  readonly release: () => void;
} {
  const any = new AbortController();
  const releases = signals.map((signal) => onAbort(signal, () => any.abort(signal?.reason)));
  return { signal: any.signal, release: () => releases.forEach((release) => release()) };
}
