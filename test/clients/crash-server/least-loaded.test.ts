import { expect, test } from 'vitest';
import { leastLoadedCrashServer } from '../../../src/clients/crash-server/least-loaded.js';
import type { CrashServerClient } from '../../../src/clients/crash-server/types.js';
import type { CallOptions } from '../../../src/clients/call-options.js';
import { chooseLeastLoaded } from '../../../src/clients/dev-server/least-loaded.js';
import type { ServerHealth } from '../../../src/clients/dev-server/server-health.js';
import { rejectionOf } from '../../support/loopback-server.js';

const mib = 1024 * 1024;
const idle: ServerHealth = { freeDiskGb: 70, cpuPercent: 10, diskBytesPerSecond: 100, networkBytesPerSecond: 0 };
const report = (url: string, health: Partial<ServerHealth> | { readonly problem: string }) => {
  return { server: { url }, health: 'problem' in health ? health : { ...idle, ...health } };
};

test('the server with the least disk traffic is chosen', () => {
  const { chosen, unfit } = chooseLeastLoaded([
    report('a', { diskBytesPerSecond: 300 }),
    report('b', { diskBytesPerSecond: 100 }),
    report('c', { diskBytesPerSecond: 200 }),
  ]);
  expect(chosen?.url).toBe('b');
  expect(unfit).toEqual([]);
});

test('of equals the first is chosen, and a server that has no sample yet counts as idle', () => {
  expect(chooseLeastLoaded([report('a', {}), report('b', {})]).chosen?.url).toBe('a');
  expect(chooseLeastLoaded([report('a', {}), report('b', { diskBytesPerSecond: 0 })]).chosen?.url).toBe('b');
});

test('servers above 80 % of CPU or 80 MiB/s of network are left out, those at the limit are not', () => {
  const { chosen, unfit } = chooseLeastLoaded([
    report('cpu', { cpuPercent: 80.1, diskBytesPerSecond: 1 }),
    report('network', { networkBytesPerSecond: 80 * mib + 1, diskBytesPerSecond: 2 }),
    report('limit', { cpuPercent: 80, networkBytesPerSecond: 80 * mib }),
  ]);
  expect(chosen?.url).toBe('limit');
  expect(unfit).toEqual([
    { url: 'cpu', problem: 'its CPU is at 80.1 %', answered: true },
    { url: 'network', problem: 'its network is at 80.0 MiB/s', answered: true },
  ]);
});

test.each(['cpuPercent', 'networkBytesPerSecond', 'diskBytesPerSecond'])(
  'a server that does not tell its %s is left out',
  (name) => {
    const { chosen, unfit } = chooseLeastLoaded([report('a', { [name]: null })]);
    expect(chosen).toBeUndefined();
    expect(unfit).toMatchObject([{ url: 'a', answered: true }]);
  },
);

function fakeServer(url: string, checkHealth: CrashServerClient['checkHealth']): CrashServerClient {
  const unexpected = () => Promise.reject(new Error('not expected'));
  return { url, checkHealth, stageSymbols: unexpected, symbolicate: unexpected };
}

test('all servers are asked side by side, each for 2 s at most', async () => {
  const asked: CallOptions[] = [];
  let release = () => {};
  const all = new Promise<void>((resolve) => (release = resolve));
  const checkHealth = async (options: CallOptions = {}) => {
    asked.push(options);
    if (asked.length === 3) release();
    await all;
    return idle;
  };
  const servers = ['http://a', 'http://b', 'http://c'].map((url) => fakeServer(url, checkHealth));
  expect(await leastLoadedCrashServer(servers)).toBe(servers[0]);
  expect(asked.map(({ deadlineMs }) => deadlineMs)).toEqual([2_000, 2_000, 2_000]);
});

test('a server that fails is passed over', async () => {
  const dead = fakeServer('http://dead', () => Promise.reject(new Error('ECONNREFUSED')));
  const alive = fakeServer('http://alive', async () => idle);
  expect(await leastLoadedCrashServer([dead, alive])).toBe(alive);
});

test('when none can take a dump the error says why not, of each, and shows no password', async () => {
  const servers = [
    fakeServer('http://user:S3cr3t@dead', () => Promise.reject(new Error('ECONNREFUSED'))),
    fakeServer('http://odd', async () => {
      const reason: unknown = 'what?';
      throw reason;
    }),
    fakeServer('http://busy', async () => ({ ...idle, cpuPercent: 99 })),
  ];
  const error = await rejectionOf(leastLoadedCrashServer(servers));
  expect(error).toMatchObject({
    name: 'NoCrashServerError',
    code: 'ERR_NO_CRASH_SERVER',
    message:
      'no crash server can take a dump: http://dead/: ECONNREFUSED; http://odd/: does not answer; http://busy/: its CPU is at 99 %',
    servers: [{ answered: false }, { answered: false }, { url: 'http://busy', answered: true }],
  });
  expect(String(await rejectionOf(leastLoadedCrashServer([])))).toContain('none is known');
});

test('an abort is handed on as it is', async () => {
  const controller = new AbortController();
  const server = fakeServer('http://a', async ({ signal } = {}) => {
    controller.abort('enough');
    signal?.throwIfAborted();
    return idle;
  });
  expect(await rejectionOf(leastLoadedCrashServer([server], { signal: controller.signal }))).toBe('enough');
});
