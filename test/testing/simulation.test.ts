import { describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';
import { build, jobRequest } from './job-request.js';

const hour = 3_600_000;
const minute = 60_000;

function statuses(lab: EmbeddedLab, id: number): readonly string[] {
  return lab.jobs()[id - 1]?.entries.map(({ status }) => status) ?? [];
}

describe('who gets a host', () => {
  test('higher priority first, then the older job', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    const order: number[] = [];
    lab.onEvent((event) => event.type === 'job-running' && order.push(event.jobId));
    const low = await lab.afe.createJob(jobRequest('low', { priority: 10 }));
    const high = await lab.afe.createJob(jobRequest('high', { priority: 70 }));
    const alsoHigh = await lab.afe.createJob(jobRequest('also_high', { priority: 70 }));
    await lab.clock.sleep(2 * hour);
    lab.expectEverythingFinished();
    expect(order).toEqual([high, alsoHigh, low]);
  });

  test('a host that is locked, broken or dead gets no job until it is usable again', async () => {
    const lab = await embeddedLab()
      .host('locked', { board: 'x86-mario', pool: 'bvt', locked: true })
      .host('broken', { board: 'x86-mario', pool: 'bvt', status: 'Repair Failed' })
      .host('dead', { board: 'x86-mario', pool: 'bvt' })
      .start();
    lab.host('dead').die();
    const id = await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Queued']);
    expect(() => lab.expectEverythingFinished()).toThrow('Queued');

    lab.host('locked').unlock();
    await lab.clock.sleep(hour);
    expect(lab.jobs()[id - 1]?.entries).toMatchObject([{ status: 'Completed', host: 'locked' }]);

    lab.host('locked').lock('again');
    lab.host('dead').revive();
    const second = await lab.afe.createJob(jobRequest('power_Idle_2'));
    await lab.clock.sleep(hour);
    expect(lab.jobs()[second - 1]?.entries).toMatchObject([{ status: 'Completed', host: 'dead' }]);
    expect(lab.host('locked').view()).toMatchObject({ locked: true, status: 'Ready' });
    expect(lab.timeline()).toContain('dead revived');
  });

  test('a job that names its host waits for that one', async () => {
    const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).start();
    const named = { metaHosts: [], hosts: ['chromeos1-rack1-host2'], dependencies: [] };
    const ids = [
      await lab.afe.createJob(jobRequest('first', named)),
      await lab.afe.createJob(jobRequest('second', named)),
    ];
    await lab.clock.sleep(hour);
    const hosts = ids.map((id) => lab.jobs()[id - 1]?.entries[0]?.host);
    expect(hosts).toEqual(['chromeos1-rack1-host2', 'chromeos1-rack1-host2']);
    lab.expectEverythingFinished();
  });

  test('a job for two hosts starts when both are ready, and its entries run together', async () => {
    const lab = await embeddedLab()
      .host('fresh', { board: 'x86-mario', pool: 'bvt' })
      .host('provisioned', { board: 'x86-mario', pool: 'bvt', labels: [`cros-version:${build}`] })
      .start();
    const both = { metaHosts: ['board:x86-mario', 'board:x86-mario'], synchCount: 2 };
    const id = await lab.afe.createJob(jobRequest('pair', both));
    await lab.clock.sleep(minute);
    expect([...statuses(lab, id)].sort()).toEqual(['Pending', 'Provisioning']);
    await lab.clock.sleep(7.5 * minute);
    expect(statuses(lab, id)).toEqual(['Running', 'Running']);
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Completed', 'Completed']);
  });

  test('a job for two hosts waits while there is one', async () => {
    const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).start();
    lab.host('chromeos1-rack1-host1').lock();
    const both = { metaHosts: ['board:x86-mario', 'board:x86-mario'], synchCount: 2 };
    const id = await lab.afe.createJob(jobRequest('pair', both));
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Queued', 'Queued']);

    const [first] = await lab.afe.getHostQueueEntries({ jobIds: [id] });
    await lab.afe.call('abort_host_queue_entries', { id: first?.id });
    await lab.clock.sleep(minute);
    expect(statuses(lab, id)).toEqual(['Aborted', 'Aborted']);
  });
});

describe('preparing a host', () => {
  test('another version is provisioned, replaces its label and tells where its packages are', async () => {
    const old = 'cros-version:x86-mario-release/R18-1.0.0';
    const lab = await embeddedLab()
      .host('dut', { board: 'x86-mario', pool: 'bvt', labels: [old] })
      .start();
    await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(minute);
    expect(lab.host('dut').view()).toMatchObject({ status: 'Provisioning', attributes: {} });
    await lab.clock.sleep(8 * minute);
    const { labels, attributes } = lab.host('dut').view();
    expect(labels).toContain(`cros-version:${build}`);
    expect(labels).not.toContain(old);
    expect(attributes).toEqual({ job_repo_url: `http://devserver.lab:8082/static/${build}/autotest/packages` });
  });

  test('the next job of the build needs a short reset only, and prefers the host that has it', async () => {
    const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).start();
    await lab.afe.createJob(jobRequest('first'));
    await lab.clock.sleep(hour);
    const provisioned = lab.hosts().find(({ labels }) => labels.includes(`cros-version:${build}`))?.hostname;
    const started = lab.clock.now();
    const id = await lab.afe.createJob(jobRequest('second'));
    await lab.clock.sleep(hour);
    const entry = lab.jobs()[id - 1]?.entries[0];
    expect(entry?.host).toBe(provisioned);
    expect((entry?.startedMs ?? 0) - started).toBe(40_000);
  });

  test('when it fails, the job fails with one row and the host has no version', async () => {
    const lab = await embeddedLab()
      .board('x86-mario', { pool: 'bvt', labels: ['cros-version:x86-mario-release/R18-1.0.0'] })
      .test('power_Idle', ['provision-failure', 'good'])
      .start();
    const id = await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Failed']);
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(rows).toMatchObject([
      { testName: 'SERVER_JOB', status: 'FAIL', reason: expect.stringContaining('provision') },
    ]);
    expect(lab.hosts()[0]?.labels.filter((label) => label.startsWith('cros-version:'))).toEqual([]);
    expect(lab.hosts()[0]?.status).toBe('Ready');
  });
});

describe('running a test', () => {
  test('attempts follow the script by the chain of retries, not by the order of calls', async () => {
    const lab = await embeddedLab()
      .board('x86-mario', { hosts: 4, pool: 'bvt' })
      .test('flaky', ['fail', 'good'])
      .start();
    const first = await lab.afe.createJob(jobRequest('flaky'));
    const unrelated = await lab.afe.createJob(jobRequest('flaky', { name: `${build}/other/flaky` }));
    await lab.clock.sleep(hour);
    const keyvals = { retry_original_job_id: first };
    const retry = await lab.afe.createJob(jobRequest('flaky', { keyvals }));
    await lab.clock.sleep(hour);
    expect([first, unrelated, retry].map((id) => statuses(lab, id)[0])).toEqual(['Failed', 'Failed', 'Completed']);
    expect(lab.jobs()[retry - 1]?.attempt).toBe(2);
  });

  test('a retry marks all rows of the job it replaces as invalid', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).test('flaky', ['fail', 'good']).start();
    const first = await lab.afe.createJob(jobRequest('flaky'));
    await lab.clock.sleep(hour);
    const retry = await lab.afe.createJob(jobRequest('flaky', { keyvals: { retry_original_job_id: first } }));
    await lab.clock.sleep(hour);
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [first, retry] });
    expect(rows.map(({ jobId, status, invalid }) => [jobId, status, invalid])).toEqual([
      [first, 'FAIL', true],
      [first, 'FAIL', true],
      [retry, 'GOOD', false],
      [retry, 'GOOD', false],
    ]);
    lab.expectNothingDoubled();
  });

  test('a script that is a function knows where the test runs', async () => {
    const seen: unknown[] = [];
    const lab = await embeddedLab()
      .board('x86-mario', { pool: 'bvt' })
      .test('power_Idle', (situation) => {
        seen.push(situation);
        return 'warn';
      })
      .start();
    const id = await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Completed']);
    expect(seen).toMatchObject([
      { test: 'power_Idle', attempt: 1, host: 'chromeos1-rack1-host1', board: 'x86-mario', job: { id } },
    ]);
  });

  test('a host that dies fails the job that runs on it, and only that', async () => {
    const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).start();
    const ids = [await lab.afe.createJob(jobRequest('one')), await lab.afe.createJob(jobRequest('two'))];
    await lab.clock.sleep(9 * minute);
    const victim = lab.jobs()[0]?.entries[0]?.host ?? '';
    lab.host(victim).die();
    await lab.clock.sleep(hour);
    expect(ids.map((id) => statuses(lab, id)[0])).toEqual(['Failed', 'Completed']);
    expect(lab.host(victim).view().status).toBe('Repair Failed');
  });

  test('slow takes ten times as long, and the same on every run', async () => {
    const duration = async (script: 'good' | 'slow', seed: number) => {
      const lab = await embeddedLab({ seed }).board('x86-mario', { pool: 'bvt' }).test('power_Idle', script).start();
      await lab.afe.createJob(jobRequest('power_Idle'));
      await lab.clock.sleep(2 * hour);
      const entry = lab.jobs()[0]?.entries[0];
      return (entry?.finishedMs ?? 0) - (entry?.startedMs ?? 0) - 10_000;
    };
    const usual = await duration('good', 1);
    expect(await duration('good', 1)).toBe(usual);
    expect(await duration('slow', 1)).toBe(10 * usual);
    expect(await duration('good', 2)).not.toBe(usual);
    expect(usual).toBeGreaterThanOrEqual(minute);
    expect(usual).toBeLessThanOrEqual(3 * minute);
  });

  test('a hostless job just runs', async () => {
    const lab = await embeddedLab().start();
    const id = await lab.afe.createJob(
      jobRequest('control', { metaHosts: [], dependencies: [], hostless: true, synchCount: 0 }),
    );
    await lab.clock.sleep(hour);
    expect(lab.jobs()[id - 1]?.entries).toMatchObject([{ host: null, status: 'Completed' }]);
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(rows).toMatchObject([{ testName: 'SERVER_JOB', jobTag: `${id}-chromeos-test/hostless`, hostname: '' }]);
  });
});

describe('the end before the end', () => {
  test('an abort reaches children and grandchildren, and happens when the scheduler acts', async () => {
    const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).start();
    const suite = lab.suiteJob();
    const child = await lab.afe.createJob(jobRequest('child', { parentJobId: suite.id }));
    const grandchild = await lab.afe.createJob(jobRequest('grandchild', { parentJobId: child }));
    const other = await lab.afe.createJob(jobRequest('other'));
    const listed = await lab.afe.abortHostQueueEntries({ jobIds: [suite.id] });
    expect(listed.map(({ jobId }) => jobId)).toEqual([suite.id]);
    expect(statuses(lab, child)).toEqual(['Aborted (Queued)']);
    expect(await lab.afe.abortHostQueueEntries({ jobIds: [suite.id, child] })).toEqual([]);

    await lab.clock.sleep(10_000);
    expect([suite.id, child, grandchild].map((id) => statuses(lab, id)[0])).toEqual(['Aborted', 'Aborted', 'Aborted']);
    expect(await lab.tko.getDetailedTestViews({ jobIds: [child, grandchild] })).toEqual([]);
    await lab.clock.sleep(hour);
    expect(statuses(lab, other)).toEqual(['Completed']);
  });

  test('an abort of a running job leaves ABORT rows and frees the host', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    const id = await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(8 * minute + 20_000);
    expect(statuses(lab, id)).toEqual(['Running']);
    await lab.afe.abortHostQueueEntries({ jobIds: [id] });
    expect(statuses(lab, id)).toEqual(['Aborted (Running)']);
    await lab.clock.sleep(hour);
    expect(statuses(lab, id)).toEqual(['Aborted']);
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(rows.map(({ testName, status }) => [testName, status])).toEqual([
      ['SERVER_JOB', 'ABORT'],
      ['power_Idle', 'ABORT'],
    ]);
    expect(lab.hosts()[0]).toMatchObject({ status: 'Ready', jobId: null });
  });

  test('a host that dies under a job that was told to abort makes it aborted, not failed', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    const id = await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(minute);
    await lab.afe.abortHostQueueEntries({ jobIds: [id] });
    lab.host('chromeos1-rack1-host1').die();
    expect(statuses(lab, id)).toEqual(['Aborted']);
    const ended = lab.jobs()[id - 1]?.entries;
    await lab.clock.sleep(minute);
    expect(lab.jobs()[id - 1]?.entries).toEqual(ended);
    expect(lab.hosts()[0]).toMatchObject({ status: 'Repair Failed', jobId: null });
  });

  test('a job that hangs is aborted when its time is over', async () => {
    const lab = await embeddedLab()
      .board('x86-mario', { pool: 'bvt' })
      .test('hangs', { status: 'GOOD', durationMs: Infinity })
      .start();
    const id = await lab.afe.createJob(jobRequest('hangs', { maxRuntimeMins: 30 }));
    await lab.clock.sleep(2 * hour);
    const entry = lab.jobs()[id - 1]?.entries[0];
    expect(entry?.status).toBe('Aborted');
    expect((entry?.finishedMs ?? 0) - (entry?.startedMs ?? 0)).toBe(30 * minute);
    expect(await lab.tko.getDetailedTestViews({ jobIds: [id] })).toHaveLength(2);
  });

  test('a job that waits too long is aborted without rows', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    lab.host('chromeos1-rack1-host1').lock();
    const id = await lab.afe.createJob(jobRequest('power_Idle', { timeoutMins: 60 }));
    await lab.clock.sleep(59 * minute);
    expect(statuses(lab, id)).toEqual(['Queued']);
    await lab.clock.sleep(minute);
    expect(statuses(lab, id)).toEqual(['Aborted']);
    expect(await lab.tko.getDetailedTestViews({ jobIds: [id] })).toEqual([]);
  });
});

describe('what a test can expect of the lab', () => {
  test('a job that was made twice is named', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    const suite = lab.suiteJob();
    for (let turn = 0; turn < 2; turn++) await lab.afe.createJob(jobRequest('twin', { parentJobId: suite.id }));
    expect(() => lab.expectNothingDoubled()).toThrow(`${build}/bvt/twin: jobs 2, 3`);
    await lab.afe.abortHostQueueEntries({ jobIds: [3] });
    lab.expectNothingDoubled();
  });

  test('a suite job runs until it is told to finish', async () => {
    const lab = await embeddedLab().start();
    const suite = lab.suiteJob({ name: 'bvt' });
    expect(suite.tag).toBe(`${suite.id}-chromeos-test/hostless`);
    await lab.clock.sleep(48 * hour);
    expect(statuses(lab, suite.id)).toEqual(['Running']);
    suite.finish();
    suite.finish();
    await lab.clock.sleep(minute);
    expect(statuses(lab, suite.id)).toEqual(['Completed']);
    expect(await lab.tko.getDetailedTestViews({ jobIds: [suite.id] })).toMatchObject([{ testName: 'SERVER_JOB' }]);
    expect(String(lab)).toContain('bvt (attempt 1): Completed');
  });

  test('a call that the lab does not have is named', async () => {
    const lab = await embeddedLab().start();
    await expect(lab.afe.call('generate_control_file')).rejects.toThrow('generate_control_file');
    expect(() => lab.expectNoUnexpectedCalls()).toThrow('afe.generate_control_file: 1 times');
  });

  test('a host or build that is described twice is refused, and one that is not there is named', async () => {
    expect(() => embeddedLab().host('a').host('a')).toThrow('twice');
    expect(() => embeddedLab().build(build).build(build)).toThrow('twice');
    const lab = await embeddedLab().start();
    expect(() => lab.host('nobody')).toThrow('nobody');
  });
});

test('ten thousand jobs on a hundred hosts take seconds', { timeout: 30_000 }, async () => {
  const lab = await embeddedLab().board('x86-mario', { hosts: 100, pool: 'bvt' }).start();
  for (let index = 0; index < 10_000; index++) {
    await lab.afe.createJob(jobRequest(`test_${index}`, { priority: 10 + (index % 7) * 10 }));
  }
  await lab.clock.sleep(23 * hour);
  lab.expectEverythingFinished();
});
