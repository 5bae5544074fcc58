import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SymbolicationError } from '../../src/clients/crash-server/errors.js';
import { HttpCrashServerClient } from '../../src/clients/crash-server/http-crash-server-client.js';
import type { CrashServerClient } from '../../src/clients/crash-server/types.js';
import { DevServerError, StagingError } from '../../src/clients/dev-server/errors.js';
import { BadResponseError, ConnectionError, DeadlineError, TimeoutError } from '../../src/transport/errors.js';
import { deadUrl, rejectionOf } from '../support/loopback-server.js';
import { build, CrashLab, failing, health, job, jobTag, problemsOf, stack } from './crash-lab.js';

const unreachable = new ConnectionError({
  url: 'http://crash.lab/',
  method: 'GET',
  sent: false,
  reason: 'ECONNREFUSED',
});
const serverSays = (status: number) =>
  new DevServerError({ status, url: 'http://crash.lab/', message: 'No such thing', page: '' });
const stagingFails = (cause: Error) =>
  new StagingError({ build, artifacts: ['symbols'], reason: cause.message, cause });
const unreadable = new SymbolicationError({ build, filename: 'a.dmp', reason: 'header signature mismatch' });

let lab: CrashLab;
beforeEach(() => {
  lab = new CrashLab();
});
afterEach(() => {
  expect(lab.clock.holds).toBe(0);
});

describe('symbols', () => {
  test('are staged once for each build, whatever asks for them', async () => {
    for (const tag of ['1-lab/a', '2-lab/b', '3-lab/c']) {
      for (const name of ['x', 'y']) lab.stored.set(`${tag}/${name}.dmp`, 'MDMP');
    }
    const reporter = lab.reporter({ concurrency: 10 });
    await Promise.all([
      reporter.collect({ jobTag: '1-lab/a', build }),
      reporter.collect({ jobTag: '2-lab/b', build }),
      reporter.collect({ jobTag: '3-lab/c', build: 'lumpy-release/R20-1.0.0' }),
    ]);
    expect(lab.calls.filter((call) => call.startsWith('stage')).sort()).toEqual([
      'stage lumpy-release/R20-1.0.0',
      `stage ${build}`,
    ]);
    expect(lab.count('symbolicate')).toBe(6);
  });

  test('that the server says are not there are not asked for again', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) lab.put(`${name}.dmp`);
    const failure = stagingFails(serverSays(500));
    const reporter = lab.reporter({ crashServer: lab.server({ stageSymbols: failing(failure) }) });
    expect(problemsOf(await reporter.collect(job))).toEqual(Array.from({ length: 5 }, () => failure.message));
    expect(lab.calls).toEqual(['health', `stage ${build}`]);
  });

  test('are asked for again when there was no answer', async () => {
    lab.put('a.dmp');
    lab.put('b.dmp');
    const failures = [stagingFails(new DeadlineError({ call: 'is_staged', deadlineMs: 1, tries: 1 }))];
    const stageSymbols = async () => {
      const failure = failures.pop();
      if (failure !== undefined) throw failure;
    };
    const reports = await lab.reporter({ concurrency: 1, crashServer: lab.server({ stageSymbols }) }).collect(job);
    expect(reports.map(({ stack: found }) => found)).toEqual([null, stack]);
  });
});

describe('whatever fails, a report says so', () => {
  const nonsense: readonly (readonly [string, () => unknown])[] = [
    ['the server cannot be reached', failing(unreachable)],
    ['a stall', failing(new TimeoutError({ url: 'http://a/', method: 'POST', timeoutMs: 1 }))],
    ['no time left', failing(new DeadlineError({ call: 'x', deadlineMs: 1, tries: 3 }))],
    ['a bad answer', failing(new BadResponseError({ call: 'x', problem: 'bad', received: '<html>' }))],
    ['404', failing(serverSays(404))],
    ['500', failing(serverSays(500))],
    ['503', failing(serverSays(503))],
    ['an unreadable dump', failing(unreadable)],
    ['an error without a message', failing(new Error())],
    ['a string', failing('broken')],
    ['undefined', failing(undefined)],
    ['an object without a prototype', failing(Object.create(null))],
    [
      'a synchronous error',
      () => {
        throw new Error('at once');
      },
    ],
    ['nothing', () => undefined],
    ['a number', () => 7],
    ['null', () => null],
  ];
  const places = ['checkHealth', 'stageSymbols', 'symbolicate', 'list', 'read', 'write'] as const;

  test.each(places)('and the collection never rejects: %s', async (place) => {
    for (const [name, broken] of nonsense) {
      lab.stored.clear();
      lab.put('a.dmp');
      lab.put('b.dmp');
      const server = { ...lab.server(), [place]: broken };
      const resultFiles = { ...lab.files(), [place]: broken };
      const reports = await lab.reporter({ crashServer: server, resultFiles }).collect(job);
      expect(reports.length, name).toBeGreaterThan(0);
      for (const { jobTag: tag, stack: found, problem } of reports) {
        expect(tag).toBe(jobTag);
        expect((found === null) !== (problem === null), name).toBe(true);
        expect(problem ?? 'a stack', name).toMatch(/^.{1,510}$/);
      }
    }
  });

  test('of an unreadable folder there is one, without a dump', async () => {
    const resultFiles = lab.files({ list: failing(new Error('EACCES: no\nentry')) });
    expect(await lab.reporter({ resultFiles }).collect(job)).toEqual([
      { jobTag, dump: null, sizeBytes: 0, stack: null, signature: null, problem: 'EACCES: no entry' },
    ]);
    expect(lab.warnings).toEqual(['The crashes of a job cannot be collected']);
  });

  test('one dump that cannot be read does not hide the others', async () => {
    lab.put('a.dmp');
    lab.put('b.dmp');
    const symbolicate: CrashServerClient['symbolicate'] = async ({ filename }) => {
      if (filename === 'a.dmp') throw unreadable;
      return stack;
    };
    const reports = await lab.reporter({ crashServer: lab.server({ symbolicate }) }).collect(job);
    expect(reports).toMatchObject([
      { dump: 'a.dmp', stack: null, problem: unreadable.message },
      { dump: 'b.dmp', stack, problem: null },
    ]);
    expect(lab.stored.has(`${jobTag}/a.dmp.txt`)).toBe(false);
  });
});

describe('a crash server that fails again and again', () => {
  test('is given up with one warning, and not asked again', async () => {
    for (let index = 0; index < 10; index += 1) lab.put(`${index}.dmp`);
    const crashServer = lab.server({ symbolicate: failing(unreachable) });
    const reporter = lab.reporter({ crashServer, concurrency: 1 });
    const problems = problemsOf(await reporter.collect(job));
    expect(problems).toHaveLength(10);
    expect(problems.slice(0, 3)).toEqual([unreachable.message, unreachable.message, unreachable.message]);
    expect(new Set(problems.slice(3))).toEqual(
      new Set(['the crash server http://crash.lab does not answer; given up']),
    );
    expect(lab.count('symbolicate')).toBe(3);
    lab.calls.length = 0;
    expect(problemsOf(await reporter.collect(job))[0]).toBe('no crash server answers; given up');
    expect(lab.calls).toEqual([]);
    expect(lab.warnings).toHaveLength(1);
    expect(lab.warnings[0]).toContain('http://crash.lab failed 3 times in a row');
  });

  test.each([
    ['503', serverSays(503)],
    ['a time-out', new TimeoutError({ url: 'http://a/', method: 'POST', timeoutMs: 1 })],
    ['a page', new BadResponseError({ call: 'x', problem: 'bad', received: '<html>' })],
    ['endless staging', stagingFails(new DeadlineError({ call: 'is_staged', deadlineMs: 1, tries: 1 }))],
  ])('is given up whatever its own failure is: %s', async (_, failure) => {
    for (const name of ['a', 'b', 'c', 'd']) lab.put(`${name}.dmp`);
    const crashServer = lab.server({ symbolicate: failing(failure) });
    await lab.reporter({ crashServer, concurrency: 1 }).collect(job);
    expect(lab.count('symbolicate')).toBe(3);
    expect(lab.warnings).toHaveLength(1);
  });

  test('is given up when it does not even say how it is doing', async () => {
    lab.put('a.dmp');
    lab.put('b.dmp');
    const crashServer = lab.server({ checkHealth: failing(unreachable) });
    const reporter = lab.reporter({ crashServer });
    for (let round = 0; round < 5; round += 1) await reporter.collect(job);
    expect(lab.calls).toEqual(['health', 'health', 'health']);
    expect(lab.warnings).toHaveLength(1);
  });

  test('is not given up for what it says of dumps and builds, nor for failures that pass', async () => {
    lab.put('a.dmp');
    const outcomes = [
      unreachable,
      serverSays(503),
      unreadable,
      unreachable,
      unreachable,
      serverSays(500),
      unreachable,
      unreachable,
      undefined,
      unreachable,
    ];
    const symbolicate = async () => {
      const failure = outcomes.shift();
      if (failure !== undefined) throw failure;
      return stack;
    };
    const resultFiles = lab.readOnlyFiles();
    const reporter = lab.reporter({ resultFiles, crashServer: lab.server({ symbolicate }) });
    for (let round = 0; round < 10; round += 1) await reporter.collect(job);
    expect(outcomes).toEqual([]);
    expect(lab.warnings).toEqual([]);
  });

  test('leaves the others to be asked', async () => {
    lab.put('a.dmp');
    const bad = lab.server({ url: 'http://bad', symbolicate: failing(unreachable) });
    const good = lab.server({ url: 'http://good', checkHealth: async () => ({ ...health, diskBytesPerSecond: 9 }) });
    const reporter = lab.reporter({ crashServer: [bad, good], maxServerFailures: 2 });
    for (let round = 0; round < 2; round += 1) {
      expect(await reporter.collect(job)).toMatchObject([{ stack: null }]);
    }
    expect(await reporter.collect(job)).toMatchObject([{ stack }]);
  });

  test('cannot hold up a suite: a dead one costs seconds for each of three jobs, and then nothing', async () => {
    for (let index = 0; index < 20; index += 1) lab.put(`${index}.dmp`);
    const crashServer = new HttpCrashServerClient({ url: await deadUrl(), clock: lab.clock });
    const reporter = lab.reporter({ crashServer });
    const startedMs = lab.clock.now();
    for (let round = 0; round < 50; round += 1) await reporter.collect(job);
    expect(lab.clock.now() - startedMs).toBeLessThanOrEqual(3 * 2_000);
    crashServer.close();
  });
});

describe('an abort', () => {
  test.each(['checkHealth', 'stageSymbols', 'symbolicate'] as const)('is handed on as it is: in %s', async (place) => {
    lab.put('a.dmp');
    lab.put('b.dmp');
    const controller = new AbortController();
    const aborting = async (...given: readonly unknown[]) => {
      controller.abort('enough');
      throw new Error(`aborted after ${given.length}`);
    };
    const reporter = lab.reporter({ crashServer: lab.server({ [place]: aborting }) });
    expect(await rejectionOf(reporter.collect(job, { signal: controller.signal }))).toBe('enough');
    expect(lab.warnings).toEqual([]);
  });

  test.each(['list', 'read', 'write'] as const)('is handed on as it is: in %s', async (place) => {
    lab.put('a.dmp');
    lab.put('a.dmp.txt', place === 'read' ? 'a stack' : '');
    const controller = new AbortController();
    const aborting = async () => {
      controller.abort('enough');
      throw new Error('aborted');
    };
    const reporter = lab.reporter({ resultFiles: lab.files({ [place]: aborting }) });
    expect(await rejectionOf(reporter.collect(job, { signal: controller.signal }))).toBe('enough');
  });

  test('before the start leaves everything alone, and one job aborted leaves the others alone', async () => {
    lab.put('a.dmp');
    lab.stored.set('8-lab/host2/a.dmp', 'MDMP');
    const controller = new AbortController();
    const stageSymbols: CrashServerClient['stageSymbols'] = async (_, options) => {
      if (options?.signal?.aborted === true) throw options.signal.reason;
      if (lab.count('stage') > 1) return;
      await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
      throw options?.signal?.reason;
    };
    const reporter = lab.reporter({ crashServer: lab.server({ stageSymbols }) });
    const aborted = rejectionOf(reporter.collect(job, { signal: controller.signal }));
    const other = reporter.collect({ jobTag: '8-lab/host2', build });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort('enough');
    expect(await aborted).toBe('enough');
    expect(await other).toMatchObject([{ stack }]);
    lab.calls.length = 0;
    expect(await rejectionOf(reporter.collect(job, { signal: AbortSignal.abort('enough') }))).toBe('enough');
    expect(lab.calls).toEqual([]);
  });
});
