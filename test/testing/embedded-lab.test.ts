import { expect, test } from 'vitest';
import type { JobRequest } from '../../src/clients/afe/types.js';
import { embeddedLab } from '../../src/testing/index.js';

const build = 'x86-mario-release/R19-1998.0.0';

function jobRequest(test: string, more: Partial<JobRequest> = {}): JobRequest {
  return {
    name: `${build}/bvt/${test}`,
    controlFile: `NAME = '${test}'\n`,
    controlType: 'Server',
    priority: 40,
    metaHosts: ['board:x86-mario'],
    dependencies: [`cros-version:${build}`, 'pool:bvt', 'board:x86-mario'],
    keyvals: { build, suite: 'bvt', experimental: false, builds: { 'cros-version': build } },
    synchCount: 1,
    ...more,
  };
}

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
  lab.expectEverythingFinished();
  lab.expectNothingDoubled();
  lab.expectNoUnexpectedCalls();
});

test('the lab listens, and the same clients find the same jobs there', async () => {
  await using lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).build(build, {}).start();
  const urls = await lab.listen();
  expect(await lab.listen()).toEqual(urls);
  await lab.devServer.stage({ build, artifacts: ['control_files', 'test_suites'] });
  console.log(lab.timeline());
  console.log(String(lab));
});
