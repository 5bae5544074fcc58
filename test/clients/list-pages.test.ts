import { expect, test } from 'vitest';
import { embeddedLab } from '../../src/testing/index.js';
import { jobRequest } from '../testing/job-request.js';

async function labOfJobs(count: number) {
  const lab = await embeddedLab().board('x86-mario', { hosts: 3, pool: 'bvt' }).start();
  for (let number = 1; number <= count; number++) await lab.afe.createJob(jobRequest(`test${String(number)}`));
  return lab;
}

test('a long list comes in pages, each record once and in order', async () => {
  const lab = await labOfJobs(7);
  const before = lab.calls.count('get_jobs');
  const ids: number[] = [];
  for await (const { id } of lab.afe.listJobs({}, { pageSize: 3 })) ids.push(id);
  expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(lab.calls.count('get_jobs') - before).toBe(3);
});

test('records that come meanwhile come too', async () => {
  const lab = await labOfJobs(4);
  const ids: number[] = [];
  for await (const { id } of lab.afe.listJobs({}, { pageSize: 2 })) {
    ids.push(id);
    if (id === 4) await lab.afe.createJob(jobRequest('late'));
  }
  expect(ids).toEqual([1, 2, 3, 4, 5]);
});

test('a list that is left early asks for no more', async () => {
  const lab = await labOfJobs(6);
  for await (const { id } of lab.afe.listJobs({}, { pageSize: 2 })) if (id === 2) break;
  expect(lab.calls.count('get_jobs')).toBe(1);
});

test('conditions hold for every page', async () => {
  const lab = await labOfJobs(6);
  const names: string[] = [];
  for await (const { name } of lab.afe.listJobs({ ids: [2, 3, 5] }, { pageSize: 1 })) names.push(name.slice(-5));
  expect(names).toEqual(['test2', 'test3', 'test5']);
});

test('hosts, queue entries and rows come in pages too', async () => {
  const lab = await labOfJobs(5);
  await lab.clock.sleep(24 * 3_600_000);
  const collect = async <T>(list: AsyncIterable<T>) => {
    const items: T[] = [];
    for await (const item of list) items.push(item);
    return items;
  };
  expect(await collect(lab.afe.listHosts({}, { pageSize: 2 }))).toHaveLength(3);
  expect(await collect(lab.afe.listHostQueueEntries({ jobIds: [1, 2, 3] }, { pageSize: 2 }))).toHaveLength(3);
  expect(await collect(lab.afe.listHostQueueEntries({}, { pageSize: 2 }))).toHaveLength(5);
  const rows = await collect(lab.tko.listTestViews({}, { pageSize: 3 }));
  expect(rows.map(({ testIdx }) => testIdx)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await collect(lab.tko.listTestViews({ jobIds: [2] }))).toHaveLength(2);
});

test('a page of no size is refused', async () => {
  const lab = await labOfJobs(1);
  await expect(lab.afe.listJobs({}, { pageSize: 0 }).next()).rejects.toThrow('pageSize');
});
