/**
 * The way to the network: one HTTP request, one answer, no retry, no redirect. Small, so that another can be written
 * in twenty lines.
 *
 * An answer of any status is an answer and resolves. Rejects with `ConnectionError`, `TimeoutError` or
 * `ResponseTooLargeError`, and with `signal.reason` when aborted; nothing of the request is left running then.
 */
export interface HttpTransport {
  request(request: HttpRequest): Promise<HttpResponse>;
}

/** A transport that keeps connections open, and so has something to close. */
export interface ClosableHttpTransport extends HttpTransport {
  /** Closes all its connections; requests under way fail. */
  close(): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent with a Content-Length, never chunked: the lab's servers refuse chunked bodies. */
  readonly body?: string | Uint8Array | undefined;
  /** Real time for the whole exchange, from connecting to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  /** An answer larger than this many bytes, after decompression, is given up. */
  readonly maxResponseBytes: number;
  /**
   * Use a connection that carried no request before. Servers close idle connections, and a request on such a
   * connection may or may not have been acted on; calls that create something must know.
   *
   * @defaultValue false
   */
  readonly freshConnection?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Uint8Array;
}
