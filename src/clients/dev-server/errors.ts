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

/** A build's artifacts could not be staged, or not in time; the `cause` says which. */
export class StagingError extends DynamicSuiteError {
  readonly build: string;
  readonly artifacts: readonly string[];

  constructor(details: {
    readonly build: string;
    readonly artifacts: readonly string[];
    /** What went wrong, in the server's words where it has some. */
    readonly reason: string;
    readonly cause?: unknown;
  }) {
    super(
      'ERR_STAGING',
      `staging ${details.artifacts.join(', ')} of ${details.build} failed: ${details.reason.slice(0, maxMessageLength)}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.build = details.build;
    this.artifacts = details.artifacts;
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

const maxMessageLength = 2_000;
const maxPageLength = 64 * 1024;
