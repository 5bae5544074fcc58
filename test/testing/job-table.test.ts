import { expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';
import { jobRequest } from './job-request.js';

const dayMs = 24 * 3_600_000;

/** A lab in which this many jobs are over for so long that it has packed them away. */
async function labOfOldJobs(count: number): Promise<EmbeddedLab> {
  const lab = await embeddedLab().board('x86-mario', { hosts: 20, pool: 'bvt' }).test('fails', 'fail').start();
  for (let number = 1; number <= count; number++) {
    await lab.afe.createJob(jobRequest(number % 3 === 0 ? 'fails' : `test${number}`));
  }
  await lab.clock.sleep(dayMs);
  return lab;
}

test('a job that was packed away is told of as before', async () => {
  const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).test('fails', 'fail').start();
  const ids = [await lab.afe.createJob(jobRequest('fails')), await lab.afe.createJob(jobRequest('passes'))];
  await lab.clock.sleep(3_000_000);
  const tell = async () => ({
    views: lab.jobs().slice(0, 2),
    jobs: await lab.afe.getJobs({ ids }),
    entries: await lab.afe.getHostQueueEntries({ jobIds: ids }),
    rows: await lab.tko.getDetailedTestViews({ jobIds: ids }),
    files: await lab.resultFiles.list(`${ids[0]}-chromeos-test/chromeos1-rack1-host1`),
  });
  const before = await tell();
  expect(before.entries.map(({ status }) => status)).toEqual(['Failed', 'Completed']);

  for (let number = 0; number < 200; number++) await lab.afe.createJob(jobRequest(`other${number}`));
  await lab.clock.sleep(dayMs);
  expect(await tell()).toEqual(before);
});

test('a look through all jobs meets each once, in the order of their ids', async () => {
  const lab = await labOfOldJobs(300);
  const latest = await lab.afe.createJob(jobRequest('latest'));
  const jobs = await lab.afe.getJobs({});
  expect(jobs.map(({ id }) => id)).toEqual(Array.from({ length: 301 }, (_, index) => index + 1));
  expect(jobs.at(-1)?.id).toBe(latest);
  const rows: unknown = await lab.tko.call('get_test_views', { status: 'FAIL', test_name: 'fails' });
  expect(rows).toHaveLength(100);
});

test('a child that comes late finds its parent, and the parent its child', async () => {
  const lab = await embeddedLab().board('x86-mario', { hosts: 20, pool: 'bvt' }).start();
  const suite = lab.suiteJob();
  const first = await lab.afe.createJob(jobRequest('first', { parentJobId: suite.id }));
  await lab.clock.sleep(3_600_000);
  suite.finish();
  for (let number = 0; number < 200; number++) await lab.afe.createJob(jobRequest(`other${number}`));
  await lab.clock.sleep(dayMs);

  const late = await lab.afe.createJob(jobRequest('late', { parentJobId: suite.id }));
  await lab.clock.sleep(dayMs);
  for (let number = 0; number < 200; number++) await lab.afe.createJob(jobRequest(`more${number}`));
  await lab.clock.sleep(dayMs);
  const children = await lab.afe.getJobs({ parentJobId: suite.id, state: 'finished' });
  expect(children.map(({ id }) => id)).toEqual([first, late]);
});

test('a retry marks the rows of a job that was packed away', async () => {
  const lab = await labOfOldJobs(300);
  const retry = { retry_original_job_id: 3 };
  const id = await lab.afe.createJob(jobRequest('fails', { keyvals: retry }));
  expect(lab.jobs().at(-1)).toMatchObject({ id, attempt: 2 });
  await lab.clock.sleep(dayMs);
  const rows = await lab.tko.getDetailedTestViews({ jobIds: [3] });
  expect(rows.map(({ invalid }) => invalid)).toEqual([true, true]);

  for (let number = 0; number < 200; number++) await lab.afe.createJob(jobRequest(`more${number}`));
  await lab.clock.sleep(dayMs);
  const again = await lab.tko.getDetailedTestViews({ jobIds: [3] });
  expect(again).toEqual(rows);
});

test('a job that was never queued does not keep its family in memory', async () => {
  const lab = await labOfOldJobs(10);
  const nullKeyval = { name: 'half', control_file: '', control_type: 'Server', priority: 40, hostless: true };
  await expect(lab.afe.call('create_job', { ...nullKeyval, keyvals: { a: null } })).rejects.toThrow('1048');
  for (let number = 0; number < 200; number++) await lab.afe.createJob(jobRequest(`more${number}`));
  await lab.clock.sleep(2 * dayMs);
  expect(lab.jobs()[10]).toMatchObject({ name: 'half', entries: [] });
});
