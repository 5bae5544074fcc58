import assert from 'node:assert/strict';
import type { AfeClient, JobFilter } from '../../index.js';
import type { EmbeddedLab } from '../embedded-lab.js';
import { VirtualClock } from '../virtual-clock.js';
import type { PortPromise } from './conformance-case.js';
import { build, hostlessRequest, jobRequest, smallLab } from './small-lab.js';

/** Filters with the ids of the jobs of {@link makeJobs} that pass. */
const filters: readonly { readonly by: string; readonly filter: JobFilter; readonly ids: readonly number[] }[] = [
  { by: 'nothing', filter: {}, ids: [1, 2, 3, 4, 5] },
  { by: 'ids, in any order and repeated', filter: { ids: [4, 2, 4, 99] }, ids: [2, 4] },
  { by: 'no ids at all', filter: { ids: [] }, ids: [] },
  { by: 'parentJobId', filter: { parentJobId: 1 }, ids: [2, 3] },
  { by: 'name', filter: { name: 'R19/bvt/login' }, ids: [2] },
  { by: 'namePrefix', filter: { namePrefix: 'R19/' }, ids: [2, 3] },
  { by: 'nameContains', filter: { nameContains: '/bvt/log' }, ids: [2, 4] },
  { by: 'idAbove', filter: { idAbove: 3 }, ids: [4, 5] },
  { by: 'createdSinceMs', filter: { createdSinceMs: laterMs() }, ids: [4, 5] },
  { by: 'state not_yet_run', filter: { state: 'not_yet_run' }, ids: [4, 5] },
  { by: 'state running', filter: { state: 'running' }, ids: [1] },
  { by: 'state finished', filter: { state: 'finished' }, ids: [2, 3] },
  {
    by: 'several conditions',
    filter: { parentJobId: 1, namePrefix: 'R19/', state: 'finished', ids: [3, 4] },
    ids: [3],
  },
  { by: 'conditions that exclude each other', filter: { parentJobId: 1, name: 'R20/bvt/login' }, ids: [] },
];

export function jobPromises(): readonly PortPromise<AfeClient>[] {
  return [
    ...filters.map(({ by, filter, ids }) => ({
      name: `getJobs and getNumJobs: filter by ${by}`,
      lab: smallLab,
      check: async (afe: AfeClient, lab: EmbeddedLab) => {
        await makeJobs(lab);
        const jobs = await afe.getJobs(filter);
        assert.deepEqual(
          jobs.map((job) => job.id),
          ids,
          `getJobs should give the jobs that match every condition, by id: ${JSON.stringify(filter)}`,
        );
        const expectation = `getNumJobs should count the jobs that match every condition: ${JSON.stringify(filter)}`;
        assert.equal(await afe.getNumJobs(filter), ids.length, expectation);
      },
    })),
    {
      name: 'getJobs: a limit keeps the lowest ids; getNumJobs counts all',
      lab: smallLab,
      check: async (afe, lab) => {
        await makeJobs(lab);
        const idsOf = async (filter: JobFilter) => (await afe.getJobs(filter)).map((job) => job.id);
        assert.deepEqual(await idsOf({ limit: 2 }), [1, 2], 'getJobs should give the jobs with the lowest ids');
        const some = { ids: [5, 3, 2], limit: 2 };
        assert.deepEqual(await idsOf(some), [2, 3], 'getJobs should give the lowest of the given ids');
        assert.equal(await afe.getNumJobs(some), 3, 'getNumJobs should count without the limit');
      },
    },
    {
      name: 'getJobs and getNumJobs: take any number of ids',
      lab: smallLab,
      check: async (afe, lab) => {
        const ids: number[] = [];
        for (let count = 0; count < manyJobs; count += 1) ids.push(await lab.afe.createJob(hostlessRequest('one')));
        const jobs = await afe.getJobs({ ids: ids.toReversed() });
        assert.deepEqual(
          jobs.map((job) => job.id),
          ids,
          `getJobs should give all of ${manyJobs} jobs, by id`,
        );
        assert.equal(await afe.getNumJobs({ ids }), manyJobs, `getNumJobs should count all of ${manyJobs} jobs`);
      },
    },
    {
      name: 'getJobs: a job is as the AFE has it',
      lab: smallLab,
      check: async (afe, lab) => {
        const parent = lab.suiteJob({ owner: 'somebody' });
        const request = jobRequest('child', {
          controlFile: "NAME = 'child'\nDOC = 'a < b & \"c\"'\n",
          dependencies: ['pool:bvt', 'board:x86-mario'],
          keyvals: { experimental: false, builds: { 'cros-version': build } },
          parentJobId: parent.id,
        });
        const id = await lab.afe.createJob(request);
        const view = lab.jobs()[1];
        const [first, second] = await afe.getJobs({});
        assert.deepEqual(
          [first?.id, first?.owner, first?.parentJobId, first?.dependencies, first?.keyvals],
          [parent.id, 'somebody', null, [], {}],
          'a job without a parent, dependencies and keyvals should have null, an empty list and an empty object',
        );
        const { dependencies, keyvals, ...fields } = second ?? {};
        assert.deepEqual(
          fields,
          {
            id,
            name: 'child',
            owner: view?.owner,
            parentJobId: parent.id,
            priority: 40,
            createdOnMs: lab.clock.now(),
            controlFile: request.controlFile,
          },
          'getJobs should give the fields of a job as the AFE has them',
        );
        assert.deepEqual(
          new Set(dependencies),
          new Set(request.dependencies),
          'dependencies should be a list of labels',
        );
        assert.deepEqual(keyvals, view?.keyvals, "keyvals should be texts in Python's spelling");
      },
    },
    ...['2026-01-05T09:00:00Z', '2026-07-05T09:00:00Z'].map((time) => ({
      name: `getJobs: times are milliseconds since the epoch, at ${time}`,
      lab: () => smallLab({ clock: new VirtualClock({ startMs: Date.parse(time) }) }),
      check: async (afe: AfeClient, lab: EmbeddedLab) => {
        await lab.afe.createJob(hostlessRequest('one'));
        const [job] = await afe.getJobs({});
        assert.equal(job?.createdOnMs, Date.parse(time), "createdOnMs should be the time, not the lab's wall clock");
        const counts = [await afe.getNumJobs({ createdSinceMs: Date.parse(time) })];
        counts.push(await afe.getNumJobs({ createdSinceMs: Date.parse(time) + 1_000 }));
        assert.deepEqual(counts, [1, 0], 'createdSinceMs should be such a time too: at it, or after it');
      },
    })),
  ];
}

/** More than go into one request of a careful client. */
const manyJobs = 250;

function laterMs(): number {
  return Date.UTC(2026, 0, 5, 12);
}

/** 1: a suite that runs; 2, 3: its children, finished; 4, 5: later ones, queued. */
async function makeJobs(lab: EmbeddedLab): Promise<void> {
  const suite = lab.suiteJob();
  await lab.afe.createJob(jobRequest('R19/bvt/login', { parentJobId: suite.id }));
  await lab.afe.createJob(jobRequest('R19/bvt/power', { parentJobId: suite.id }));
  await lab.clock.sleep(laterMs() - lab.clock.now());
  await lab.afe.createJob(jobRequest('R20/bvt/login'));
  await lab.afe.createJob(hostlessRequest('r19/lower'));
}
