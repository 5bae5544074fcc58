import { describe, expect, test } from 'vitest';
import { fetchTransport, gotTransport } from '../../src/index.js';
import { httpTransportConformance } from '../../src/testing/index.js';

/** undici 6.24, which node 20 has, takes the end of a connection that is closed after one answer for the end of chunks. */
const isOldNode = Number(process.versions.node.split('.')[0]) < 22;
const faultsOfOldFetch = ['an answer that breaks off between its chunks is a failure, not a short answer'];

describe.each([
  { over: 'got', connect: () => gotTransport(), faults: [] },
  { over: 'fetch', connect: () => fetchTransport(), faults: isOldNode ? faultsOfOldFetch : [] },
])('over $over', ({ connect, faults }) => {
  test.each(httpTransportConformance(connect))('$name', async ({ name, run }) => {
    if (faults.includes(name)) await expect(run()).rejects.toThrow('expected to reject');
    else await run();
  });
});
