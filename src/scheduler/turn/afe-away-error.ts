/** The AFE does not answer, and without it nothing can be decided. Steers a turn; `cause` is what others are to see. */
export class AfeAwayError extends Error {
  constructor(cause: unknown) {
    super('the AFE does not answer', { cause });
  }
}

/** Does what needs the AFE, and rejects with {@link AfeAwayError} when that fails, but not when it was aborted. */
export async function askAfe<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    signal?.throwIfAborted();
    throw new AfeAwayError(error);
  }
}
