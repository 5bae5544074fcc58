import { describe, expect, test } from 'vitest';
import type { EmbeddedLab, LabStatusState } from '../../src/testing/index.js';
import {
  embeddedLab,
  LabDescriptionError,
  LabExpectationError,
  LabTestError,
  withLab,
} from '../../src/testing/index.js';
import { build, jobRequest } from './job-request.js';
import { call, sendInProcess as send } from './recorded-lab.js';

const hour = 3_600_000;

describe('the status page', () => {
  async function read(url: string, lab?: EmbeddedLab): Promise<unknown> {
    const text = lab === undefined ? await (await fetch(url)).text() : (await send(lab, url, { method: 'GET' })).text;
    return JSON.parse(text);
  }

  test('says that the lab is open until it is told otherwise', async () => {
    const lab = await embeddedLab().start();
    expect(await read(lab.urls.labStatus, lab)).toEqual({
      can_commit_freely: true,
      date: '2026-01-05 09:00:00.000000',
      general_state: 'open',
      message: 'Lab is up',
      username: 'chromeos-test',
    });
    await lab.clock.sleep(1234);
    lab.setStatus({ state: 'closed', message: 'Power cut [lumpy-.*] since nöon' });
    expect(await read(lab.urls.labStatus, lab)).toEqual({
      can_commit_freely: false,
      date: '2026-01-05 09:00:01.234000',
      general_state: 'closed',
      message: 'Power cut [lumpy-.*] since nöon',
      username: 'chromeos-test',
    });
  });

  test.each<[LabStatusState, boolean]>([
    ['open', true],
    ['throttled', false],
    ['closed', false],
    ['maintenance', false],
  ])('of a lab that is %s has a message, in process and over HTTP', async (state, free) => {
    const lab = await embeddedLab().start();
    lab.setStatus({ state });
    const inProcess = await read(lab.urls.labStatus, lab);
    expect(inProcess).toMatchObject({
      general_state: state,
      can_commit_freely: free,
      message: expect.stringMatching(/Lab is/),
    });
    expect(await read((await lab.listen()).labStatus)).toEqual(inProcess);
    await lab.close();
  });

  test('has a form for people, and is counted and faulty like any other service', async () => {
    const lab = await embeddedLab().start();
    lab.setStatus({ state: 'closed', message: 'a < b' });
    const page = new URL('/current', lab.urls.labStatus).href;
    expect((await send(lab, page, { method: 'GET' })).text).toContain('a &lt; b');
    expect(await send(lab, `${page}?format=raw`, { method: 'GET' })).toMatchObject({ status: 200, text: 'a < b' });
    expect((await send(lab, new URL('/', page).href, { method: 'GET' })).status).toBe(404);
    lab.faults.add({ service: 'labStatus', kind: '503' });
    expect((await send(lab, page, { method: 'GET' })).status).toBe(503);
    expect(lab.calls.count('current')).toBe(3);
    expect([...lab.calls.unexpected().keys()]).toEqual(['labStatus.']);
  });

  test('a state that there is not is a mistake', async () => {
    const lab = await embeddedLab().start();
    expect(() => lab.setStatus({ state: 'shut' as LabStatusState })).toThrow(LabDescriptionError);
  });
});

describe('the history of a job', () => {
  test('is what happened to it, from its creation to its end, and its retries', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    const other = await lab.afe.createJob(jobRequest('other', { priority: 10 }));
    const id = await lab.afe.createJob(jobRequest('power_Idle'));
    const keyvals = { build, retry_original_job_id: id };
    const retry = await lab.afe.createJob(jobRequest('power_Idle', { keyvals }));
    await lab.clock.sleep(2 * hour);
    const history = lab.history(id);
    expect(history.events.map(({ type }) => type)).toEqual([
      ...['job-queued', 'host-provisioning', 'host-provisioned', 'job-running', 'job-finished'],
    ]);
    expect(history).toMatchObject({ complete: true, retryOf: null, retriedBy: [retry], job: { id, attempt: 1 } });
    expect(lab.history(retry)).toMatchObject({ retryOf: id, retriedBy: [], job: { attempt: 2 } });
    expect(String(history).split('\n')).toEqual([
      `job ${id} ${build}/bvt/power_Idle (attempt 1): Completed on chromeos1-rack1-host1, retried by job ${retry}`,
      ...lab
        .timeline()
        .split('\n')
        .filter((line) => line.includes(`job ${id}`))
        .map((line) => `  ${line}`),
    ]);
    expect(String(lab.history(other))).not.toContain('retr');
    expect(() => lab.history(99)).toThrow(LabDescriptionError);
  });

  test('says when its beginning is forgotten', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    lab.host('chromeos1-rack1-host1').lock();
    const id = await lab.afe.createJob(jobRequest('power_Idle'));
    const hostless = { metaHosts: [], dependencies: [], hostless: true, synchCount: 0 };
    for (let number = 0; number < 7000; number++) await lab.afe.createJob(jobRequest(`x${String(number)}`, hostless));
    await lab.clock.sleep(hour);
    lab.host('chromeos1-rack1-host1').unlock();
    await lab.clock.sleep(hour);
    const history = lab.history(id);
    expect(history.complete).toBe(false);
    expect(history.events.at(-1)?.type).toBe('job-finished');
    expect(String(history)).toContain('forgotten');
  });
});

describe('the dump of a lab', () => {
  test('tells why each unfinished job waits', async () => {
    const lab = await embeddedLab()
      .label('pool:cq')
      .host('busy', { board: 'lumpy', pool: 'bvt' })
      .host('locked', { board: 'link', locked: true, lockReason: 'a\nloose cable' })
      .host('broken', { board: 'stumpy', status: 'Repair Failed' })
      .host('idle', { board: 'daisy' })
      .start();
    const on = (board: string, more: readonly string[] = []) => ({ metaHosts: [`board:${board}`], dependencies: more });
    await lab.afe.createJob(jobRequest('first', on('lumpy')));
    await lab.afe.createJob(jobRequest('second', on('lumpy')));
    await lab.afe.createJob(jobRequest('third', on('link')));
    await lab.afe.createJob(jobRequest('fourth', on('stumpy')));
    const named = { metaHosts: [], hosts: ['locked'], dependencies: [] };
    await lab.afe.createJob(jobRequest('fifth', named));
    await lab.clock.sleep(60_000);
    await lab.afe.createJob(jobRequest('sixth', on('daisy')));
    await lab.afe.createJob(jobRequest('seventh', on('lumpy', ['pool:bvt'])));
    await lab.afe.call('host_remove_labels', { id: 'busy', labels: ['pool:bvt'] });
    await lab.afe.createJob(jobRequest('eighth', on('lumpy')));
    await lab.afe.call('abort_host_queue_entries', { job: 8 });
    const suite = lab.suiteJob({ name: 'suite' });
    const dump = lab.dump();
    const reasonOf = (id: number) =>
      dump
        .split('\n')
        .find((line) => line.startsWith(`  job ${id} `))
        ?.split(': ')
        .slice(2)
        .join(': ');
    expect(reasonOf(1)).toBe('');
    expect(reasonOf(2)).toBe('busy has job 1');
    expect(reasonOf(3)).toBe('locked is locked: a loose cable');
    expect(reasonOf(4)).toBe('broken is Repair Failed');
    expect(reasonOf(5)).toBe('locked is locked: a loose cable');
    expect(reasonOf(6)).toBe('may begin at the next turn of the scheduler');
    expect(reasonOf(7)).toBe('no host has pool:bvt');
    expect(reasonOf(8)).toBe('to be aborted at the next turn of the scheduler');
    expect(dump).toContain(`job ${suite.id} suite (attempt 1): Running: until it is told to finish`);
    expect(dump).toContain('4 hosts, 1 of them idle');
    expect(dump).toContain('busy Running, job 1');
  });

  test('a job for several hosts says how many it lacks, and what no single host has', async () => {
    const lab = await embeddedLab()
      .host('a', { board: 'lumpy', labels: ['rpm'] })
      .host('b', { board: 'lumpy', labels: ['servo'], locked: true })
      .start();
    const pair = { metaHosts: ['board:lumpy', 'board:lumpy'], dependencies: [], synchCount: 2 };
    await lab.afe.createJob(jobRequest('pair', pair));
    await lab.afe.createJob(jobRequest('both', { metaHosts: ['board:lumpy'], dependencies: ['servo'] }));
    await lab.afe.call('host_add_labels', { id: 'a', labels: ['servo'] });
    await lab.afe.createJob(jobRequest('all', { metaHosts: ['board:lumpy'], dependencies: ['servo', 'rpm'] }));
    await lab.afe.call('host_remove_labels', { id: 'a', labels: ['servo'] });
    const dump = lab.dump();
    expect(dump).toContain('needs 2 hosts at once, 1 free: b is locked: locked by the test');
    expect(dump).toMatch(/no host has all of (.*board:lumpy.*rpm|rpm.*board:lumpy)/);
  });

  test('shows the latest calls with their faults, what the lab does not have, and the latest events', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    lab.faults.add({ method: 'echo', kind: '503' });
    lab.faults.add({ method: 'get_hosts', kind: 'garbage', count: Infinity });
    lab.setStatus({ state: 'throttled' });
    await send(lab, `${lab.urls.afe}/afe/server/noauth/rpc/`, {
      body: JSON.stringify({ method: 'echo', params: [{}], id: 1 }),
    });
    await call(lab, 'make_coffee', {});
    await lab.afe.createJob(jobRequest('power_Idle'));
    const dump = lab.dump();
    expect(dump.split('\n')[0]).toMatch(/^lab at 2026-01-05 01:00:00, throttled: /);
    expect(dump).toContain('1 afe.echo: 503 (HTTP 503)');
    expect(dump).toContain('2 afe.make_coffee: error: ServiceMethodNotFound');
    expect(dump).toContain('afe.make_coffee: 1 times');
    expect(dump).toContain('"kind":"garbage"');
    expect(dump).not.toContain('"kind":"503"');
    expect(dump).toContain(`job 1 queued: ${build}/bvt/power_Idle`);
  });

  test('stays short, however large the lab', async () => {
    const builder = embeddedLab().board('x86-mario', { hosts: 200, pool: 'bvt' });
    const lab = await builder.start();
    for (let number = 1; number <= 200; number++) lab.host(`chromeos1-rack1-host${number}`).die();
    for (let number = 0; number < 300; number++) {
      await lab.afe.createJob(jobRequest('x'.repeat(300), { keyvals: { number: String(number) } }));
    }
    const lines = lab.dump().split('\n');
    expect(lines.length).toBeLessThan(150);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(300);
    expect(lines).toContain('  ... 270 more');
    expect(lines).toContain('  ... 170 more');
  });
});

describe('what is expected of any lab', () => {
  test('holds for a lab in which all is well', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    lab.suiteJob();
    await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(hour);
    lab.expectAllWell();
  });

  test('is told with everything that is not so, and a dump that no test runner prints', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    for (let copy = 0; copy < 2; copy++) await call(lab, 'create_job', hostlessJob);
    await call(lab, 'make_coffee', {});
    const error = thrownBy(() => lab.expectAllWell());
    expect(error).toBeInstanceOf(LabExpectationError);
    expect(error).toMatchObject({
      problems: ['afe.make_coffee: 1 times', 'x: jobs 1, 2', 'job 1 x: Queued', 'job 2 x: Queued'],
      dump: expect.stringContaining('2 jobs, 2 of them unfinished'),
    });
    expect(Object.keys(error)).not.toContain('dump');
    expect(error.message).not.toContain('unfinished');
  });

  const hostlessJob = { name: 'x', control_file: '', control_type: 'Server', priority: 10, hostless: true };
});

describe('a test with a lab', () => {
  test('gets what its body returns, and a lab that is closed', async () => {
    let used: EmbeddedLab | undefined;
    const result = await withLab(embeddedLab(), async (lab) => {
      used = lab;
      await lab.listen();
      return 'done';
    });
    expect(result).toBe('done');
    await expect(used?.listen()).rejects.toThrow('closed');
  });

  test('that fails tells what the lab was doing', async () => {
    const failure = new Error('expected 1 to be 2');
    let used: EmbeddedLab | undefined;
    const failed = withLab(embeddedLab().board('x86-mario', { pool: 'bvt' }), async (lab) => {
      used = lab;
      await lab.afe.createJob(jobRequest('power_Idle'));
      throw failure;
    });
    const error = await failed.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LabTestError);
    expect(error).toMatchObject({ cause: failure, message: expect.stringMatching(/^expected 1 to be 2\n\nlab at /) });
    expect(error).toMatchObject({ dump: expect.stringContaining('1 jobs, 1 of them unfinished') });
    await expect(used?.listen()).rejects.toThrow('closed');
  });
});

function thrownBy(act: () => void): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
