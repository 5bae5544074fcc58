import { expect, test } from 'vitest';
import { marioLab } from '../../support/labs.js';
import { rejectionOf } from '../../support/loopback-server.js';

const lab = () => marioLab({});
const host = 'chromeos1-rack1-host1';
const jobOf = (name: string) =>
  ({ name, controlFile: 'pass', controlType: 'Server', priority: 10, metaHosts: ['board:x86-mario'] }) as const;

test('jobs come with the counts of their queue entries', async () => {
  await using running = await lab();
  const { afe, clock } = running;
  const done = await afe.createJob(jobOf('done'));
  await clock.sleep(3_600_000);
  const stopped = await afe.createJob({ ...jobOf('stopped'), metaHosts: ['board:x86-mario', 'board:x86-mario'] });
  await afe.abortHostQueueEntries({ jobIds: [stopped] });
  const jobs = await afe.getJobsSummary({ ids: [stopped, done] });
  expect(jobs.map(({ name, statusCounts }) => [name, statusCounts])).toEqual([
    ['done', { Completed: 1 }],
    ['stopped', { 'Aborted (Queued)': 2 }],
  ]);
  expect(jobs[0]).toMatchObject((await afe.getJobs({ ids: [done] }))[0] ?? {});
  expect((await afe.getJobsSummary({ limit: 1 })).map(({ name }) => name)).toEqual(['done']);
  expect(await afe.getJobsSummary({ ids: [] })).toEqual([]);
});

test("the lab's clock is read to the minute, in the lab's zone", async () => {
  await using running = await lab();
  const { afe, clock } = running;
  await clock.sleep(12_345_678);
  expect(await afe.getServerTime()).toBe(Math.floor(clock.now() / 60_000) * 60_000);
});

test('a lab without a message of the day has an empty one', async () => {
  await using running = await lab();
  expect(await running.afe.getMotd()).toBe('');
});

test('users and groups are found by their names, or all of them', async () => {
  await using running = await lab();
  const { afe } = running;
  expect(await afe.getUsers({ logins: ['chromeos-test', 'nobody'] })).toEqual([
    { id: expect.any(Number), login: 'chromeos-test', accessLevel: 100 },
  ]);
  expect(await afe.getUsers()).toEqual(expect.arrayContaining([expect.objectContaining({ login: 'chromeos-test' })]));
  const [everyone] = await afe.getAclGroups({ names: ['Everyone', 'nobody'] });
  expect(everyone).toMatchObject({ name: 'Everyone', users: expect.arrayContaining(['chromeos-test']) });
  expect(everyone?.hosts).toContain(host);
  expect(await afe.getAclGroups()).toContainEqual(everyone);
});

test('what the lab does to a host is told, with the queue entry that it is done for', async () => {
  await using running = await lab();
  const { afe, clock } = running;
  await afe.call('repair_hosts', { hostname: host });
  const [asked] = await afe.getSpecialTasks({ hostnames: [host], complete: false });
  expect(asked).toMatchObject({ task: 'Repair', hostname: host, entryId: null, requestedBy: 'chromeos-test' });
  expect(asked).toMatchObject({ requestedOnMs: clock.now(), finishedOnMs: null, complete: false, aborted: false });

  const build = 'x86-mario-release/R19-1998.0.0';
  const job = await afe.createJob({ ...jobOf('a'), dependencies: [`cros-version:${build}`] });
  await clock.sleep(3_600_000);
  const [entry] = await afe.getHostQueueEntries({ jobIds: [job] });
  const tasks = await afe.getSpecialTasks({ hostnames: [entry?.hostname ?? ''], complete: true });
  expect(tasks.find(({ task }) => task === 'Provision')).toMatchObject({ entryId: entry?.id, success: true });
});

test('a label is made once', async () => {
  await using running = await lab();
  const { afe } = running;
  const id = await afe.addLabel({ name: 'rack:1' });
  expect(await afe.addLabel({ name: 'rack:1', mayExist: true })).toBe(id);
  expect(await afe.getLabels({ namePrefix: 'rack:' })).toEqual([{ id, name: 'rack:1' }]);
  const problems = { code: 'ERR_RPC', problemKeys: { name: expect.stringContaining('unique') } };
  expect(await rejectionOf(afe.addLabel({ name: 'rack:1' }))).toMatchObject(problems);
  await afe.addLabel({ name: 'x86-new', platform: true });
  expect(await afe.call('get_labels', { name: 'x86-new' })).toMatchObject([{ platform: true }]);
});

test('a host is added, locked and unlocked', async () => {
  await using running = await lab();
  const { afe } = running;
  const id = await afe.addHost({ hostname: 'new1', locked: true, lockReason: 'not plugged in' });
  expect(await afe.getHosts({ hostnames: ['new1'] })).toMatchObject([
    { id, hostname: 'new1', locked: true, lockReason: 'not plugged in' },
  ]);
  await afe.modifyHosts({ hostnames: ['new1'], changes: { locked: false } });
  expect(await afe.getHosts({ hostnames: ['new1'] })).toMatchObject([{ locked: false }]);
  expect(await rejectionOf(afe.modifyHosts({ hostnames: ['new1'], changes: { locked: false } }))).toMatchObject({
    remoteName: 'ValidationError',
  });
  expect(await rejectionOf(afe.addHost({ hostname: 'new1' }))).toMatchObject({ remoteName: 'ValidationError' });
});

test('no hosts, and no changes, are no request', async () => {
  await using running = await lab();
  const { afe } = running;
  expect(await afe.getUsers({ logins: [] })).toEqual([]);
  expect(await afe.getAclGroups({ names: [] })).toEqual([]);
  expect(await afe.getSpecialTasks({ hostnames: [] })).toEqual([]);
  expect(String(await rejectionOf(afe.modifyHosts({ hostnames: [], changes: { locked: true } })))).toBe(
    'TypeError: hostnames: must not be empty',
  );
  expect(String(await rejectionOf(afe.modifyHosts({ hostnames: [host], changes: {} })))).toBe(
    'TypeError: changes: must not be empty',
  );
  expect(running.calls.total).toBe(0);
});
