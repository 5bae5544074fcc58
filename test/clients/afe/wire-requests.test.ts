import { describe, expect, test } from 'vitest';
import type { JobKeyval, JobRequest } from '../../../src/clients/afe/types.js';
import {
  createdJobLookups,
  createJobArguments,
  hostLookups,
  jobLookups,
} from '../../../src/clients/afe/wire-requests.js';
import { createLabTime } from '../../../src/clients/lab-time.js';
import recordings from '../../fixtures/recordings/afe.json' with { type: 'json' };

const labTime = createLabTime('America/Los_Angeles');

function recorded(name: string): unknown {
  const request = recordings.find((recording) => recording.name === name)?.request;
  if (typeof request !== 'object') throw new Error(`no recorded request ${name}`);
  return request.params[0];
}

const minimal: JobRequest = { name: 'hostless', controlFile: 'pass', controlType: 'Server', priority: 10 };

describe('create_job', () => {
  test('is asked for as a suite asks for it', () => {
    const build = 'x86-mario-release/R28-3993.0.0';
    const request: JobRequest = {
      name: `${build}/bvt/login_LoginSuccess`,
      controlFile: "NAME='x'\njob.run_test('x')\n",
      controlType: 'Server',
      priority: 10,
      metaHosts: ['board:x86-mario'],
      dependencies: ['bluetooth', 'pool:bvt', 'board:x86-mario'],
      keyvals: { build, suite: 'bvt', experimental: false, builds: { 'cros-version': build }, parent_job_id: 1, n: 5 },
      maxRuntimeMins: 1440,
      timeoutMins: 1440,
      parentJobId: 1,
      testRetry: 0,
      synchCount: 1,
      requireSsp: null,
    };
    const { keyvals, ...rest } = createJobArguments(request, 'key-1');
    const { keyvals: recordedKeyvals, ...recordedRest } = Object(recorded('as Suite does'));
    expect(rest).toEqual(recordedRest);
    expect(keyvals).toEqual({ ...recordedKeyvals, dynamic_suite_request: 'key-1' });
  });

  test('leaves out what is not given', () => {
    const keyvals = { dynamic_suite_request: 'key-1' };
    expect(createJobArguments({ ...minimal, hostless: true, metaHosts: undefined }, 'key-1')).toEqual({
      ...Object(recorded('hostless')),
      keyvals,
    });
    const byHost: JobRequest = { ...minimal, name: 'by host', controlType: 'Client', hosts: ['chromeos1-rack1-host5'] };
    expect(createJobArguments(byHost, 'key-1')).toEqual({ ...Object(recorded('on a named host')), keyvals });
  });

  test('keeps a broken number as text: the AFE would cut it', () => {
    expect(createJobArguments({ ...minimal, keyvals: { a: 1.5, b: 2 } }, 'k')['keyvals']).toMatchObject({
      a: '1.5',
      b: 2,
    });
  });

  test('never sends a null keyval, which would leave a half-made job', () => {
    const untyped: Record<string, JobKeyval> = JSON.parse('{"owner": null}');
    expect(() => createJobArguments({ ...minimal, keyvals: untyped }, 'k')).toThrow('create_job.keyvals.owner');
  });

  test('takes a control file of 65,535 bytes and no more', () => {
    const withFile = (length: number) => createJobArguments({ ...minimal, controlFile: '#'.repeat(length) }, 'k');
    expect(withFile(65_535)['control_file']).toHaveLength(65_535);
    expect(() => withFile(65_536)).toThrow(expect.objectContaining({ code: 'ERR_CONTROL_FILE_SIZE', bytes: 65_536 }));
  });
});

describe('a filter of jobs', () => {
  test('is put into lookups', () => {
    expect(jobLookups({ name: 'x86-mario-release/R28-3993.0.0/bvt/second' }, labTime)).toEqual(
      recorded('get_jobs name'),
    );
    expect(jobLookups({ namePrefix: 'x86-mario-release/R28-3993.0.0/bvt/' }, labTime)).toEqual(
      recorded('get_jobs name__startswith'),
    );
    expect(jobLookups({ parentJobId: 1 }, labTime)).toEqual(recorded('get_jobs parent_job_id'));
    expect(jobLookups({ parentJobId: 1, state: 'finished' }, labTime)).toEqual(
      recorded('get_jobs parent_job_id finished'),
    );
    expect(jobLookups({ state: 'not_yet_run' }, labTime)).toEqual({ not_yet_run: true });
    expect(jobLookups({ nameContains: '/bvt/', idAbove: 7 }, labTime)).toEqual({
      name__contains: '/bvt/',
      id__gt: 7,
    });
  });

  test('writes times in the zone of the lab', () => {
    expect(jobLookups({ createdSinceMs: Date.UTC(2026, 0, 1, 8) }, labTime)).toEqual({
      created_on__gte: '2026-01-01 00:00:00',
    });
  });
});

test('a filter of hosts is put into lookups', () => {
  expect(hostLookups({ labels: ['board:x86-mario', 'pool:bvt'] })).toEqual(recorded('get_hosts multiple_labels'));
  expect(hostLookups({ hostnames: ['chromeos1-rack1-host1', 'nope'] })).toEqual(recorded('get_hosts hostname__in'));
  expect(hostLookups({ labels: [] })).toEqual({});
});

test('a created job is looked for by parent, time and the part of its name that the AFE keeps', () => {
  const since = Date.UTC(2026, 0, 1, 8);
  expect(createdJobLookups({ ...minimal, name: 'n'.repeat(300), parentJobId: 7 }, since, labTime)).toEqual({
    name: 'n'.repeat(255),
    parent_job_id: 7,
    created_on__gte: '2026-01-01 00:00:00',
  });
  expect(createdJobLookups({ ...minimal, parentJobId: null }, since, labTime)).not.toHaveProperty('parent_job_id');
});
