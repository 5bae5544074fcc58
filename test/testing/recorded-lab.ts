import { readFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import type { EmbeddedLab, LabUrls } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { exchange, type RawAnswer, type RawRequest } from '../support/raw-http.js';

/** One exchange with a real server. */
export interface Recording {
  readonly group: string;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Besides the usual ones; an empty authorization is none. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of HTTP; 1.1 unless it says else. */
  readonly version?: '1.0';
  readonly status: number;
  /** What was kept of the answer's headers; names in lower case. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
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

/** Sends a request over a socket of its own, to a lab that listens from then on until the tests of the file are over. */
export async function send(
  lab: EmbeddedLab,
  url: string,
  request: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array | undefined;
  },
): Promise<{ readonly status: number; readonly text: string }> {
  const { status, body } = await sendRaw(lab, url, { method: 'POST', ...request });
  return { status, text: body.toString() };
}

/** As `send`, with all that came back. The target is sent as it stands in the URL. */
export async function sendRaw(lab: EmbeddedLab, url: string, request: Omit<RawRequest, 'target'>): Promise<RawAnswer> {
  // Time must not pass while the request is on its way.
  const release = lab.clock.hold?.();
  try {
    const { base, target } = await listeningUrl(lab, url);
    return await exchange(base, { ...request, target });
  } finally {
    release?.();
  }
}

/** Sends a request through the lab's transport, without a socket. */
export async function sendInProcess(
  lab: EmbeddedLab,
  url: string,
  request: {
    readonly method?: 'GET' | 'POST';
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array | undefined;
  },
): Promise<{
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
}> {
  const { method = 'POST', headers, body } = request;
  const limits = { timeoutMs: 1000, maxResponseBytes: 1e7 };
  const answer = await lab.transport.request({ method, url, headers, body, ...limits });
  const bytes = Buffer.from(answer.body);
  return { status: answer.status, headers: answer.headers, body: bytes, text: bytes.toString() };
}

/** The URLs that each lab had before it listened; a test may still use them. */
const urlsInProcess = new Map<EmbeddedLab, LabUrls>();

afterAll(async () => {
  await Promise.all([...urlsInProcess.keys()].map((lab) => lab.close()));
});

async function listeningUrl(
  lab: EmbeddedLab,
  url: string,
): Promise<{ readonly base: string; readonly target: string }> {
  const before = urlsInProcess.get(lab) ?? lab.urls;
  urlsInProcess.set(lab, before);
  const now = await lab.listen();
  for (const server of ['afe', 'devServer', 'crashServer'] as const) {
    for (const base of [before[server], now[server]]) {
      if (url.startsWith(base)) return { base: now[server], target: url.slice(base.length) };
    }
  }
  throw new Error(`the lab has no server at ${url}`);
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
