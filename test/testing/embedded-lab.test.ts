import { expect, test } from 'vitest';
import { embeddedLab } from '../../src/testing/index.js';
import { build, jobRequest } from './job-request.js';
import { call } from './recorded-lab.js';

test('a job goes through the lab: its host gets the build, runs it and is free again', async () => {
  const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).start();
  const events: string[] = [];
  lab.onEvent((event) => events.push(event.type));

  const id = await lab.afe.createJob(jobRequest('power_Idle'));
  const [queued] = await lab.afe.getHostQueueEntries({ jobIds: [id] });
  expect(queued).toMatchObject({ status: 'Queued', hostname: null, metaHost: 'board:x86-mario' });

  await lab.clock.sleep(3_600_000);
  const [entry] = await lab.afe.getHostQueueEntries({ jobIds: [id] });
  expect(entry).toMatchObject({ status: 'Completed', complete: true, hostname: 'chromeos1-rack1-host1' });
  const [host] = await lab.afe.getHosts({ hostnames: ['chromeos1-rack1-host1'] });
  expect(host).toMatchObject({
    status: 'Ready',
    attributes: { job_repo_url: `http://devserver.lab:8082/static/${build}/autotest/packages` },
  });
  expect(host?.labels).toContain(`cros-version:${build}`);
  const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
  expect(rows.map((row) => [row.testName, row.status, row.jobTag])).toEqual([
    ['SERVER_JOB', 'GOOD', `${id}-chromeos-test/chromeos1-rack1-host1`],
    ['power_Idle', 'GOOD', `${id}-chromeos-test/chromeos1-rack1-host1`],
  ]);
  expect(events).toEqual(['job-queued', 'host-provisioning', 'host-provisioned', 'job-running', 'job-finished']);
  expect(lab.timeline().split('\n')).toEqual([
    `2026-01-05 01:00:00  job ${id} queued: ${build}/bvt/power_Idle`,
    `2026-01-05 01:00:10  chromeos1-rack1-host1 provisioning for job ${id}: cros-version:${build}`,
    `2026-01-05 01:08:10  chromeos1-rack1-host1 provisioned for job ${id}: cros-version:${build}`,
    `2026-01-05 01:08:10  job ${id} running on chromeos1-rack1-host1`,
    expect.stringContaining(`job ${id} completed on chromeos1-rack1-host1`),
  ]);
  lab.expectEverythingFinished();
  lab.expectNothingDoubled();
  lab.expectNoUnexpectedCalls();
});

test('a lab closes itself at the end of its block', async () => {
  let url: string;
  {
    await using lab = await embeddedLab().start();
    url = (await lab.listen()).afe;
    expect(await lab.listen()).toEqual(lab.urls);
    expect((await fetch(url)).status).toBe(404);
  }
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('every field that a service offers as a choice can be asked for', async () => {
  const lab = await embeddedLab()
    .board('x86-mario', { pool: 'bvt', labels: ['bluetooth'] })
    .start();
  lab.host('chromeos1-rack1-host1').lock('for a while');
  await lab.afe.createJob(jobRequest('queued'));
  lab.host('chromeos1-rack1-host1').unlock();
  await lab.clock.sleep(3_600_000);
  await lab.afe.createJob(jobRequest('running', { parentJobId: 1 }));
  await lab.clock.sleep(60_000);
  const callAfe = (method: string, args?: object) => lab.afe.call(method, { ...args });
  const callTko = (method: string, args?: object) => lab.tko.call(method, { ...args });
  const tables = {
    get_labels: callAfe,
    get_hosts: callAfe,
    get_jobs: callAfe,
    get_host_queue_entries: callAfe,
    get_users: callAfe,
    get_test_views: callTko,
  };
  for (const [method, call] of Object.entries(tables)) {
    const failure = await call(method, { no_such_field: 1 }).catch((error: unknown) => String(error));
    const choices = /Choices are: (.*)$/m.exec(String(failure))?.[1]?.split(', ') ?? [];
    expect(choices.length).toBeGreaterThan(5);
    const all = await call(method);
    for (const choice of choices) {
      const without = await call(method, { [`${choice}__isnull`]: true });
      const having = await call(method, { [`${choice}__isnull`]: false });
      const unmodelled = Array.isArray(without) && without.length === 0 && Array.isArray(having) && having.length === 0;
      if (!unmodelled) expect([...listOf(without), ...listOf(having)]).toHaveLength(listOf(all).length);
    }
  }
  expect(listOf(await lab.afe.call('get_jobs', { jobkeyval__key: 'suite', jobkeyval__value: 'bvt' }))).toHaveLength(2);
  expect(listOf(await lab.afe.call('get_hosts', { hostqueueentry__job: 2, labels__host__id: 1 }))).toHaveLength(1);
  expect(listOf(await lab.afe.call('get_jobs', { job: 2 }))).toMatchObject([{ id: 1 }]);
});

test('hosts and labels can be changed as the frontend changes them', async () => {
  const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
  const host = 'chromeos1-rack1-host1';
  const request = jobRequest('bluetooth_Test', { dependencies: ['bluetooth'] });
  await expect(lab.afe.createJob(request)).rejects.toMatchObject({ name: 'NoEligibleHostError' });
  const id = await lab.afe.call('add_label', { name: 'bluetooth' });
  expect(await lab.afe.call('add_label', { name: 'bluetooth', ignore_exception_if_exists: true })).toBe(id);
  await lab.afe.call('host_add_labels', { id: host, labels: ['bluetooth'] });
  await lab.afe.createJob(request);
  await lab.afe.call('modify_hosts', {
    host_filter_data: { hostname: host },
    update_data: { locked: true, lock_reason: 'x' },
  });
  expect(lab.host(host).view().locked).toBe(true);
  await lab.afe.call('modify_host', { id: 1, locked: false });
  await lab.afe.call('host_remove_labels', { id: 1, labels: ['bluetooth'] });
  expect(lab.host(host).view()).toMatchObject({ locked: false, labels: ['board:x86-mario', 'pool:bvt', 'x86-mario'] });
  for (const [method, args] of [
    ['modify_host', { id: 99 }],
    ['host_add_labels', { id: host, labels: ['nope'] }],
  ] as const) {
    await expect(lab.afe.call(method, args)).rejects.toThrow('exist');
  }
});

test('a user without rights may use what is open to everyone, and abort only what is his', async () => {
  const lab = await embeddedLab()
    .host('open', { board: 'x86-mario' })
    .host('closed', { board: 'x86-mario', acls: ['infra'] })
    .start();
  const error = async (method: string, args: object) => {
    const answer = (await call(lab, method, args, 'mallory')) as { readonly error: { readonly name: string } | null };
    return answer.error?.name;
  };
  const job = { name: 'x', control_file: '', control_type: 'Server', priority: 10 };
  await lab.afe.createJob(jobRequest('x', { metaHosts: [], hosts: ['open'], dependencies: [], synchCount: 1 }));
  expect(await error('set_host_attribute', { attribute: 'a', value: 'b', hostname: 'open' })).toBeUndefined();
  expect(await error('set_host_attribute', { attribute: 'a', value: 'b', hostname: 'closed' })).toBe(
    'AclAccessViolation',
  );
  expect(await error('create_job', { ...job, hosts: ['closed'] })).toBe('AclAccessViolation');
  expect(await error('create_job', { ...job, hosts: ['open'] })).toBeUndefined();
  expect(await error('abort_host_queue_entries', { job: 1 })).toBe('AclAccessViolation');
  expect(await error('abort_host_queue_entries', { job: 2 })).toBeUndefined();
});

test.each<[string, unknown, string]>([
  ['get_server_time', [{ x: 1 }], "get_server_time() got an unexpected keyword argument 'x'"],
  ['get_server_time', ['x', {}], 'get_server_time() takes no arguments (1 given)'],
  ['host_add_labels', [{ id: 1 }], 'host_add_labels() takes exactly 2 arguments (1 given)'],
  ['host_add_labels', [1, 2, 3, {}], 'host_add_labels() takes exactly 2 arguments (3 given)'],
  ['echo', ['a', 'b', {}], 'echo() takes at most 1 argument (2 given)'],
  ['echo', ['a', { data: 'b' }], "echo() got multiple values for keyword argument 'data'"],
])('%s(%j) fails as Python would: %s', async (method, params, message) => {
  const lab = await embeddedLab().start();
  const url = `${lab.urls.afe}/afe/server/noauth/rpc/`;
  const body = JSON.stringify({ method, params, id: 1 });
  const { body: bytes } = await lab.transport.request({
    method: 'POST',
    url,
    body,
    timeoutMs: 1000,
    maxResponseBytes: 1e6,
  });
  expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({ error: { name: 'TypeError', message } });
});

test('a request nested beyond all measure is an error, not the end of the lab', async () => {
  const lab = await embeddedLab().start();
  const url = `${lab.urls.afe}/afe/server/noauth/rpc/`;
  const body = `{"method": "echo", "id": 1, "params": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const answer = await lab.transport.request({ method: 'POST', url, body, timeoutMs: 1000, maxResponseBytes: 1e6 });
  expect(answer.status).toBe(500);
});

test('jobs can be summed up, and rows counted', async () => {
  const lab = await embeddedLab().board('x86-mario', { hosts: 2, pool: 'bvt' }).start();
  const both = { metaHosts: ['board:x86-mario', 'board:x86-mario'], synchCount: 0 };
  await lab.afe.createJob(jobRequest('two_alike', both));
  await lab.clock.sleep(60_000);
  lab.host('chromeos1-rack1-host1').die();
  const summary = await lab.afe.call('get_jobs_summary', { id: 1 });
  expect(summary).toMatchObject([{ id: 1, status_counts: { Failed: 1, Provisioning: 1 } }]);
  await lab.clock.sleep(3_600_000);
  expect(await lab.tko.call('get_num_test_views', { afe_job_id__in: [1] })).toBe(3);
  expect(await lab.tko.call('get_test_views', { afe_job_id: 1, sort_by: ['-test_idx'], query_limit: 1 })).toMatchObject(
    [{ test_name: 'two_alike', platform: 'x86-mario' }],
  );
  expect(await lab.tko.call('get_motd')).toBe('');
  expect(await lab.afe.call('get_num_host_queue_entries', { host__hostname__endswith: 'host1', complete: true })).toBe(
    1,
  );
});

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
