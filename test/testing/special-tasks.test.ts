import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab, HostOptions, HostScripts, TaskSituation } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { HostUse } from '../../src/testing/lab/host-use.js';
import { LabState } from '../../src/testing/lab/lab-state.js';
import { noHostUsedTwice } from '../../src/testing/expectations.js';
import { build, jobRequest } from './job-request.js';
import { call, recordings, send } from './recorded-lab.js';

const second = 1000;
const minute = 60_000;
const hour = 3_600_000;

describe('the AFE answers as recorded', () => {
  let lab: EmbeddedLab;
  beforeAll(async () => {
    const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T17:15:40Z'), autoAdvance: false });
    const builder = embeddedLab({ clock });
    for (let number = 1; number <= 6; number++) builder.host(`chromeos1-rack1-host${number}`);
    lab = await builder.start();
  });

  // In sequence: later requests ask for what earlier ones did.
  test.each(recordings('special-tasks'))('$group: $name', async (recording) => {
    const { status, text } = await send(lab, lab.urls.afe + recording.path, {
      headers: { authorization: 'chromeos-test' },
      body: JSON.stringify(recording.body),
    });
    expect(status).toBe(recording.status);
    expect(JSON.parse(text)).toEqual(recording.answer);
  });
});

interface Task {
  readonly id: number;
  readonly task: string;
  readonly success: boolean;
  readonly is_active: boolean;
  readonly is_complete: boolean;
  readonly is_aborted: boolean;
  readonly requested_by: string;
  readonly queue_entry: { readonly job: number } | null;
}

async function tasks(lab: EmbeddedLab, filter: object = {}): Promise<readonly Task[]> {
  const answer = (await call(lab, 'get_special_tasks', filter)) as { readonly result: readonly Task[] };
  return answer.result;
}

/** The tasks in the order of their ids, e.g. `Reset failed for job 1`. */
async function story(lab: EmbeddedLab): Promise<readonly string[]> {
  return (await tasks(lab)).map(({ task, queue_entry: entry, ...state }) => {
    const result = state.is_complete ? (state.success ? 'done' : 'failed') : state.is_active ? 'running' : 'waiting';
    return `${task} ${result}${entry === null ? '' : ` for job ${entry.job}`}`;
  });
}

function labWith(options: HostOptions): Promise<EmbeddedLab> {
  return embeddedLab()
    .host('dut', { board: 'x86-mario', pool: 'bvt', labels: [`cros-version:${build}`], ...options })
    .start();
}

function statuses(lab: EmbeddedLab, id: number): readonly string[] {
  return lab.jobs()[id - 1]?.entries.map(({ status }) => status) ?? [];
}

const named = { metaHosts: [], hosts: ['dut'] };

describe('before a job', () => {
  test('a host is reset when it has the version, and provisioned when it has not', async () => {
    const lab = await labWith({});
    const id = await lab.afe.createJob(jobRequest('first'));
    await lab.clock.sleep(20 * second);
    expect([statuses(lab, id), lab.host('dut').view().status]).toEqual([['Resetting'], 'Resetting']);
    await lab.clock.sleep(hour);
    const other = 'x86-mario-release/R20-1.0.0';
    await lab.afe.createJob(jobRequest('second', { dependencies: [`cros-version:${other}`, 'board:x86-mario'] }));
    await lab.clock.sleep(hour);
    expect(await story(lab)).toEqual(['Reset done for job 1', 'Provision done for job 2']);
    expect(await tasks(lab, { queue_entry__job: 2 })).toMatchObject([{ id: 2, requested_by: 'chromeos-test' }]);
  });

  test.each<[string, object, readonly string[]]>([
    ['neither', { run_reset: false, reboot_before: 'Never' }, []],
    ['verified', { run_reset: false, reboot_before: 'Never', run_verify: true }, ['Verify']],
    ['cleaned, then verified', { run_reset: false, reboot_before: 'Always', run_verify: true }, ['Cleanup', 'Verify']],
    ['cleaned when dirty', { run_reset: false, reboot_before: 'If dirty' }, ['Cleanup']],
    ['cleaned afterwards', { run_reset: false, reboot_before: 'Never', reboot_after: 'Always' }, ['Cleanup']],
    ['cleaned after success', { reboot_after: 'If all tests passed' }, ['Reset', 'Cleanup']],
  ])('a job may have its host %s', async (_, wishes, expected) => {
    const lab = await labWith({});
    const basics = {
      name: 'x',
      control_file: '',
      control_type: 'Server',
      priority: 40,
      meta_hosts: ['board:x86-mario'],
    };
    await call(lab, 'create_job', { ...basics, ...wishes });
    await lab.clock.sleep(hour);
    expect(statuses(lab, 1)).toEqual(['Completed']);
    expect((await tasks(lab)).map(({ task }) => task)).toEqual(expected);
    expect(lab.host('dut').view().status).toBe('Ready');
  });

  test('a host that has been cleaned is not dirty until a job runs on it', async () => {
    const lab = await labWith({});
    const dirty = async () => ((await lab.afe.call('get_hosts')) as readonly { readonly dirty: boolean }[])[0]?.dirty;
    expect(await dirty()).toBe(true);
    const job = { name: 'x', control_file: '', control_type: 'Server', priority: 40, hosts: ['dut'] };
    await call(lab, 'create_job', { ...job, reboot_after: 'Always' });
    await lab.clock.sleep(hour);
    expect(await dirty()).toBe(false);
    await call(lab, 'create_job', { ...job, run_reset: false, reboot_before: 'If dirty' });
    await lab.clock.sleep(hour);
    expect(await dirty()).toBe(true);
    expect(await story(lab)).toEqual(['Reset done for job 1', 'Cleanup done']);
  });
});

describe('a host that cannot be prepared', () => {
  test('is repaired while its job waits for another host', async () => {
    const lab = await embeddedLab()
      .host('bad', { board: 'x86-mario', pool: 'bvt', labels: [`cros-version:${build}`], reset: 'fail' })
      .host('good', { board: 'x86-mario', pool: 'bvt' })
      .start();
    const id = await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(45 * second);
    expect([statuses(lab, id), lab.host('bad').view()]).toMatchObject([
      ['Queued'],
      { status: 'Repairing', jobId: null },
    ]);
    await lab.clock.sleep(9 * minute);
    expect(lab.jobs()[0]?.entries).toMatchObject([{ host: 'good', status: 'Running' }]);
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Completed']);
    expect(lab.host('bad').view().status).toBe('Ready');
    expect(lab.timeline()).toContain('bad repaired');
    expect(await lab.tko.getDetailedTestViews({ jobIds: [id] })).toHaveLength(2);
  });

  test.each<[string, HostScripts, object, readonly string[]]>([
    ['reset', { reset: ['fail', 'good'] }, {}, ['Reset failed', 'Repair done', 'Reset done']],
    [
      'verified',
      { verify: ['fail', 'good'] },
      { run_reset: false, run_verify: true, reboot_before: 'Never' },
      ['Verify failed', 'Repair done', 'Verify done'],
    ],
    [
      'cleaned, and is not verified then',
      { cleanup: ['fail', 'good'] },
      { run_reset: false, run_verify: true, reboot_before: 'Always' },
      ['Cleanup failed', 'Verify failed', 'Repair done', 'Cleanup done', 'Verify done'],
    ],
  ])('comes back to the job that names it, when it could not be %s', async (_, scripts, wishes, expected) => {
    const lab = await labWith(scripts);
    const basics = { name: 'x', control_file: '', control_type: 'Server', priority: 40, hosts: ['dut'] };
    await call(lab, 'create_job', { ...basics, ...wishes });
    await lab.clock.sleep(hour);
    expect(statuses(lab, 1)).toEqual(['Completed']);
    expect((await story(lab)).map((line) => line.replace(' for job 1', ''))).toEqual(expected);
    lab.expectNoHostUsedTwice();
  });

  test('fails the job that names it when it cannot be repaired either', async () => {
    const lab = await labWith({ reset: 'fail', repair: 'fail' });
    const id = await lab.afe.createJob(jobRequest('power_Idle', named));
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Failed']);
    expect(lab.host('dut').view().status).toBe('Repair Failed');
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(rows).toMatchObject([{ testName: 'SERVER_JOB', status: 'FAIL', reason: 'Lab: could not repair dut' }]);
    expect(rows[0]?.jobTag).toBe(`${id}-chromeos-test/dut`);
  });

  test('leaves no rows of a job that does not want those of the repair', async () => {
    const lab = await labWith({ reset: 'fail', repair: 'fail' });
    const job = { name: 'x', control_file: '', control_type: 'Server', priority: 40, hosts: ['dut'] };
    await call(lab, 'create_job', { ...job, parse_failed_repair: false });
    await lab.clock.sleep(hour);
    expect(statuses(lab, 1)).toEqual(['Failed']);
    expect(await lab.tko.getDetailedTestViews({ jobIds: [1] })).toEqual([]);
  });

  test('leaves a job without a host of its own in the queue when it cannot be repaired', async () => {
    const lab = await labWith({ reset: 'fail', repair: 'fail' });
    const id = await lab.afe.createJob(jobRequest('power_Idle', { timeoutMins: 120 }));
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Queued']);
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Aborted']);
  });

  test('is given up when it fails the same job again and again', async () => {
    const lab = await labWith({ reset: 'fail' });
    await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(2 * hour);
    const once = ['Reset failed for job 1', 'Repair done for job 1'];
    expect(await story(lab)).toEqual([...once, ...once, 'Reset failed for job 1']);
    expect(lab.host('dut').view().status).toBe('Repair Failed');
    expect(lab.timeline()).toContain('dut could not be repaired');
  });

  test('sends all entries of a synchronous job back, and its other host is free meanwhile', async () => {
    const labels = [`cros-version:${build}`];
    const lab = await embeddedLab()
      .host('bad', { board: 'x86-mario', pool: 'bvt', labels, reset: ['fail', 'good'] })
      .host('fresh', { board: 'x86-mario', pool: 'bvt' })
      .start();
    const both = { metaHosts: ['board:x86-mario', 'board:x86-mario'], synchCount: 2 };
    const id = await lab.afe.createJob(jobRequest('pair', both));
    await lab.clock.sleep(45 * second);
    expect(statuses(lab, id)).toEqual(['Queued', 'Queued']);
    // It was stopped in the middle of its provisioning.
    expect(lab.host('fresh').view().status).toBe('Repairing');
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Completed', 'Completed']);
    lab.expectNoHostUsedTwice();
  });

  test('is repaired after a failed provision, which fails the job', async () => {
    const situations: TaskSituation[] = [];
    const lab = await labWith({
      labels: [],
      provision: (situation) => {
        situations.push(situation);
        return situation.attempt === 1 ? 'fail' : 'good';
      },
    });
    const id = await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(8 * minute + 15 * second);
    expect(statuses(lab, id)).toEqual(['Failed']);
    expect(lab.host('dut').view()).toMatchObject({ status: 'Repairing', jobId: null });
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(rows).toMatchObject([{ testName: 'SERVER_JOB', reason: 'Lab: could not provision dut' }]);
    await lab.clock.sleep(hour);
    const again = await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(hour);
    expect(statuses(lab, again)).toEqual(['Completed']);
    expect(situations.map(({ task, attempt, host, jobId }) => [task, attempt, host, jobId])).toEqual([
      ['Provision', 1, 'dut', id],
      ['Provision', 2, 'dut', again],
    ]);
  });

  test('behaves as it is told from then on', async () => {
    const lab = await labWith({ provision: 'good', repair: 'fail' });
    lab.host('dut').behave({ verify: 'fail' });
    await lab.afe.call('reverify_hosts', { hostname: 'dut' });
    await lab.clock.sleep(hour);
    expect(lab.host('dut').view().status).toBe('Repair Failed');
    lab.host('dut').behave({ repair: 'good' });
    await lab.afe.call('repair_hosts', { hostname: 'dut' });
    await lab.clock.sleep(hour);
    expect(lab.host('dut').view().status).toBe('Ready');
    expect(await story(lab)).toEqual(['Verify failed', 'Repair failed', 'Repair done']);
  });
});

describe('what users ask for', () => {
  test('waits while a job has the host, keeps the next job away, and runs repairs first', async () => {
    const lab = await labWith({});
    await lab.afe.createJob(jobRequest('first'));
    await lab.clock.sleep(15 * second);
    const second_ = await lab.afe.createJob(jobRequest('second'));
    for (const method of ['reverify_hosts', 'repair_hosts', 'reverify_hosts']) {
      expect(await lab.afe.call(method, { hostname: 'dut' })).toEqual(['dut']);
    }
    expect(await story(lab)).toEqual(['Reset running for job 1', 'Verify waiting', 'Repair waiting']);
    await lab.clock.sleep(5 * minute);
    expect(await story(lab)).toEqual(['Reset done for job 1', 'Verify waiting', 'Repair running']);
    const [host] = (await lab.afe.call('get_hosts', { include_current_job: true })) as readonly object[];
    expect(host).toMatchObject({ status: 'Repairing', current_job: null, current_special_task: '3-repair' });
    expect(statuses(lab, second_)).toEqual(['Queued']);
    await lab.clock.sleep(hour);
    expect(statuses(lab, second_)).toEqual(['Completed']);
    expect((await story(lab)).slice(1)).toEqual(['Verify done', 'Repair done', 'Reset done for job 2']);
  });

  test('waits while the host is locked', async () => {
    const lab = await labWith({ locked: true });
    await lab.afe.call('reverify_hosts', { hostname: 'dut' });
    await lab.clock.sleep(hour);
    expect(await story(lab)).toEqual(['Verify waiting']);
    lab.host('dut').unlock();
    await lab.clock.sleep(hour);
    expect(await story(lab)).toEqual(['Verify done']);
  });

  test('brings a broken host back, unless it is dead', async () => {
    const lab = await labWith({ status: 'Repair Failed' });
    lab.host('dut').die();
    await lab.afe.call('repair_hosts', { hostname: 'dut' });
    await lab.clock.sleep(hour);
    expect(lab.host('dut').view().status).toBe('Repair Failed');
    await lab.afe.call('repair_hosts', { hostname: 'dut' });
    await lab.clock.sleep(minute);
    lab.host('dut').revive();
    expect(lab.host('dut').view().status).toBe('Repairing');
    await lab.clock.sleep(hour);
    expect(lab.host('dut').view().status).toBe('Ready');
    expect(await story(lab)).toEqual(['Repair failed', 'Repair done']);
  });

  test('an aborted task is one that failed', async () => {
    const lab = await labWith({});
    await lab.afe.call('repair_hosts', { id__gt: 0 });
    await lab.afe.call('abort_special_tasks', { id__gt: 0 });
    expect(await tasks(lab)).toMatchObject([{ is_aborted: false }]);
    await lab.clock.sleep(minute);
    expect(await lab.afe.call('abort_special_tasks', { host: 1 })).toBeNull();
    expect(await tasks(lab)).toMatchObject([{ is_aborted: true, is_active: true }]);
    await lab.clock.sleep(minute);
    expect(await tasks(lab)).toMatchObject([{ is_aborted: true, is_complete: true, success: false }]);
    expect(lab.host('dut').view().status).toBe('Repair Failed');
  });

  test('is for those who may use the host', async () => {
    const lab = await labWith({ acls: ['infra'] });
    expect(await call(lab, 'repair_hosts', {}, 'mallory')).toMatchObject({ error: { name: 'AclAccessViolation' } });
    expect(await tasks(lab)).toEqual([]);
  });

  test('a task that ends as its host dies has failed', async () => {
    const lab = await labWith({});
    await lab.afe.call('repair_hosts', { id__gt: 0 });
    await lab.clock.sleep(minute);
    lab.host('dut').die();
    expect(await story(lab)).toEqual(['Repair failed']);
    await lab.clock.sleep(hour);
    expect(lab.host('dut').view().status).toBe('Repair Failed');
  });
});

describe('the history of a host', () => {
  test('is told with the tasks before the job they were for, the latest first', async () => {
    const lab = await labWith({ reset: ['fail', 'good'] });
    await lab.afe.createJob(jobRequest('first', named));
    await lab.clock.sleep(hour);
    await lab.afe.call('reverify_hosts', { id__gt: 0 });
    await lab.clock.sleep(hour);
    await lab.afe.createJob(jobRequest('second', named));
    await lab.clock.sleep(hour);
    await lab.afe.call('repair_hosts', { id__gt: 0 });
    const detail = async (page: object) =>
      (await lab.afe.call('get_host_queue_entries_and_special_tasks', { host: 'dut', ...page })) as readonly {
        readonly id: string;
        readonly status: string;
        readonly execution_path: string;
        readonly job: { readonly id: number } | null;
      }[];
    const lines = (await detail({})).map(({ id, status, job }) => `${id} ${status} ${job?.id ?? '-'}`);
    expect(lines).toEqual([
      '6Repair Queued -',
      '2Job Completed 2',
      '5Reset Completed 2',
      '4Verify Completed -',
      '1Job Completed 1',
      '3Reset Completed 1',
      '2Repair Completed 1',
      '1Reset Failed 1',
    ]);
    expect((await detail({ query_start: 1, query_limit: 2 })).map(({ execution_path: path }) => path)).toEqual([
      '2-chromeos-test/dut',
      'hosts/dut/5-reset',
    ]);
    expect(await detail({ start_time: '2030-01-01', end_time: '2031-01-01' })).toEqual([]);
  });

  test('the task that tells how a host was: the last success, or a repair that failed', async () => {
    const lab = await labWith({ verify: ['good', 'fail'], repair: 'fail' });
    const at = async (time: string) => {
      const task = await lab.afe.call('get_host_status_task', { host_id: 'dut', end_time: `2026-01-05 ${time}` });
      return task === null ? null : (task as Task).id;
    };
    await lab.afe.call('reverify_hosts', { id__gt: 0 });
    await lab.clock.sleep(hour);
    await lab.afe.call('reverify_hosts', { id__gt: 0 });
    await lab.clock.sleep(hour);
    expect(await story(lab)).toEqual(['Verify done', 'Verify failed', 'Repair failed']);
    expect([await at('01:00:00'), await at('01:30:00'), await at('02:05:00'), await at('02:30:00')]).toEqual([
      null,
      1,
      1,
      3,
    ]);
    expect(await lab.afe.call('get_status_task', { host_id: 1, end_time: '2026-01-05 03:00:00' })).toMatchObject({
      id: 3,
    });
  });

  test('can be filtered and counted by every field', async () => {
    const lab = await labWith({});
    await lab.afe.createJob(jobRequest('first'));
    await lab.clock.sleep(hour);
    await lab.afe.call('repair_hosts', { id__gt: 0 });
    const ids = async (filter: object) => (await tasks(lab, filter)).map(({ id }) => id);
    expect(await ids({ task: 'Reset' })).toEqual([1]);
    expect(await ids({ host_id: 1, is_active: false, is_complete: false })).toEqual([2]);
    expect(await ids({ success: true, is_aborted: false, time_requested__lte: '2026-01-05 01:30:00' })).toEqual([1]);
    expect(await ids({ time_started__isnull: true, time_finished__isnull: true })).toEqual([2]);
    expect(await ids({ queue_entry__isnull: true, requested_by__login: 'chromeos-test', id__gte: 1 })).toEqual([2]);
    expect(await ids({ sort_by: ['-id'] })).toEqual([2, 1]);
    expect(await lab.afe.call('get_num_special_tasks', { task: 'Repair' })).toBe(1);
    expect(await lab.afe.call('get_host_num_special_tasks', { host: 'dut' })).toBe(2);
    expect(await lab.afe.call('get_host_special_tasks', { host_id: 'dut', task: 'Reset' })).toMatchObject([
      { id: 1, queue_entry: { job: 1, host: 'dut', meta_host: 'board:x86-mario', status: 'Completed' } },
    ]);
    await expect(lab.afe.call('get_host_special_tasks', { host_id: 'nobody' })).rejects.toThrow('exist');
    await expect(lab.afe.call('get_special_tasks', { colour: 'red' })).rejects.toThrow('colour');
  });
});

test('a host that is given to two at once is noticed when it happens', () => {
  const state = new LabState();
  const host = state.addHost('dut');
  const task = (name: 'Verify' | 'Repair') =>
    state.tasks.add({ name, host, entry: undefined, requestedBy: 'me', requestedMs: 0 });
  const use = new HostUse();
  use.giveToTask(host, task('Verify'));
  expect(noHostUsedTwice(use.conflicts).problems).toEqual([]);
  use.giveToTask(host, task('Repair'));
  expect(use.conflicts).toEqual(['dut is used by task 1 (Verify) already']);
  expect(noHostUsedTwice(use.conflicts).problems).toEqual(use.conflicts);
});
