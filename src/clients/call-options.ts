/** What every call to a server takes. */
export interface CallOptions {
  /** Stops the call, its retries and its waits; the call then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the call may take over all its tries and the waits between them, in milliseconds.
   *
   * @defaultValue the client's own `deadlineMs`
   */
  readonly deadlineMs?: number | undefined;
}
