import { expect, test } from 'vitest';
import type { AfeClient } from 'dynamic-suite';
import { FakeAfeClient, inTurn } from 'dynamic-suite/testing';

/** The tool under test: has the lab forget which build a pool's hosts have. */
async function forgetBuilds(afe: AfeClient, pool: string): Promise<void> {
  const hostnames = (await afe.getHosts({ labels: [`pool:${pool}`] })).map(({ hostname }) => hostname);
  if (hostnames.length > 0) await afe.setHostAttribute({ attribute: 'job_repo_url', value: null, hostnames });
}

test('an empty pool is left alone', async () => {
  const afe = new FakeAfeClient({ getHosts: inTurn([]) });
  await forgetBuilds(afe, 'bvt');
  expect(afe.callsOf('setHostAttribute')).toEqual([]);
  afe.expectNothingLeft();
});
