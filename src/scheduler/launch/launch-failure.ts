import { isDynamicSuiteError } from '../../errors.js';
import { LaunchInDoubtError, LaunchRefusedError, type SuiteLaunch } from './types.js';

/**
 * What a launch rejects with when the creation of its job has failed: refused where the same request would fail again,
 * in doubt where nobody knows whether the job is there, else the failure as it is.
 */
export function launchFailure(launch: SuiteLaunch, error: unknown): unknown {
  if (isDynamicSuiteError(error, 'ERR_JOB_STATE_UNKNOWN')) return new LaunchInDoubtError(launch, { cause: error });
  if (isRefusal(error)) return new LaunchRefusedError(launch, error.message, { cause: error });
  return error;
}

function isRefusal(error: unknown): error is Error {
  if (!isDynamicSuiteError(error)) return false;
  if (refusals.has(error.code)) return true;
  if ('remoteName' in error && typeof error.remoteName === 'string') return remoteRefusals.has(error.remoteName);
  // That a dev server cannot list its files is trouble of the server, which may pass; so it is of the AFE's.
  return error.code === 'ERR_SUITE_CONTROL_FILE' && 'problem' in error && error.problem !== 'no-list';
}

const refusals = new Set(['ERR_SUITE_ARGUMENT', 'ERR_CONTROL_FILE_SIZE', 'ERR_NON_ASCII', 'ERR_BUILD_NAME']);

const remoteRefusals = new Set([
  'SuiteArgumentException',
  'ControlFileNotFound',
  'ControlFileEmpty',
  'ControlFileMalformed',
  'ParseBuildNameException',
  'ValidationError',
]);
