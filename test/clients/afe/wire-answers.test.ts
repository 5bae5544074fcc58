import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readAbortedEntry,
  readHost,
  readHostAttribute,
  readHostQueueEntry,
  readJob,
  readLabel,
} from '../../../src/clients/afe/wire-answers.js';
import { createLabTime } from '../../../src/clients/lab-time.js';
import { wireReader, type WireReader } from '../../../src/clients/wire-reader.js';
import { BadResponseError } from '../../../src/transport/errors.js';
import recordings from '../../fixtures/recordings/afe.json' with { type: 'json' };

const labTime = createLabTime('America/Los_Angeles');

function recorded<T>(name: string, read: (wire: WireReader) => T): readonly T[] {
  const answer = recordings.find((recording) => recording.name === name)?.answer;
  if (typeof answer !== 'object') throw new Error(`no recorded answer ${name}`);
  return wireReader(answer.result, 'call').list(read);
}

const job = (wire: WireReader) => readJob(wire, labTime);
const entry = (wire: WireReader) => readHostQueueEntry(wire, labTime);

test('a job is read', () => {
  expect(recorded('get_jobs id', job)).toEqual([
    {
      id: 3,
      name: 'x86-mario-release/R28-3993.0.0/bvt/login_LoginSuccess',
      owner: 'chromeos-test',
      parentJobId: 1,
      priority: 10,
      createdOnMs: Date.UTC(2026, 10, 21, 17, 14, 54),
      keyvals: {
        builds: "{'cros-version': 'x86-mario-release/R28-3993.0.0'}",
        n: '5',
        parent_job_id: '1',
        build: 'x86-mario-release/R28-3993.0.0',
        suite: 'bvt',
        experimental: 'False',
      },
      dependencies: ['board:x86-mario', 'pool:bvt', 'bluetooth'],
      controlFile: "NAME='x'\njob.run_test('x')\n",
    },
  ]);
});

test('a queue entry on a host is read', () => {
  expect(recorded('get_host_queue_entries job', entry)).toEqual([
    {
      id: 1,
      jobId: 1,
      status: 'Completed',
      complete: true,
      active: false,
      aborted: false,
      executionSubdir: 'chromeos1-rack1-host1',
      startedOnMs: Date.UTC(2026, 10, 21, 17, 14, 52),
      finishedOnMs: Date.UTC(2026, 10, 21, 17, 14, 53),
      hostname: 'chromeos1-rack1-host1',
      metaHost: 'board:x86-mario',
    },
  ]);
});

test('a queue entry without a host yet is read', () => {
  expect(recorded('hqe after abort', entry)).toMatchObject([
    { jobId: 4, status: 'Queued', aborted: true, hostname: null, startedOnMs: null, executionSubdir: '' },
  ]);
});

test('hosts, labels, attributes and aborted entries are read', () => {
  expect(recorded('get_hosts hostname', readHost)).toMatchObject([
    { hostname: 'chromeos1-rack3-host2', status: 'Ready', locked: true, lockReason: 'broken screen' },
  ]);
  expect(recorded('get_hosts multiple_labels', readHost)[0]).toMatchObject({
    labels: expect.arrayContaining(['pool:bvt']),
    attributes: { servo_host: 'chromeos1-rack1-servo1' },
  });
  expect(recorded('get_labels name__startswith', readLabel)[1]).toEqual({ id: 2, name: 'board:lumpy' });
  expect(recorded('get_host_attribute', readHostAttribute)).toEqual([
    { hostname: 'chromeos1-rack1-host1', attribute: 'servo_host', value: 'chromeos1-rack1-servo1' },
  ]);
  expect(recorded('abort_host_queue_entries job__id__in', readAbortedEntry)).toEqual([
    { entryId: 4, jobId: 4, jobName: 'x86-mario-release/R28-3993.0.0/bvt/second' },
  ]);
});

describe('a hostile answer', () => {
  const wireJob = () => {
    const answer = recordings.find((recording) => recording.name === 'get_jobs id')?.answer;
    if (typeof answer !== 'object' || !Array.isArray(answer.result)) throw new Error('no recorded job');
    return { ...Object(answer.result[0]) };
  };

  test.each([
    ['id', '3'],
    ['name', null],
    ['parent_job', 'one'],
    ['created_on', 1795281294],
    ['keyvals', ['a']],
    ['dependencies', ['a']],
    ['control_file', {}],
  ])('whose %s is %j is refused by that field', (name, value) => {
    const read = () => job(wireReader({ ...wireJob(), [name]: value }, 'get_jobs', 'result[0]'));
    expect(read).toThrow(BadResponseError);
    expect(read).toThrow(expect.objectContaining({ call: 'get_jobs', field: `result[0].${name}` }));
  });

  test.each([null, '', 'None', '0000-00-00 00:00:00'])('with %j for a time has none there', (none) => {
    expect(job(wireReader({ ...wireJob(), created_on: none }, 'get_jobs')).createdOnMs).toBeNull();
  });

  test.each(['yesterday', '2026-02-30 00:00:00', '2026-11-21 09:14', '9'.repeat(100_000)])(
    'with %.30j for a time is refused by that field',
    (text) => {
      const read = () => job(wireReader({ ...wireJob(), created_on: text }, 'get_jobs', 'result[0]'));
      expect(read).toThrow(expect.objectContaining({ code: 'ERR_BAD_RESPONSE', field: 'result[0].created_on' }));
    },
  );

  test('throws nothing but a bad-answer error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of [job, entry, readHost, readLabel, readHostAttribute, readAbortedEntry]) {
          try {
            read(wireReader(value, 'call'));
          } catch (error) {
            expect(error).toBeInstanceOf(BadResponseError);
          }
        }
      }),
    );
  });
});
