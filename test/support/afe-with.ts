import type { AfeClient } from '../../src/index.js';

/** An AFE with some calls replaced. */
export function afeWith(afe: AfeClient, calls: Partial<AfeClient>): AfeClient {
  return {
    createJob: (...args) => afe.createJob(...args),
    getJobs: (...args) => afe.getJobs(...args),
    getNumJobs: (...args) => afe.getNumJobs(...args),
    getHostQueueEntries: (...args) => afe.getHostQueueEntries(...args),
    abortHostQueueEntries: (...args) => afe.abortHostQueueEntries(...args),
    getHosts: (...args) => afe.getHosts(...args),
    getLabels: (...args) => afe.getLabels(...args),
    getHostAttribute: (...args) => afe.getHostAttribute(...args),
    setHostAttribute: (...args) => afe.setHostAttribute(...args),
    ...calls,
  };
}
