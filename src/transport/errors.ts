import { DynamicSuiteError } from '../errors.js';
import { excerpt } from './excerpt.js';
import { redactUrl } from './redact-url.js';
import { redirectTarget } from './redirect-target.js';

/** An option of a transport has a value that cannot work. */
export class TransportOptionError extends DynamicSuiteError {
  /** The option's name, e.g. `proxy.url`. */
  readonly option: string;
  /** What is wrong with it. */
  readonly problem: string;

  constructor(option: string, problem: string) {
    super('ERR_TRANSPORT_OPTION', `${option}: ${problem}`);
    this.option = option;
    this.problem = problem;
  }
}

/** No answer came: the server could not be reached, or the connection broke before the answer was complete. */
export class ConnectionError extends DynamicSuiteError {
  /** Without user name and password. */
  readonly url: string;
  /** The HTTP method. */
  readonly method: string;
  /** Whether the server may have seen the request, and so may have acted on it. */
  readonly sent: boolean;
  /**
   * Whether it stays so until somebody changes a setting: a certificate that cannot be trusted, a proxy that refuses.
   * Never retried.
   */
  readonly permanent: boolean;
  /** What to do about it, where that is known. */
  readonly hint: string | undefined;

  constructor(details: {
    readonly url: string;
    readonly method: string;
    readonly sent: boolean;
    /** What went wrong, e.g. `ECONNREFUSED`. */
    readonly reason: string;
    /** @defaultValue false */
    readonly permanent?: boolean | undefined;
    readonly hint?: string | undefined;
    readonly cause?: unknown;
  }) {
    const url = redactUrl(details.url);
    const what = details.sent ? 'the connection broke before the answer' : 'cannot connect';
    const hint = details.hint === undefined ? '' : `; ${details.hint}`;
    super('ERR_CONNECTION', `${details.method} ${url}: ${what}: ${excerpt(details.reason)}${hint}`, causeOf(details));
    this.url = url;
    this.method = details.method;
    this.sent = details.sent;
    this.permanent = details.permanent ?? false;
    this.hint = details.hint;
  }
}

/** The answer was not complete in the time given to one try. */
export class TimeoutError extends DynamicSuiteError {
  /** Without user name and password. */
  readonly url: string;
  /** The HTTP method. */
  readonly method: string;
  readonly timeoutMs: number;
  /** The server may have seen the request, and so may have acted on it. */
  readonly sent = true;

  constructor(details: { readonly url: string; readonly method: string; readonly timeoutMs: number }) {
    const url = redactUrl(details.url);
    super('ERR_TIMEOUT', `${details.method} ${url}: no complete answer within ${details.timeoutMs} ms`);
    this.url = url;
    this.method = details.method;
    this.timeoutMs = details.timeoutMs;
  }
}

/** The answer was larger than the caller wants to hold in memory. */
export class ResponseTooLargeError extends DynamicSuiteError {
  /** Without user name and password. */
  readonly url: string;
  /** The HTTP method. */
  readonly method: string;
  /** The limit that was passed, in bytes after decompression. */
  readonly maxResponseBytes: number;

  constructor(details: { readonly url: string; readonly method: string; readonly maxResponseBytes: number }) {
    const url = redactUrl(details.url);
    super(
      'ERR_RESPONSE_TOO_LARGE',
      `${details.method} ${url}: the answer has more than ${details.maxResponseBytes} bytes`,
    );
    this.url = url;
    this.method = details.method;
    this.maxResponseBytes = details.maxResponseBytes;
  }
}

/** An answer with an HTTP status that is not a success. */
export class HttpStatusError extends DynamicSuiteError {
  readonly status: number;
  /** Without user name and password. */
  readonly url: string;
  /** The HTTP method. */
  readonly method: string;
  /**
   * Where a redirect (3xx) points, without user name, password and query; undefined when the answer does not say. It is
   * never followed: the request, its authorization and all, is meant for the server that was named.
   */
  readonly location: string | undefined;
  /** The beginning of the answer's body, at most 64 Ki characters. Not enumerable: logs stay readable. */
  declare readonly body: string;

  constructor(details: {
    readonly status: number;
    readonly url: string;
    readonly method: string;
    readonly body: string;
    /** What the server says went wrong, where its page says so. */
    readonly detail?: string | undefined;
    /** The headers of the answer, names in lower case. */
    readonly headers?: Readonly<Record<string, string>> | undefined;
  }) {
    const url = redactUrl(details.url);
    const location = redirectTarget(details);
    const detail = details.detail === undefined ? '' : `: ${excerpt(details.detail, 500)}`;
    const pointer = location === undefined ? '' : `: it leads to ${location}, and is not followed`;
    super('ERR_HTTP_STATUS', `${details.method} ${url}: HTTP status ${details.status}${pointer}${detail}`);
    this.status = details.status;
    this.url = url;
    this.method = details.method;
    this.location = location;
    Object.defineProperty(this, 'body', { value: details.body.slice(0, maxBodyLength) });
  }
}

/** An answer came, but it is not what the protocol says: an HTML page instead of JSON, a text instead of a list. */
export class BadResponseError extends DynamicSuiteError {
  /** The call that was answered so, e.g. `get_jobs`. */
  readonly call: string;
  /** Where in the answer the fault is, e.g. `result[3].created_on`; undefined when the whole answer is at fault. */
  readonly field: string | undefined;
  /** The beginning of what came, printable and on one line. */
  readonly excerpt: string;

  constructor(details: {
    readonly call: string;
    readonly problem: string;
    readonly field?: string | undefined;
    /** What came; only its beginning is kept. */
    readonly received: string;
    readonly cause?: unknown;
  }) {
    const start = excerpt(details.received);
    const field = details.field === undefined ? undefined : excerpt(details.field);
    const where = field === undefined ? '' : ` at ${field}`;
    super('ERR_BAD_RESPONSE', `${details.call}: bad answer${where}: ${details.problem}: ${start}`, causeOf(details));
    this.call = details.call;
    this.field = field;
    this.excerpt = start;
  }
}

/** The time given to a call with all its tries is over. */
export class DeadlineError extends DynamicSuiteError {
  /** The call that was given up, e.g. `get_jobs`. */
  readonly call: string;
  readonly deadlineMs: number;
  /** How many requests were sent. */
  readonly tries: number;

  /** The `cause` is the last try's failure. */
  constructor(details: {
    readonly call: string;
    readonly deadlineMs: number;
    readonly tries: number;
    readonly cause?: unknown;
  }) {
    const last = details.cause instanceof Error ? `: ${details.cause.message}` : '';
    super(
      'ERR_DEADLINE',
      `${details.call}: given up after ${details.tries} tries, its deadline is ${details.deadlineMs} ms${last}`,
      causeOf(details),
    );
    this.call = details.call;
    this.deadlineMs = details.deadlineMs;
    this.tries = details.tries;
  }
}

/** An argument holds a character that the servers cannot take: any outside ASCII makes them answer a bare HTTP 500. */
export class NonAsciiError extends DynamicSuiteError {
  /** Where the character stands, e.g. `create_job.keyvals.owner`. */
  readonly field: string;
  /** How many characters of the field stand before it. */
  readonly offset: number;

  constructor(details: { readonly field: string; readonly character: string; readonly offset: number }) {
    const codePoint = (details.character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const field = excerpt(details.field);
    super('ERR_NON_ASCII', `${field}: the character U+${codePoint} at offset ${details.offset} is outside ASCII`);
    this.field = field;
    this.offset = details.offset;
  }
}

const maxBodyLength = 64 * 1024;

function causeOf(details: { readonly cause?: unknown }): { readonly cause?: unknown } {
  return 'cause' in details && details.cause !== undefined ? { cause: details.cause } : {};
}
