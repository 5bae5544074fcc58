import { DynamicSuiteError } from '../../errors.js';
import { excerpt } from '../../transport/excerpt.js';
import { redactUrl } from '../../transport/redact-url.js';

/**
 * The dev server says that it could not do what it was asked for. The message is the server's own, decoded and without
 * its traceback.
 */
export class DevServerError extends DynamicSuiteError {
  /** The HTTP status, e.g. 500. */
  readonly status: number;
  /** What was asked for; without user name and password. */
  readonly url: string;
  /** The server's whole answer, an HTML page, at most 64 Ki characters. Not enumerable: logs stay readable. */
  declare readonly page: string;

  constructor(details: {
    readonly status: number;
    readonly url: string;
    /** The server's message. */
    readonly message: string;
    /** The whole answer. */
    readonly page: string;
  }) {
    super('ERR_DEV_SERVER', details.message.slice(0, maxMessageLength));
    this.status = details.status;
    this.url = redactUrl(details.url);
    Object.defineProperty(this, 'page', { value: details.page.slice(0, maxPageLength) });
  }
}

/** Parts of a build could not be staged, or not in time; the `cause` says which. */
export class StagingError extends DynamicSuiteError {
  readonly build: string;
  /** The artifacts that were asked for. */
  readonly artifacts: readonly string[];
  /** What the server says of each part that failed; empty when it did not say that any did. */
  readonly failures: readonly string[];
  /** Whether the server did not answer in the end: another server may well do it. */
  readonly noAnswer: boolean;

  constructor(details: {
    readonly build: string;
    readonly artifacts: readonly string[];
    /** What went wrong, in the server's words where it has some. */
    readonly reason: string;
    /** @defaultValue none */
    readonly failures?: readonly string[] | undefined;
    /** @defaultValue false */
    readonly noAnswer?: boolean | undefined;
    readonly cause?: unknown;
  }) {
    super(
      'ERR_STAGING',
      `staging ${details.artifacts.join(', ')} of ${details.build} failed: ${details.reason.slice(0, maxMessageLength)}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.build = details.build;
    this.artifacts = details.artifacts;
    this.failures = details.failures ?? [];
    this.noAnswer = details.noAnswer ?? false;
  }
}

/** There is no control file of that path. */
export class ControlFileNotFoundError extends DynamicSuiteError {
  readonly path: string;
  /** The build that was looked in; undefined where control files do not come from a build. */
  readonly build: string | undefined;

  constructor(details: { readonly path: string; readonly build?: string | undefined; readonly cause?: unknown }) {
    const where = details.build === undefined ? '' : ` in ${excerpt(details.build)}`;
    super(
      'ERR_CONTROL_FILE_NOT_FOUND',
      `no control file ${excerpt(details.path)}${where}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.path = details.path;
    this.build = details.build;
  }
}

/** A dev server has no such file of a build: it is not staged, or there is none. */
export class StagedFileNotFoundError extends DynamicSuiteError {
  readonly build: string;
  /** The path or name that was looked for. */
  readonly path: string;

  /** The `cause` is the server's answer. */
  constructor(details: { readonly build: string; readonly path: string; readonly cause?: unknown }) {
    super(
      'ERR_STAGED_FILE_NOT_FOUND',
      `no staged file ${excerpt(details.path)} of ${excerpt(details.build)}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.build = details.build;
    this.path = details.path;
  }
}

/** None of several dev servers can be used; the message and `servers` say why not, of each. */
export class NoDevServerError extends DynamicSuiteError {
  /** The servers that could have been used, and what is wrong with each. */
  readonly servers: readonly UnfitServer[];

  /** @param problem - e.g. `All devservers are currently down` */
  constructor(problem: string, servers: readonly UnfitServer[]) {
    super('ERR_NO_DEV_SERVER', `${problem}: ${describeUnfit(servers)}`);
    this.servers = servers;
  }
}

/** Why a server was not chosen. */
export interface UnfitServer {
  readonly url: string;
  readonly problem: string;
  /** Whether the server said how it is doing. */
  readonly answered: boolean;
}

/** What is wrong with each of some servers, for a message. */
export function describeUnfit(servers: readonly UnfitServer[]): string {
  const listed = servers.map(({ url, problem }) => `${redactUrl(url)}: ${excerpt(problem)}`);
  if (listed.length === 0) return 'none is known';
  const rest = listed.length > maxListed ? [`${listed.length - maxListed} more`] : [];
  return [...listed.slice(0, maxListed), ...rest].join('; ');
}

const maxListed = 20;
const maxMessageLength = 2_000;
const maxPageLength = 64 * 1024;
