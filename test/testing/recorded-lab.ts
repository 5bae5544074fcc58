import { readFileSync } from 'node:fs';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';

/** One exchange with a real server. */
export interface Recording {
  readonly group: string;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Besides the usual ones; an empty authorization is none. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  readonly answer: unknown;
}

export function recordings(name: string): readonly Recording[] {
  const file = new URL(`../fixtures/lab-recordings/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Recording[];
}

/** The lab in which the AFE was recorded: its labels in order of their ids, its hosts, users, and first jobs. */
export async function recordedLab(
  firstJobs: (lab: EmbeddedLab, clock: VirtualClock) => Promise<void> = runTwoJobs,
): Promise<EmbeddedLab> {
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T17:14:00Z'), autoAdvance: false });
  const builder = embeddedLab({ clock }).test('dummy_Fail', 'fail');
  const versions = ['x86-mario', 'lumpy'].map((board) => `cros-version:${board}-release/R28-3993.0.0`);
  const labels = `board:x86-mario board:lumpy board:stumpy board:link pool:bvt pool:suites pool:cq pool:try-bot
    ${versions.join(' ')} rpm bluetooth servo webcam storage:ssd power:battery power:AC_only gpu_family:gen3
    hw_video_acc_h264 ec:cros os:cros audio_loopback_dongle touchpad`;
  for (const label of labels.split(/\s+/)) builder.label(label);
  for (const label of ['x86-mario', 'lumpy', 'stumpy', 'link']) builder.label(label, { platform: true });
  builder.label('atomic-1');

  const marioLabels = (even: boolean) => [
    ...[versions[0] ?? '', 'rpm'],
    ...(even ? ['servo'] : ['bluetooth', 'webcam']),
    ...['storage:ssd', 'power:battery', 'os:cros', ...(even ? ['touchpad'] : [])],
  ];
  for (let number = 1; number <= 6; number++) {
    builder.host(`chromeos1-rack1-host${number}`, {
      board: 'x86-mario',
      pool: number <= 4 ? 'bvt' : 'suites',
      labels: marioLabels(number % 2 === 0),
      acls: [number <= 2 ? 'infra' : 'Everyone'],
      attributes:
        number === 1
          ? {
              servo_host: 'chromeos1-rack1-servo1',
              HWID: 'X86 MARIO TEST 1234',
              job_repo_url: 'http://127.0.0.1:8082/static/x86-mario-release/R28-3993.0.0/autotest/packages',
            }
          : {},
    });
  }
  for (let number = 1; number <= 4; number++) {
    builder.host(`chromeos1-rack2-host${number}`, {
      board: 'lumpy',
      pool: number <= 2 ? 'bvt' : 'suites',
      labels: [versions[1] ?? '', 'bluetooth', 'ec:cros', 'os:cros', 'audio_loopback_dongle'],
    });
  }
  for (let number = 1; number <= 2; number++) {
    builder.host(`chromeos1-rack3-host${number}`, {
      labels: ['power:AC_only', 'stumpy', 'board:stumpy', 'os:cros', 'pool:suites'],
      ...(number === 2 ? { locked: true, lockReason: 'broken screen' } : {}),
    });
  }
  const lab = await builder.start();
  for (const user of ['alice', 'bob']) await call(lab, 'echo', {}, user);
  await call(lab, 'modify_acl_group', { id: 'infra', description: 'infra people' });
  await call(lab, 'acl_group_add_users', { id: 'infra', users: ['alice'] });
  await call(lab, 'set_stable_version', { version: 'R28-3993.0.0', board: 'x86-mario' });
  await firstJobs(lab, clock);
  return lab;
}

/** A job with a child and a grandchild, and two more of different owners; none has begun. */
export async function queueFamily(lab: EmbeddedLab): Promise<void> {
  const job = { control_file: 'pass', control_type: 'Server', priority: 10, hostless: true };
  await call(lab, 'create_job', { ...job, name: 'p' });
  await call(lab, 'create_job', { ...job, name: 'k1', parent_job_id: 1 });
  await call(lab, 'create_job', { ...job, name: 'k2', parent_job_id: 2 });
  await call(lab, 'create_job', { ...job, name: 'mine' });
  await call(lab, 'create_job', { ...job, name: 'hers' }, 'alice');
}

/** Any method of the AFE, in the service's own words. */
export async function call(lab: EmbeddedLab, method: string, args: object, user = 'chromeos-test'): Promise<unknown> {
  const answer = await send(lab, `${lab.urls.afe}/afe/server/noauth/rpc/`, {
    headers: { authorization: user },
    body: JSON.stringify({ method, params: [args], id: 1 }),
  });
  return JSON.parse(answer.text);
}

export async function send(
  lab: EmbeddedLab,
  url: string,
  request: {
    readonly method?: 'GET' | 'POST';
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array | undefined;
  },
): Promise<{ readonly status: number; readonly text: string }> {
  const { method = 'POST', headers, body } = request;
  const limits = { timeoutMs: 1000, maxResponseBytes: 1e7 };
  const { status, body: bytes } = await lab.transport.request({ method, url, headers, body, ...limits });
  return { status, text: new TextDecoder().decode(bytes) };
}

async function runTwoJobs(lab: EmbeddedLab, clock: VirtualClock): Promise<void> {
  const build = 'x86-mario-release/R28-3993.0.0';
  for (const [test, type] of [
    ['dummy_Pass', 'Server'],
    ['dummy_Fail', 'Client'],
  ]) {
    await call(lab, 'create_job', {
      name: `${build}/bvt/${test}`,
      control_file: 'pass',
      control_type: type,
      priority: 10,
      meta_hosts: ['board:x86-mario'],
      dependencies: ['board:x86-mario'],
      keyvals: { build, suite: 'bvt', experimental: false },
    });
  }
  await clock.advance(600_000);
}
