import assert from 'node:assert/strict';
import type { JobRequest, TestView, TkoClient } from '../../index.js';
import type { EmbeddedLab } from '../embedded-lab.js';
import { VirtualClock } from '../virtual-clock.js';
import { callPromises } from './call-promises.js';
import { conformanceCases, type ConformanceCase, type ConnectClient, type PortPromise } from './conformance-case.js';
import { garbagePromise } from './server-promises.js';
import { hostlessRequest, jobRequest, smallLab } from './small-lab.js';

/**
 * The promises of `TkoClient`, each as a case, for tests of a client of one's own:
 *
 * ```ts
 * const connect = (lab: EmbeddedLab) => new MyTkoClient({ transport: lab.transport, clock: lab.clock });
 * for (const { name, run } of tkoClientConformance(connect)) test(name, run);
 * ```
 */
export function tkoClientConformance(connect: ConnectClient<TkoClient>): readonly ConformanceCase[] {
  return conformanceCases(connect, [
    ...rowPromises,
    garbagePromise('tko', smallLab, 'getDetailedTestViews', (tko) => tko.getDetailedTestViews({ jobIds: [1] })),
    ...callPromises<TkoClient>({
      service: 'tko',
      lab: smallLab,
      prepare: (lab) => finish(lab, [hostlessRequest('known')]),
      calls: [
        {
          method: 'getDetailedTestViews',
          isRead: true,
          call: (tko, _, options) => tko.getDetailedTestViews({ jobIds: [1] }, options),
        },
      ],
    }),
  ]);
}

const rowPromises: readonly PortPromise<TkoClient>[] = [
  {
    name: 'getDetailedTestViews: rows of the given jobs only, in the order they were written',
    lab: smallLab,
    check: async (tko, lab) => {
      await finish(lab, [jobRequest('slow'), jobRequest('quick'), jobRequest('other')]);
      const rows = await tko.getDetailedTestViews({ jobIds: [2, 1, 2] });
      const written = rows.map(({ testIdx }) => testIdx);
      assert.deepEqual(
        written,
        sorted(written),
        'getDetailedTestViews should give rows in the order they were written',
      );
      assert.deepEqual(
        rows.map(({ jobId, testName }) => `${jobId} ${testName}`).sort(),
        ['1 SERVER_JOB', '1 slow', '2 SERVER_JOB', '2 quick'],
        'getDetailedTestViews should give each row of the given jobs once',
      );
    },
  },
  {
    name: 'getDetailedTestViews: nothing for no jobs, for a job that runs and for one that does not exist',
    lab: smallLab,
    check: async (tko, lab) => {
      await finish(lab, [jobRequest('done')]);
      const running = lab.suiteJob();
      for (const jobIds of [[], [running.id], [99]]) {
        const rows = await tko.getDetailedTestViews({ jobIds });
        assert.deepEqual(rows, [], `getDetailedTestViews should give nothing for the jobs [${jobIds.join()}]`);
      }
    },
  },
  {
    name: 'getDetailedTestViews: takes any number of jobs',
    lab: smallLab,
    check: async (tko, lab) => {
      await finish(
        lab,
        Array.from({ length: 250 }, () => hostlessRequest('one')),
      );
      const jobIds = Array.from({ length: 250 }, (_, index) => 250 - index);
      const rows = await tko.getDetailedTestViews({ jobIds });
      const written = rows.map(({ testIdx }) => testIdx);
      assert.deepEqual(written, sorted(written), 'getDetailedTestViews should order the rows of all jobs together');
      assert.equal(new Set(rows.map(({ jobId }) => jobId)).size, 250, 'all of 250 jobs should have their rows');
    },
  },
  {
    name: 'getDetailedTestViews: rows that a retry has replaced are there, as invalid',
    lab: () => smallLab().test('flaky', ['fail', 'good']),
    check: async (tko, lab) => {
      await finish(lab, [jobRequest('flaky')]);
      await finish(lab, [jobRequest('flaky', { keyvals: { retry_original_job_id: 1 } })]);
      const rows = await tko.getDetailedTestViews({ jobIds: [1, 2] });
      assert.deepEqual(
        rows.map(({ jobId, testName, status, invalid }) => [jobId, testName, status, invalid]),
        [
          [1, 'SERVER_JOB', 'FAIL', true],
          [1, 'flaky', 'FAIL', true],
          [2, 'SERVER_JOB', 'GOOD', false],
          [2, 'flaky', 'GOOD', false],
        ],
        'getDetailedTestViews should give the rows of a job that was retried, and say that they are invalid',
      );
    },
  },
  ...['2026-01-05T09:00:00Z', '2026-07-05T09:00:00Z'].map((time) => ({
    name: `getDetailedTestViews: a row is as TKO has it, at ${time}`,
    lab: () =>
      smallLab({ clock: new VirtualClock({ startMs: Date.parse(time) }) }).test('odd', {
        status: 'WARN',
        reason: 'a < b & "c": it\'s odd',
      }),
    check: checkFields,
  })),
];

async function checkFields(tko: TkoClient, lab: EmbeddedLab): Promise<void> {
  const keyvals = { suite: 'bvt', experimental: false };
  await finish(lab, [jobRequest('odd', { controlType: 'Client', keyvals })]);
  const [job] = lab.jobs();
  const entry = job?.entries[0];
  const [server, client, row] = await tko.getDetailedTestViews({ jobIds: [1] });
  assert.deepEqual(
    [server, client].map((own) => [own?.testName, own?.subdir]),
    [
      ['SERVER_JOB', '----'],
      ['CLIENT_JOB.0', null],
    ],
    "a job's own rows should keep their subdir, null included",
  );
  const { startedMs, finishedMs, jobKeyvals = {}, attributes = {}, ...fields } = row ?? ({} as Partial<TestView>);
  assert.deepEqual(
    fields,
    {
      testIdx: 3,
      testName: 'odd',
      status: 'WARN',
      reason: 'a < b & "c": it\'s odd',
      subdir: 'odd',
      hostname: entry?.host,
      jobTag: `1-${job?.owner ?? ''}/${entry?.host ?? ''}`,
      jobId: 1,
      jobName: 'odd',
      invalid: false,
    },
    'getDetailedTestViews should give the fields of a row as TKO has them',
  );
  assert.equal(startedMs, entry?.startedMs, "startedMs should be milliseconds since the epoch, not the lab's time");
  assert.equal(finishedMs, entry?.finishedMs, "finishedMs should be milliseconds since the epoch, not the lab's time");
  const { suite, experimental } = jobKeyvals;
  assert.deepEqual([suite, experimental], ['bvt', 'False'], "jobKeyvals should be texts in Python's spelling");
  assert.equal(attributes['host-platform'], 'x86-mario', 'attributes should be texts by name');
}

/** Has the lab run jobs to their end. */
async function finish(lab: EmbeddedLab, requests: readonly JobRequest[]): Promise<void> {
  for (const request of requests) await lab.afe.createJob(request);
  await lab.clock.sleep(6 * 3_600_000);
  lab.expectEverythingFinished();
}

function sorted(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}
