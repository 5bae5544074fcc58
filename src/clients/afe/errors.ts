import { DynamicSuiteError } from '../../errors.js';
import { readStringDict } from '../python-literal.js';

/** What a server says of a failure, in the words of the protocol. */
export interface RpcFailure {
  /** The method that was called, e.g. `create_job`. */
  readonly method: string;
  readonly message: string;
  readonly traceback?: string | undefined;
}

/** The server ran the call and says that it failed. Never retried: the same call would fail again. */
export class RpcError extends DynamicSuiteError {
  /** The class of the exception on the server, e.g. `FieldError`. */
  readonly remoteName: string;
  /** The method that was called, e.g. `create_job`. */
  readonly method: string;
  /** The server's whole message; `message` has its first lines only. Not enumerable. */
  declare readonly remoteMessage: string;
  /** The traceback on the server, at most 64 Ki characters; may be empty. Not enumerable: logs stay readable. */
  declare readonly remoteTraceback: string;

  constructor(failure: RpcFailure & { readonly remoteName: string }) {
    super('ERR_RPC', `${failure.method}: ${failure.remoteName}: ${firstLines(failure.message)}`);
    this.remoteName = failure.remoteName;
    this.method = failure.method;
    Object.defineProperty(this, 'remoteMessage', { value: failure.message.slice(0, maxKeptLength) });
    Object.defineProperty(this, 'remoteTraceback', { value: (failure.traceback ?? '').slice(0, maxKeptLength) });
  }
}

/** No host of the lab satisfies the dependencies of a job. */
export class NoEligibleHostError extends RpcError {
  constructor(failure: RpcFailure) {
    super({ ...failure, remoteName: 'NoEligibleHostException' });
  }
}

/** The server refuses an argument. */
export class ValidationError extends RpcError {
  /**
   * Argument → what is wrong with it, e.g. `{ meta_hosts: 'Label "board:nope" not found' }`. Empty when the server's
   * message is not of that form; the message says then what there is to say.
   */
  readonly problemKeys: Readonly<Record<string, string>>;

  constructor(failure: RpcFailure) {
    super({ ...failure, remoteName: 'ValidationError' });
    this.problemKeys = readStringDict(failure.message) ?? {};
  }
}

/** The user may not do this to these hosts. */
export class AclAccessError extends RpcError {
  constructor(failure: RpcFailure) {
    super({ ...failure, remoteName: 'AclAccessViolation' });
  }
}

/** The call names something that the server does not have. */
export class DoesNotExistError extends RpcError {
  constructor(failure: RpcFailure) {
    super({ ...failure, remoteName: 'DoesNotExist' });
  }
}

/** The server has no such method; a newer or older one may. */
export class MethodNotFoundError extends RpcError {
  constructor(failure: RpcFailure) {
    super({ ...failure, remoteName: 'ServiceMethodNotFound' });
  }
}

/** A filter names a field that the server does not know; the message lists those it knows. */
export class FilterError extends RpcError {
  constructor(failure: RpcFailure) {
    super({ ...failure, remoteName: 'FieldError' });
  }
}

/** `create_suite_job` refuses an argument. */
export class SuiteJobArgumentError extends RpcError {
  constructor(failure: RpcFailure) {
    super({ ...failure, remoteName: 'SuiteArgumentException' });
  }
}

/** `create_suite_job` could not have the build staged on a dev server. */
export class SuiteJobStagingError extends RpcError {}

/** `create_suite_job` could not use the control file of the suite. */
export class SuiteControlFileError extends RpcError {
  /** What is wrong with it; `no-list`: the dev server cannot say which control files the build has. */
  readonly problem: 'not-found' | 'empty' | 'malformed' | 'no-list';

  constructor(failure: RpcFailure & { readonly remoteName: string }, problem: SuiteControlFileError['problem']) {
    super(failure);
    this.problem = problem;
  }
}

/** The error for a failure that a server stated, by the remote class it names. */
export function rpcErrorOf(failure: RpcFailure & { readonly remoteName: string }): RpcError {
  switch (failure.remoteName) {
    case 'NoEligibleHostException':
      return new NoEligibleHostError(failure);
    case 'ValidationError':
      return new ValidationError(failure);
    case 'AclAccessViolation':
      return new AclAccessError(failure);
    case 'DoesNotExist':
      return new DoesNotExistError(failure);
    case 'ServiceMethodNotFound':
      return new MethodNotFoundError(failure);
    case 'FieldError':
      return new FilterError(failure);
    case 'SuiteArgumentException':
      return new SuiteJobArgumentError(failure);
    case 'StageControlFileFailure':
    case 'DevServerException':
      return new SuiteJobStagingError(failure);
    case 'ControlFileNotFound':
      return new SuiteControlFileError(failure, 'not-found');
    case 'ControlFileEmpty':
      return new SuiteControlFileError(failure, 'empty');
    case 'ControlFileMalformed':
      return new SuiteControlFileError(failure, 'malformed');
    case 'NoControlFileList':
      return new SuiteControlFileError(failure, 'no-list');
    default:
      return new RpcError(failure);
  }
}

/**
 * A job may or may not have been created, and the AFE could not be asked in time.
 *
 * To find out later, look for jobs of the name `jobName` and take the one whose keyval `dynamic_suite_request` is
 * `requestKey`; a suite job has no such keyval, and is known by the arguments at the head of its control file.
 */
export class CreateJobStateUnknownError extends DynamicSuiteError {
  readonly jobName: string;
  /** The value of the keyval `dynamic_suite_request` that the job has, if it exists; null for a suite job. */
  readonly requestKey: string | null;

  constructor(details: {
    readonly method: string;
    readonly jobName: string;
    readonly requestKey: string | null;
    readonly cause?: unknown;
  }) {
    const { method, jobName, requestKey, cause } = details;
    const mark =
      requestKey === null
        ? 'the arguments of the call at the head of its control file'
        : `the keyval dynamic_suite_request=${requestKey}`;
    super(
      'ERR_JOB_STATE_UNKNOWN',
      `${method}: nobody knows whether the job ${JSON.stringify(jobName)} was created; it has ${mark} if it was`,
      cause === undefined ? {} : { cause },
    );
    this.jobName = details.jobName;
    this.requestKey = details.requestKey;
  }
}

/** A control file is larger than the AFE can hold; it would cut it without a word. */
export class ControlFileSizeError extends DynamicSuiteError {
  readonly bytes: number;
  readonly maxBytes: number;

  constructor(details: { readonly jobName: string; readonly bytes: number; readonly maxBytes: number }) {
    const { jobName, bytes, maxBytes } = details;
    super(
      'ERR_CONTROL_FILE_SIZE',
      `create_job: the control file of ${JSON.stringify(jobName)} has ${bytes} bytes, the AFE holds ${maxBytes}`,
    );
    this.bytes = bytes;
    this.maxBytes = maxBytes;
  }
}

const maxKeptLength = 64 * 1024;
const maxMessageLength = 2_000;
const maxMessageLines = 10;

function firstLines(message: string): string {
  const start = message.slice(0, maxMessageLength);
  const lines = start.split('\n', maxMessageLines);
  const shown = lines.join('\n').trimEnd();
  return shown.length < message.trimEnd().length ? `${shown} ...` : shown;
}
