import assert from 'node:assert/strict';
import type { AfeClient } from '../../index.js';
import type { PortPromise } from './conformance-case.js';
import { hostlessRequest, jobRequest, smallLab } from './small-lab.js';

export function queueEntryPromises(): readonly PortPromise<AfeClient>[] {
  return [
    {
      name: 'getHostQueueEntries: entries of the given jobs only, ordered by id',
      lab: smallLab,
      check: async (afe, lab) => {
        const both = { metaHosts: ['board:x86-mario', 'board:x86-mario'] };
        const ids = [
          await lab.afe.createJob(jobRequest('one')),
          await lab.afe.createJob(jobRequest('two hosts', both)),
          await lab.afe.createJob(jobRequest('other')),
        ];
        const [one = 0, two = 0] = ids;
        const entries = await afe.getHostQueueEntries({ jobIds: [two, one, two] });
        assert.deepEqual(
          entries.map(({ id, jobId }) => [id, jobId]),
          [
            [1, one],
            [2, two],
            [3, two],
          ],
          'getHostQueueEntries should give each entry of the given jobs once, by id',
        );
        const none = await afe.getHostQueueEntries({ jobIds: [] });
        assert.deepEqual(none, [], 'getHostQueueEntries should give nothing for no jobs');
      },
    },
    {
      name: 'getHostQueueEntries: takes any number of jobs',
      lab: smallLab,
      check: async (afe, lab) => {
        const jobIds: number[] = [];
        for (let count = 0; count < 250; count += 1) jobIds.push(await lab.afe.createJob(hostlessRequest('one')));
        const entries = await afe.getHostQueueEntries({ jobIds: jobIds.toReversed() });
        assert.deepEqual(
          entries.map(({ jobId }) => jobId),
          jobIds,
          'getHostQueueEntries should give the entries of all of 250 jobs, by id',
        );
      },
    },
    {
      name: 'getHostQueueEntries: what is not known yet is null',
      lab: smallLab,
      check: async (afe, lab) => {
        const jobId = await lab.afe.createJob(jobRequest('queued'));
        const entries = await afe.getHostQueueEntries({ jobIds: [jobId] });
        const queued = { complete: false, active: false, aborted: false, executionSubdir: '', hostname: null };
        assert.deepEqual(
          entries,
          [
            {
              id: 1,
              jobId,
              status: 'Queued',
              ...queued,
              startedOnMs: null,
              finishedOnMs: null,
              metaHost: 'board:x86-mario',
            },
          ],
          'an entry that waits should have no host, no folder and no times',
        );
      },
    },
    {
      name: 'getHostQueueEntries: an entry is as the AFE has it, while it runs and when it is done',
      lab: () => smallLab().test('runs', { status: 'GOOD', durationMs: 600_000 }),
      check: async (afe, lab) => {
        const jobId = await lab.afe.createJob(jobRequest('runs'));
        await lab.clock.sleep(300_000);
        const runs = {
          id: 1,
          jobId,
          aborted: false,
          executionSubdir: 'chromeos1-rack1-host1',
          startedOnMs: lab.jobs()[0]?.entries[0]?.startedMs,
          hostname: 'chromeos1-rack1-host1',
          metaHost: 'board:x86-mario',
        };
        assert.deepEqual(
          await afe.getHostQueueEntries({ jobIds: [jobId] }),
          [{ ...runs, status: 'Running', complete: false, active: true, finishedOnMs: null }],
          'an entry that runs should be active, with a host, its folder and the time at which it began',
        );
        await lab.clock.sleep(3_600_000);
        const finishedOnMs = lab.jobs()[0]?.entries[0]?.finishedMs;
        assert.deepEqual(
          await afe.getHostQueueEntries({ jobIds: [jobId] }),
          [{ ...runs, status: 'Completed', complete: true, active: false, finishedOnMs }],
          'an entry that is done should be complete, with the time at which it ended',
        );
      },
    },
  ];
}
