import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  HttpAfeClient,
  HttpDevServerClient,
  HttpTkoClient,
  reimageAndRun,
  renderControlFile,
} from '../../src/index.js';
import { holdingClock } from '../../src/runtime/clock.js';
import type { EmbeddedLab, LabBuilder } from '../../src/testing/index.js';
import { embeddedLab, flaky } from '../../src/testing/index.js';
import { drawnNumber } from '../../src/testing/lab/stable-hash.js';
import { build } from './job-request.js';

const tests = Array.from({ length: 16 }, (_, index) => `test_${index}`);

const controlFiles = Object.fromEntries(
  tests.map((name) => {
    const told = { name, author: 'me', doc: 'x', time: 'SHORT', testType: 'client' } as const;
    return [`client/site_tests/${name}/control`, renderControlFile({ ...told, suites: ['bvt'], jobRetries: 2 })];
  }),
);

/** A lab in which much goes wrong. */
function troubledLab(seed: number): LabBuilder {
  const rates = { failRate: 0.2, errorRate: 0.05, machineFailureRate: 0.05, provisionFailureRate: 0.05 };
  return embeddedLab({ seed, callLog: {} })
    .board('x86-mario', { hosts: 5, pool: 'bvt' })
    .build(build, { controlFiles })
    .tests(flaky({ ...rates, durationMs: [20_000, 900_000] }));
}

function addFaults(lab: EmbeddedLab): void {
  lab.faults.add({ service: 'afe', probability: 0.05, kind: '503' });
  lab.faults.add({ service: 'afe', probability: 0.05, kind: 'delay', delayMs: 7_000 });
  lab.faults.add({ service: 'afe', method: 'create_job', probability: 0.1, kind: 'lose-answer' });
  lab.faults.add({ service: 'afe', method: 'create_job', at: 3, kind: 'truncate' });
  lab.faults.add({ fromMs: 600_000, untilMs: 660_000, kind: 'refuse' });
}

/** All that happened: the lab's events, and every call with its time and its end. */
function storyOf(lab: EmbeddedLab): readonly string[] {
  const calls = lab.calls
    .entries()
    .map(({ atMs, service, method, outcome }) => `${atMs} ${service}.${method} ${outcome}`);
  return [...lab.timeline().split('\n'), ...calls];
}

async function inProcess(seed: number): Promise<readonly string[]> {
  const lab = await troubledLab(seed).start();
  addFaults(lab);
  await reimageAndRun({ ...lab.suiteArguments('bvt', 'x86-mario'), jobRetry: true });
  lab.expectAllWell();
  return storyOf(lab);
}

async function overHttp(seed: number): Promise<readonly string[]> {
  const lab = await troubledLab(seed).start();
  addFaults(lab);
  const urls = await lab.listen();
  let drawn = 0;
  // Back-off is by chance as well, which the clients take from `Math.random` unless they are told otherwise.
  const options = { clock: lab.clock, random: () => drawnNumber([seed, ++drawn]) };
  const afe = new HttpAfeClient({ ...options, url: urls.afe, user: 'chromeos-test' });
  const tko = new HttpTkoClient({ ...options, url: urls.tko });
  const devServer = new HttpDevServerClient({ ...options, url: urls.devServer });
  await reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    devserverUrl: urls.devServer,
    lab: { afe, tko, devServer },
    jobRetry: true,
  });
  lab.expectAllWell();
  for (const client of [afe, tko, devServer]) client.close();
  await lab.close();
  return storyOf(lab);
}

describe.each([
  ['in process', inProcess],
  ['over HTTP, where client and lab share a clock', overHttp],
])('a lab and a suite %s', (_, run) => {
  test('go the same way each time, with the same troubles', async () => {
    const first = await run(1);
    expect(first.filter((line) => line.includes(' failed on ')).length).toBeGreaterThan(3);
    for (const outcome of ['503', 'delay', 'lose-answer', 'truncate']) {
      expect(first.some((line) => line.endsWith(` ${outcome}`))).toBe(true);
    }
    expect(await run(1)).toEqual(first);
  });

  test('go another way with another seed', async () => {
    expect(await run(2)).not.toEqual(await run(1));
  });
});

test('calls of one time are served by their numbers, however the network brings them', async () => {
  const lab = await embeddedLab().start();
  const { afe } = await lab.listen();
  const create = async (id: number) => {
    const job = { name: `job ${id}`, control_file: '', control_type: 'Server', priority: 10, hostless: true };
    const body = JSON.stringify({ method: 'create_job', params: [job], id });
    const url = `${afe}/afe/server/noauth/rpc/`;
    await holdingClock(lab.clock, async () => (await fetch(url, { method: 'POST', body })).text());
  };
  const release = lab.clock.hold?.();
  const later = create(10);
  for (let turn = 0; turn < 200; turn++) await nextTurn();
  const sooner = create(9);
  release?.();
  await Promise.all([later, sooner]);
  expect(lab.jobs().map(({ name }) => name)).toEqual(['job 9', 'job 10']);
  await lab.close();
});
