import { DynamicSuiteError } from '../../errors.js';
import { excerpt } from '../../transport/excerpt.js';
import { describeUnfit, type UnfitServer } from '../dev-server/errors.js';

/** The crash server cannot read a dump. Its words are in the message, the whole of them in the `cause`. */
export class SymbolicationError extends DynamicSuiteError {
  readonly build: string;
  /** The name of the dump. */
  readonly filename: string;

  constructor(details: {
    readonly build: string;
    readonly filename: string;
    /** What the server says. */
    readonly reason: string;
    readonly cause?: unknown;
  }) {
    super(
      'ERR_SYMBOLICATION',
      `${excerpt(details.filename)} of ${excerpt(details.build)} has no stack trace: ${excerpt(details.reason, 1_000)}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.build = details.build;
    this.filename = details.filename;
  }
}

/** No crash server can take a dump: each of them is overloaded or does not answer. */
export class NoCrashServerError extends DynamicSuiteError {
  /** The servers that were asked, and what is wrong with each. */
  readonly servers: readonly UnfitCrashServer[];

  constructor(servers: readonly UnfitCrashServer[]) {
    super('ERR_NO_CRASH_SERVER', `no crash server can take a dump: ${describeUnfit(servers)}`);
    this.servers = servers;
  }
}

/** Why a crash server was not chosen. */
export type UnfitCrashServer = UnfitServer;
