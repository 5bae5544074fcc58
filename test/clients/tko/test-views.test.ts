import { expect, test } from 'vitest';
import { marioLab } from '../../support/labs.js';
import { rejectionOf } from '../../support/loopback-server.js';

/** A lab in which one job was good and one failed. */
async function labWithResults() {
  const running = await marioLab({}, { bad_Test: 'fail' });
  const ids: number[] = [];
  for (const test of ['good_Test', 'bad_Test']) {
    const name = `x86-mario-release/R19-1998.0.0/bvt/${test}`;
    const job = { name, controlFile: 'pass', controlType: 'Server', priority: 10 } as const;
    ids.push(await running.afe.createJob({ ...job, metaHosts: ['board:x86-mario'] }));
  }
  await running.clock.sleep(3_600_000);
  const [good = 0, bad = 0] = ids;
  return { running, good, bad };
}

test('plain rows are the detailed ones without keyvals and attributes', async () => {
  const { running, good, bad } = await labWithResults();
  await using _ = running;
  const { tko } = running;
  const detailed = await tko.getDetailedTestViews({ jobIds: [good, bad] });
  const plain = await tko.getTestViews({ jobIds: [bad, good] });
  expect(plain).toHaveLength(4);
  expect(plain).toEqual(detailed.map(({ jobKeyvals: _keyvals, attributes: _attributes, ...row }) => row));
});

test('rows are counted, with conditions and without', async () => {
  const { running, good, bad } = await labWithResults();
  await using _ = running;
  const { tko } = running;
  const counts = [
    {},
    { jobIds: [bad] },
    { jobTagPrefix: `${good}-` },
    { jobIds: [good], invalid: true },
    { jobIds: [] },
  ];
  expect(await Promise.all(counts.map((filter) => tko.getNumTestViews(filter)))).toEqual([4, 2, 2, 0, 0]);
  expect(await tko.getTestViews({ jobIds: [good], invalid: true })).toEqual([]);
});

test('tests are counted by the values of fields', async () => {
  const { running, good, bad } = await labWithResults();
  await using _ = running;
  const { tko } = running;
  const byStatus = await tko.getStatusCounts({ groupBy: ['status'], jobIds: [good, bad] });
  expect(byStatus).toEqual([
    { group: { status: 'FAIL' }, groupId: ['FAIL'], total: 2, passed: 0, complete: 2, incomplete: 0 },
    { group: { status: 'GOOD' }, groupId: ['GOOD'], total: 2, passed: 2, complete: 2, incomplete: 0 },
  ]);
  const byTwo = await tko.getStatusCounts({ groupBy: ['test_name', 'afe_job_id'], jobTagPrefix: `${bad}-` });
  expect(byTwo.map(({ group }) => group)).toContainEqual({ test_name: 'bad_Test', afe_job_id: bad });
});

test('groups that cannot be asked for are refused', async () => {
  const { running } = await labWithResults();
  await using _ = running;
  const { tko } = running;
  expect(await tko.getStatusCounts({ groupBy: ['status'], jobIds: [] })).toEqual([]);
  expect(String(await rejectionOf(tko.getStatusCounts({ groupBy: [] })))).toBe('TypeError: groupBy: must not be empty');
  expect(await rejectionOf(tko.getStatusCounts({ groupBy: ['wibble'] }))).toMatchObject({ code: 'ERR_RPC' });
});
