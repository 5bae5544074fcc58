import assert from 'node:assert/strict';
import type { AfeClient } from '../../index.js';
import type { EmbeddedLab } from '../embedded-lab.js';
import type { PortPromise } from './conformance-case.js';
import { errorOf } from './expect-rejection.js';
import { hostlessRequest, jobRequest, smallLab } from './small-lab.js';

export function abortPromises(): readonly PortPromise<AfeClient>[] {
  return [
    {
      name: 'abortHostQueueEntries: aborts the given jobs and their children, and no others',
      lab: smallLab,
      check: async (afe, lab) => {
        const suite = lab.suiteJob();
        const parentJobId = await lab.afe.createJob(jobRequest('child', { parentJobId: suite.id }));
        await lab.afe.createJob(jobRequest('grandchild', { parentJobId }));
        await lab.afe.createJob(jobRequest('other'));
        await afe.abortHostQueueEntries({ jobIds: [suite.id] });
        const expectation = 'abortHostQueueEntries should abort a job with all that descends from it, and nothing else';
        assert.deepEqual(abortedJobs(lab), ['suite', 'child', 'grandchild'], expectation);
      },
    },
    {
      name: 'abortHostQueueEntries: resolves to the entries of the given jobs that were still open',
      lab: smallLab,
      check: async (afe, lab) => {
        const done = await lab.afe.createJob(jobRequest('done'));
        await lab.clock.sleep(3_600_000);
        const suite = lab.suiteJob();
        await lab.afe.createJob(jobRequest('child', { parentJobId: suite.id }));
        const both = { metaHosts: ['board:x86-mario', 'board:x86-mario'] };
        const two = await lab.afe.createJob(jobRequest('two hosts', both));
        const jobIds = [done, suite.id, two];
        const reached = await afe.abortHostQueueEntries({ jobIds });
        assert.deepEqual(
          reached.toSorted((a, b) => a.entryId - b.entryId),
          [
            { entryId: 2, jobId: suite.id, jobName: 'suite' },
            { entryId: 4, jobId: two, jobName: 'two hosts' },
            { entryId: 5, jobId: two, jobName: 'two hosts' },
          ],
          'abortHostQueueEntries should name the open entries of the given jobs, not those that ended nor the children',
        );
        assert.deepEqual(await afe.abortHostQueueEntries({ jobIds }), [], 'a second abort should reach nothing');
      },
    },
    {
      name: 'abortHostQueueEntries: takes any number of jobs',
      lab: smallLab,
      check: async (afe, lab) => {
        const jobIds: number[] = [];
        for (let count = 0; count < 250; count += 1) jobIds.push(await lab.afe.createJob(hostlessRequest('one')));
        const reached = await afe.abortHostQueueEntries({ jobIds });
        assert.deepEqual(
          [new Set(reached.map(({ jobId }) => jobId)), reached.length],
          [new Set(jobIds), 250],
          'abortHostQueueEntries should reach all of 250 jobs, each once',
        );
        assert.equal(abortedJobs(lab).length, 250, 'abortHostQueueEntries should abort all of 250 jobs');
      },
    },
    {
      name: 'abortHostQueueEntries: no jobs at all is a TypeError, and nothing is sent',
      lab: smallLab,
      check: async (afe, lab) => {
        await lab.afe.createJob(jobRequest('bystander'));
        const sent = lab.calls.total;
        const call = afe.abortHostQueueEntries({ jobIds: [] });
        await errorOf(
          call,
          TypeError,
          'abortHostQueueEntries should reject without jobs: the AFE would abort every job',
        );
        assert.deepEqual(abortedJobs(lab), [], 'abortHostQueueEntries without jobs should abort nothing');
        assert.equal(lab.calls.total, sent, 'abortHostQueueEntries without jobs should send nothing');
      },
    },
  ];
}

/** The names of the jobs for which somebody asked for an abort. */
function abortedJobs(lab: EmbeddedLab): readonly string[] {
  return lab
    .jobs()
    .filter(({ entries }) => entries.every(({ status }) => status.startsWith('Aborted')))
    .map(({ name }) => name);
}
