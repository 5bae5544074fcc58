import { describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { LabState } from '../../src/testing/lab/lab-state.js';
import { LabTimers } from '../../src/testing/lab/lab-timer.js';
import { TaskHistory } from '../../src/testing/lab/task-history.js';
import { build, jobRequest } from './job-request.js';
import { call } from './recorded-lab.js';

const second = 1000;
const minute = 60_000;
const hour = 3_600_000;

function statuses(lab: EmbeddedLab, id: number): readonly string[] {
  return lab.jobs()[id - 1]?.entries.map(({ status }) => status) ?? [];
}

async function rowsOf(lab: EmbeddedLab, id: number): Promise<readonly string[]> {
  const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
  return rows.map(({ testName, status }) => `${testName} ${status}`);
}

/** How far a job for two hosts gets, one of which has its version already, by the seconds since it was made. */
const stages = [
  { stage: 'queued', afterMs: 5 * second, seen: ['Queued', 'Queued'] },
  { stage: 'verifying and provisioning', afterMs: 15 * second, seen: ['Provisioning', 'Verifying'] },
  { stage: 'pending', afterMs: minute, seen: ['Pending', 'Provisioning'] },
  { stage: 'running', afterMs: 9 * minute, seen: ['Running', 'Running'] },
  { stage: 'gathering', afterMs: 13 * minute + 15 * second, seen: ['Gathering', 'Gathering'] },
  { stage: 'parsing', afterMs: 13 * minute + 45 * second, seen: ['Parsing', 'Parsing'] },
];

/** A pair of hosts and a synchronous job that runs on them for exactly five minutes. */
async function pair(
  wishes: object = {},
): Promise<{ readonly lab: EmbeddedLab; readonly id: number; readonly clock: VirtualClock }> {
  const clock = new VirtualClock({ autoAdvance: false });
  const lab = await embeddedLab({ clock, durations: { gatherMs: 30 * second, parseMs: 30 * second } })
    .host('has', { board: 'x86-mario', labels: [`cros-version:${build}`] })
    .host('has-not', { board: 'x86-mario' })
    .test('pair', { status: 'GOOD', durationMs: 5 * minute })
    .start();
  const answer = await call(lab, 'create_job', {
    name: 'pair',
    control_file: "NAME = 'pair'",
    control_type: 'Server',
    priority: 40,
    meta_hosts: ['board:x86-mario', 'board:x86-mario'],
    dependencies: [`cros-version:${build}`],
    synch_count: 2,
    run_reset: false,
    run_verify: true,
    reboot_before: 'Never',
    ...wishes,
  });
  return { lab, clock, id: (answer as { readonly result: number }).result };
}

describe.each(stages)('a job that is $stage', ({ stage, afterMs, seen }) => {
  const isOver = stage === 'gathering' || stage === 'parsing';
  const ranRows = isOver ? ['SERVER_JOB GOOD', 'pair GOOD'] : [];
  const abortedRows = stage === 'running' ? ['SERVER_JOB ABORT', 'pair ABORT'] : ranRows;

  test('is aborted at the next turn, with all its hosts', async () => {
    const { lab, clock, id } = await pair();
    await clock.advance(afterMs);
    expect([...statuses(lab, id)].sort()).toEqual(seen);
    await lab.afe.call('abort_host_queue_entries', { job: id });
    expect([...statuses(lab, id)].sort()).toEqual(seen.map((status) => `Aborted (${status})`));
    await clock.advance(2 * minute);
    expect(statuses(lab, id)).toEqual(['Aborted', 'Aborted']);
    expect(await rowsOf(lab, id)).toEqual(abortedRows);
    await clock.advance(hour);
    expect(lab.hosts().map(({ status }) => status)).toEqual(['Ready', 'Ready']);
    lab.expectNoHostUsedTwice();
  });

  test('is aborted when its time is over', async () => {
    const { lab, clock, id } = await pair({ timeout_mins: 60 });
    for (const { hostname } of lab.hosts()) lab.host(hostname).lock();
    await clock.advance(hour - afterMs);
    for (const { hostname } of lab.hosts()) lab.host(hostname).unlock();
    await clock.advance(afterMs - 1);
    expect([...statuses(lab, id)].sort()).toEqual(seen);
    await clock.advance(isOver ? minute : 1);
    expect(statuses(lab, id)).toEqual(['Aborted', 'Aborted']);
    expect(await rowsOf(lab, id)).toEqual(abortedRows);
    await clock.advance(hour);
    expect(lab.hosts().map(({ status }) => status)).toEqual(['Ready', 'Ready']);
  });

  test('fails when one of its hosts dies, and leaves its rows once', async () => {
    const { lab, clock, id } = await pair();
    await clock.advance(afterMs);
    lab.host('has-not').die();
    await clock.advance(minute);
    const waits = stage === 'queued';
    expect(statuses(lab, id)).toEqual(
      waits ? ['Queued', 'Queued'] : stage === 'parsing' ? ['Completed', 'Completed'] : ['Failed', 'Failed'],
    );
    const ended = stage === 'parsing' ? ['SERVER_JOB GOOD', 'pair GOOD'] : ['SERVER_JOB FAIL'];
    expect(await rowsOf(lab, id)).toEqual(waits ? [] : ended);
    await clock.advance(hour);
    expect(lab.hosts().map(({ status }) => status)).toEqual(['Ready', 'Repair Failed']);
    lab.host('has-not').revive();
    await clock.advance(hour);
    lab.expectEverythingFinished();
    lab.expectNoHostUsedTwice();
    expect(await rowsOf(lab, id)).toEqual(waits ? ['SERVER_JOB GOOD', 'pair GOOD'] : ended);
  });

  test('goes on when its hosts are locked, and they get no other', async () => {
    const { lab, clock, id } = await pair();
    await clock.advance(afterMs);
    for (const { hostname } of lab.hosts()) lab.host(hostname).lock();
    const other = await lab.afe.createJob(jobRequest('other', { dependencies: [] }));
    await clock.advance(hour);
    expect(statuses(lab, id)).toEqual(stage === 'queued' ? ['Queued', 'Queued'] : ['Completed', 'Completed']);
    expect(statuses(lab, other)).toEqual(['Queued']);
    expect(lab.hosts().map(({ status, jobId }) => [status, jobId])).toEqual([
      ['Ready', null],
      ['Ready', null],
    ]);
  });
});

test('a host is cleaned or repaired after an abort, by what it was doing', async () => {
  const { lab, clock } = await pair();
  await clock.advance(15 * second);
  await lab.afe.abortHostQueueEntries({ jobIds: [1] });
  await clock.advance(11 * second);
  expect(lab.hosts().map(({ status, labels }) => [status, labels.includes(`cros-version:${build}`)])).toEqual([
    ['Cleaning', true],
    ['Repairing', false],
  ]);
  const next = await lab.afe.createJob(jobRequest('next', { dependencies: [] }));
  await clock.advance(10 * minute);
  expect(lab.jobs()[next - 1]?.entries).toMatchObject([{ status: 'Completed', host: 'has' }]);
});

test('a job that was told to abort does not begin to run before the lab acts on it', async () => {
  const { lab, clock, id } = await pair();
  await clock.advance(8 * minute + 5 * second);
  expect([...statuses(lab, id)].sort()).toEqual(['Pending', 'Provisioning']);
  await lab.afe.abortHostQueueEntries({ jobIds: [id] });
  await clock.advance(7 * second);
  expect([...statuses(lab, id)].sort()).toEqual(['Aborted (Pending)', 'Aborted (Provisioning)']);
  await clock.advance(minute);
  expect(statuses(lab, id)).toEqual(['Aborted', 'Aborted']);
  expect(await rowsOf(lab, id)).toEqual([]);
});

test('a host that dies while its job is gathered and aborted does not come back by that', async () => {
  const { lab, clock, id } = await pair();
  await clock.advance(13 * minute + 15 * second);
  await lab.afe.abortHostQueueEntries({ jobIds: [id] });
  lab.host('has').die();
  await clock.advance(hour);
  expect(statuses(lab, id)).toEqual(['Aborted', 'Aborted']);
  expect(lab.hosts().map(({ status }) => status)).toEqual(['Repair Failed', 'Ready']);
});

describe('who gets a host', () => {
  test('no host serves two entries of a job', async () => {
    const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).start();
    const three = { metaHosts: Array.from({ length: 3 }, () => 'board:x86-mario'), synchCount: 1 };
    const id = await lab.afe.createJob(jobRequest('three', three));
    const other = await lab.afe.createJob(jobRequest('other'));
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Completed', 'Completed', 'Queued']);
    expect(statuses(lab, other)).toEqual(['Completed']);
  });

  test('a job of more hosts than run together runs in groups; what is left over waits in vain', async () => {
    const lab = await embeddedLab().board('x86-mario', { hosts: 6, pool: 'bvt' }).start();
    const five = { metaHosts: Array.from({ length: 5 }, () => 'board:x86-mario'), synchCount: 2, timeoutMins: 180 };
    const id = await lab.afe.createJob(jobRequest('groups', five));
    await lab.clock.sleep(2 * hour);
    expect(statuses(lab, id)).toEqual(['Completed', 'Completed', 'Completed', 'Completed', 'Queued']);
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(new Set(rows.map(({ jobTag }) => jobTag))).toEqual(
      new Set([`${id}-chromeos-test/group0`, `${id}-chromeos-test/group1`]),
    );
    const [entry] = await lab.afe.getHostQueueEntries({ jobIds: [id] });
    expect(await lab.afe.call('abort_host_queue_entries', { id: entry?.id })).toEqual([]);
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)[4]).toBe('Aborted');
  });

  test('a job gets only hosts that its owner may use; a superuser gets any', async () => {
    const lab = await embeddedLab()
      .host('closed', { board: 'x86-mario', acls: ['infra'] })
      .host('open', { board: 'x86-mario' })
      .start();
    const job = {
      name: 'x',
      control_file: '',
      control_type: 'Server',
      priority: 40,
      meta_hosts: ['board:x86-mario'],
    };
    for (const user of ['alice', 'bob']) await call(lab, 'create_job', { ...job, name: user }, user);
    await lab.clock.sleep(2 * minute);
    expect(lab.jobs().map(({ entries }) => entries[0]?.host)).toEqual(['open', null]);
    await call(lab, 'create_job', { ...job, priority: 10 });
    await lab.clock.sleep(30 * second);
    expect(lab.jobs()[2]?.entries[0]?.host).toBe('closed');
    await lab.clock.sleep(hour);
    expect(lab.jobs().map(({ entries }) => entries[0]?.host)).toEqual(['open', 'open', 'closed']);
  });

  test('a job waits for a label that a host gets later', async () => {
    const lab = await embeddedLab()
      .host('with', { board: 'x86-mario', labels: ['bluetooth'], locked: true })
      .host('without', { board: 'x86-mario' })
      .start();
    const id = await lab.afe.createJob(jobRequest('bt', { dependencies: ['bluetooth'] }));
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Queued']);
    await lab.afe.call('host_add_labels', { id: 'without', labels: ['bluetooth'] });
    await lab.clock.sleep(hour);
    expect(lab.jobs()[0]?.entries).toMatchObject([{ host: 'without', status: 'Completed' }]);
  });
});

test('an abort reaches children at whatever stage they are', async () => {
  const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).start();
  const suite = lab.suiteJob();
  const child = (test: string) => lab.afe.createJob(jobRequest(test, { parentJobId: suite.id }));
  const children = [await child('one'), await child('two'), await child('three')];
  await lab.clock.sleep(9 * minute);
  await lab.afe.abortHostQueueEntries({ jobIds: [suite.id] });
  await lab.clock.sleep(minute);
  expect([suite.id, ...children].flatMap((id) => statuses(lab, id))).toEqual(Array(4).fill('Aborted'));
  expect(await Promise.all(children.map((id) => rowsOf(lab, id)))).toEqual([
    ['SERVER_JOB ABORT', 'one ABORT'],
    ['SERVER_JOB ABORT', 'two ABORT'],
    [],
  ]);
  suite.finish();
  expect(statuses(lab, suite.id)).toEqual(['Aborted']);
});

describe('what is said of the future', () => {
  test('hosts go and come back at set times', async () => {
    const lab = await embeddedLab()
      .host('dut', {
        board: 'x86-mario',
        outages: [{ fromMs: hour, untilMs: 2 * hour }, { fromMs: 4 * hour }],
      })
      .start();
    const seen: [string, number][] = [];
    const startMs = lab.clock.now();
    lab.onEvent(({ type, atMs }) => type.startsWith('host-') && seen.push([type, (atMs - startMs) / hour]));
    await lab.clock.sleep(hour);
    const id = await lab.afe.createJob(jobRequest('x', { dependencies: [] }));
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Queued']);
    await lab.clock.sleep(10 * hour);
    expect(statuses(lab, id)).toEqual(['Completed']);
    expect(lab.host('dut').view().status).toBe('Repair Failed');
    expect(seen).toEqual([
      ['host-died', 1],
      ['host-revived', 2],
      ['host-died', 4],
    ]);
  });

  test('a build appears at its time, and can be staged from then on', async () => {
    const later = 'x86-mario-release/R19-1999.0.0';
    const lab = await embeddedLab()
      .board('x86-mario')
      .build(build)
      .build(later, { appearsAfterMs: hour, controlFiles: { 'client/site_tests/a/control': 'NAME = "a"' } })
      .start();
    const stage = (name: string) => lab.devServer.stage({ build: name, artifacts: ['control_files'] });
    await stage(build);
    await expect(stage(later)).rejects.toThrow('Could not find');
    expect(lab.suiteArguments('bvt', 'x86-mario').builds).toEqual({ 'cros-version': build });
    await lab.clock.sleep(hour);
    await stage(later);
    expect(lab.suiteArguments('bvt', 'x86-mario').builds).toEqual({ 'cros-version': later });
    expect(lab.timeline()).toContain(`${later} appeared`);
  });

  test('a build can be added to a running lab, once', async () => {
    const lab = await embeddedLab()
      .board('x86-mario')
      .build('x86-mario-release/R1-2.0.0', { appearsAfterMs: 1 })
      .start();
    await lab.addBuild(build, { controlFiles: { 'client/site_tests/a/control': 'NAME = "a"' } });
    await lab.devServer.stage({ build, artifacts: ['control_files'] });
    expect(await lab.devServer.listControlFiles({ build })).toEqual(['client/site_tests/a/control']);
    expect(lab.timeline()).toContain(`${build} appeared`);
    await expect(lab.addBuild(build)).rejects.toThrow('already');
    await expect(lab.addBuild('x86-mario-release/R1-2.0.0')).rejects.toThrow('already');
  });
});

describe('what a long run does not keep', () => {
  test('time-outs of jobs that have ended', () => {
    const timers = new LabTimers();
    for (let jobId = 1; jobId <= 3000; jobId++) timers.set(jobId, { type: 'job-timeout', jobId });
    timers.set(2500, { type: 'turn' });
    for (let ended = 0; ended < 2000; ended++) timers.jobEnded((jobId) => jobId <= 2000);
    const left: unknown[] = [];
    for (let next = timers.takeDue(2600); next !== undefined; next = timers.takeDue(2600)) left.push(next);
    expect(left.length).toBeLessThan(1100);
    expect(left.at(-101)).toMatchObject({ type: 'turn' });
    expect(JSON.parse(JSON.stringify(left))).toEqual(left);
  });

  test('special tasks of long ago, unless they are still open', () => {
    const history = new TaskHistory();
    const host = new LabState().addHost('dut');
    const about = { name: 'Reset', host, entry: undefined, requestedBy: 'me', requestedMs: 0 } as const;
    for (let index = 0; index < 160_000; index++) {
      const task = history.add(about);
      if (task.id !== 7) task.finishedMs = 1;
    }
    expect(history.all().length).toBeLessThan(110_000);
    expect(history.all()[0]?.id).toBe(7);
    expect(history.all().at(-1)?.id).toBe(160_000);
  });
});
