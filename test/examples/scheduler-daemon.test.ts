import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { embeddedLab } from '../../src/testing/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const build = 'x86-mario-release/R28-3993.0.0';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scheduler-daemon-'));
  // Due in every turn of today.
  const day = (new Date().getUTCDay() + 6) % 7;
  const config = `[weekly_params]\nalways_handle: yes\nday: ${String(day)}\n[Bvt]\nsuite: bvt\nrun_on: weekly\n`;
  await writeFile(join(folder, 'suite_scheduler.ini'), config);
  const manifest = join(folder, 'manifests/build-name/x86-mario-release/pass/28/3993.0.0.xml');
  await mkdir(dirname(manifest), { recursive: true });
  await writeFile(manifest, '<manifest/>\n');
  await git('init', '--quiet');
  await git('add', '.');
  await git('-c', 'user.name=builder', '-c', 'user.email=b@lab.example', 'commit', '--quiet', '--message', build);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

test('the daemon of a lab starts suites, says how it is doing, and ends on SIGTERM within a second', async () => {
  await using lab = await embeddedLab({ clock: 'real', timeZone: 'UTC', runSuite: async () => {} })
    .board('x86-mario')
    .build(build, { tests: [{ name: 'good_Test', suites: ['bvt'] }], stagingMs: 0 })
    .start();
  const urls = await lab.listen();
  const daemon = startDaemon('--afe', urls.afe, '--status-page', urls.labStatus, '--port', '0');
  await daemon.logs('launched: bvt');
  expect(lab.jobs().map(({ name }) => name)).toEqual([`${build}-test_suites/control.bvt`]);

  const [, url = ''] = /(http:\/\/127\.0\.0\.1:\d+)\//.exec(daemon.stdout()) ?? [];
  const health = await fetch(url);
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ state: 'running', tasks: 1, problems: [], backlog: { due: 0 } });
  expect(await textAt(`${url}/plan`)).toContain(`Bvt on x86-mario: bvt on ${build} is job 1`);
  expect(await textAt(`${url}/forecast?days=8`)).toContain('x86-mario');
  expect((await fetch(`${url}/explain?suite=bvtt`)).status).toBe(400);

  // The daemon has the memory, so it is asked.
  const asking = startDaemon(
    '--afe',
    urls.afe,
    '--port',
    new URL(url).port,
    '--explain',
    'bvt',
    '--board',
    'x86-mario',
  );
  expect(await asking.ended).toBe(0);
  expect(asking.stdout()).toContain(`bvt on ${build} was started as job 1`);

  const stoppedMs = performance.now();
  daemon.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
  expect(performance.now() - stoppedMs).toBeLessThan(1000);
  expect(daemon.stdout()).toMatch(/SIGTERM: stopping after the turn under way\n.* stopped\n$/);
  expect(daemon.stderr()).toBe('');
});

test('a turn that hangs is finished on one SIGTERM, and left at once on a second one', async () => {
  const afe = createServer(() => {}).listen(0, '127.0.0.1');
  await once(afe, 'listening');
  const called = once(afe, 'request');
  try {
    const daemon = startDaemon(
      '--afe',
      `http://127.0.0.1:${String((afe.address() as AddressInfo).port)}`,
      '--port',
      '0',
    );
    await called;
    daemon.kill('SIGTERM');
    await daemon.logs('stopping after the turn under way');

    const stoppedMs = performance.now();
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(1);
    expect(performance.now() - stoppedMs).toBeLessThan(1000);
    expect(daemon.stdout()).toMatch(/SIGTERM: stopping at once\n.* stopped\n$/);
  } finally {
    afe.closeAllConnections();
    afe.close();
  }
});

test('an option that is missing is named', async () => {
  const daemon = startDaemonWith(['--afe', 'http://127.0.0.1:9', '--state', join(folder, 'state')]);
  expect(await daemon.ended).toBe(1);
  expect(daemon.stderr()).toContain('--manifest is missing');
});

interface Daemon {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when a text was printed, rejects when the process ends without it. */
  readonly logs: (text: string) => Promise<void>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

function startDaemon(...args: readonly string[]): Daemon {
  const [config, state, manifest] = ['suite_scheduler.ini', 'state', 'manifests'].map((name) => join(folder, name));
  const files = ['--config', config ?? '', '--state', state ?? '', '--manifest', manifest ?? ''];
  return startDaemonWith([...files, '--time-zone', 'UTC', ...args]);
}

function startDaemonWith(args: readonly string[]): Daemon {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/13-scheduler-daemon.ts', ...args], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.json' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const logs = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stdout.includes(text) && resolve();
      child.stdout.on('data', look);
      look();
      void ended.then((code) => reject(new Error(`ended with ${String(code)} without "${text}":\n${stdout}${stderr}`)));
    });
  return { stdout: () => stdout, stderr: () => stderr, logs, kill: (signal) => child.kill(signal), ended };
}

async function git(...args: readonly string[]): Promise<void> {
  await promisify(execFile)('git', args, { cwd: join(folder, 'manifests') });
}

async function textAt(url: string): Promise<string> {
  return await (await fetch(url)).text();
}
