import type { AfeClient } from '../../index.js';
import { abortPromises } from './afe-abort.js';
import { createJobPromises } from './afe-create-job.js';
import { hostPromises } from './afe-hosts.js';
import { jobPromises } from './afe-jobs.js';
import { queueEntryPromises } from './afe-queue-entries.js';
import { callPromises } from './call-promises.js';
import { conformanceCases, type ConformanceCase, type ConnectClient } from './conformance-case.js';
import { garbagePromise } from './server-promises.js';
import { hostlessRequest, smallLab } from './small-lab.js';

/**
 * The promises of `AfeClient`, each as a case, for tests of a client of one's own:
 *
 * ```ts
 * const connect = (lab: EmbeddedLab) => new MyAfeClient({ transport: lab.transport, clock: lab.clock });
 * for (const { name, run } of afeClientConformance(connect)) test(name, run);
 * ```
 *
 * That the client calls the AFE's methods by the AFE's names matters in one place: where `create_job` goes wrong.
 */
export function afeClientConformance(connect: ConnectClient<AfeClient>): readonly ConformanceCase[] {
  return conformanceCases(connect, [
    ...createJobPromises(),
    ...jobPromises(),
    ...queueEntryPromises(),
    ...abortPromises(),
    ...hostPromises(),
    garbagePromise('afe', smallLab, 'getJobs', (afe) => afe.getJobs({})),
    garbagePromise('afe', smallLab, 'getNumJobs', (afe) => afe.getNumJobs({})),
    ...callPromises<AfeClient>({
      service: 'afe',
      lab: smallLab,
      prepare: async (lab) => {
        await lab.afe.createJob(hostlessRequest('known'));
      },
      calls: [
        { method: 'getJobs', isRead: true, call: (afe, _, options) => afe.getJobs({ namePrefix: 'k' }, options) },
        { method: 'getNumJobs', isRead: true, call: (afe, _, options) => afe.getNumJobs({ ids: [1] }, options) },
        {
          method: 'getHostQueueEntries',
          isRead: true,
          call: (afe, _, options) => afe.getHostQueueEntries({ jobIds: [1] }, options),
        },
        { method: 'getHosts', isRead: true, call: (afe, _, options) => afe.getHosts({ hostnames }, options) },
        { method: 'getLabels', isRead: true, call: (afe, _, options) => afe.getLabels({}, options) },
        {
          method: 'getHostAttribute',
          isRead: true,
          call: (afe, _, options) => afe.getHostAttribute({ attribute: 'color', hostnames }, options),
        },
        {
          method: 'createJob',
          isRead: false,
          call: (afe, _, options) => afe.createJob(hostlessRequest('new'), options),
        },
        {
          method: 'setHostAttribute',
          isRead: false,
          call: (afe, _, options) => afe.setHostAttribute({ attribute: 'a', value: 'b', hostnames }, options),
        },
        {
          method: 'abortHostQueueEntries',
          isRead: false,
          call: (afe, _, options) => afe.abortHostQueueEntries({ jobIds: [1] }, options),
        },
      ],
    }),
  ]);
}

const hostnames = ['lumpy1'];
