import { describe, expect, test } from 'vitest';
import {
  AclAccessError,
  ControlFileSizeError,
  CreateJobStateUnknownError,
  DoesNotExistError,
  FilterError,
  MethodNotFoundError,
  NoEligibleHostError,
  rpcErrorOf,
  RpcError,
  SuiteControlFileError,
  SuiteJobArgumentError,
  SuiteJobStagingError,
  ValidationError,
} from '../../../src/clients/afe/errors.js';
import recordings from '../../fixtures/recordings/afe.json' with { type: 'json' };

function recordedError(name: string): RpcError {
  const answer = recordings.find((recording) => recording.name === name)?.answer;
  if (typeof answer !== 'object' || answer.error === null) throw new Error(`no recorded error ${name}`);
  const { name: remoteName, message, traceback } = answer.error;
  return rpcErrorOf({ method: 'create_job', remoteName, message, traceback });
}

describe('what the server states', () => {
  test.each([
    ['nothing satisfies the dependencies', NoEligibleHostError, 'NoEligibleHostException'],
    ['unknown meta host', ValidationError, 'ValidationError'],
    ['host outside the ACL', AclAccessError, 'AclAccessViolation'],
    ['unknown host', DoesNotExistError, 'DoesNotExist'],
    ['get_jobs unknown field', FilterError, 'FieldError'],
    ['keyval null (half-made job stays behind)', RpcError, 'IntegrityError'],
  ])('has a class of its own: %s', (name, errorClass, remoteName) => {
    const error = recordedError(name);
    expect(error.constructor).toBe(errorClass);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ name: errorClass.name, code: 'ERR_RPC', remoteName, method: 'create_job' });
  });

  test.each([
    ['ServiceMethodNotFound', MethodNotFoundError, {}],
    ['SuiteArgumentException', SuiteJobArgumentError, {}],
    ['StageControlFileFailure', SuiteJobStagingError, {}],
    ['DevServerException', SuiteJobStagingError, {}],
    ['ControlFileNotFound', SuiteControlFileError, { problem: 'not-found' }],
    ['ControlFileEmpty', SuiteControlFileError, { problem: 'empty' }],
    ['ControlFileMalformed', SuiteControlFileError, { problem: 'malformed' }],
    ['NoControlFileList', SuiteControlFileError, { problem: 'no-list' }],
    ['SomethingNew', RpcError, {}],
  ])('%s is recognised', (remoteName, errorClass, fields) => {
    const error = rpcErrorOf({ method: 'create_suite_job', remoteName, message: 'no' });
    expect(error.constructor).toBe(errorClass);
    expect(error).toMatchObject({ remoteName, message: `create_suite_job: ${remoteName}: no`, ...fields });
  });

  test('is the message, with the call and the remote class', () => {
    expect(recordedError('unknown host').message).toBe(
      'create_job: DoesNotExist: The following hosts do not exist: nohost',
    );
  });

  test('may be endless; the message has its first lines', () => {
    const message = Array.from({ length: 100_000 }, (_, line) => `line ${line}`).join('\n');
    const error = rpcErrorOf({ method: 'm', remoteName: 'E', message, traceback: message });
    expect(error.message.split('\n')).toHaveLength(10);
    expect(error.message.length).toBeLessThan(2_100);
    expect(error.remoteMessage).toHaveLength(65_536);
    expect(error.remoteTraceback).toHaveLength(65_536);
    expect(JSON.stringify(error)).not.toContain('line');
  });
});

describe('a validation error', () => {
  test.each([
    ['unknown meta host', { meta_hosts: 'Label "board:nope" not found' }],
    [
      'host lacks the dependency',
      { hosts: 'Host(s) failed to meet job dependencies (bluetooth): chromeos1-rack3-host1' },
    ],
    [
      'no hosts at all',
      {
        arguments:
          "You must pass at least one of 'hosts', 'meta_hosts', 'one_time_hosts', 'atomic_group_name', or 'hostless'",
      },
    ],
    ['bad reboot_before', { reboot_before: `[u"'Sometimes' value must be an integer."]` }],
    ['SQL error: bad date filter', {}],
  ])('names the arguments and their problems: %s', (name, problemKeys) => {
    expect(recordedError(name)).toMatchObject({ problemKeys });
  });

  test('that cannot be taken apart keeps its text', () => {
    expect(recordedError('SQL error: bad date filter').message).toContain("'yesterday' value has an invalid format");
  });
});

test('a job of unknown state says how to look for it', () => {
  const cause = new Error('gone');
  const error = new CreateJobStateUnknownError({
    method: 'create_job',
    jobName: 'bvt/power_Idle',
    requestKey: 'key-1',
    cause,
  });
  expect(error).toMatchObject({ code: 'ERR_JOB_STATE_UNKNOWN', jobName: 'bvt/power_Idle', requestKey: 'key-1', cause });
  expect(error.message).toContain('dynamic_suite_request=key-1');
});

test('a control file that is too large is named by its job and size', () => {
  const error = new ControlFileSizeError({ jobName: 'x', bytes: 70_000, maxBytes: 65_535 });
  expect(error).toMatchObject({ code: 'ERR_CONTROL_FILE_SIZE', bytes: 70_000, maxBytes: 65_535 });
  expect(error.message).toContain('"x" has 70000 bytes');
});
