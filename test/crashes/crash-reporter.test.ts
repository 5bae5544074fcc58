import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpCrashServerClient } from '../../src/clients/crash-server/http-crash-server-client.js';
import { SymbolicationError } from '../../src/clients/crash-server/errors.js';
import type { CrashServerClient } from '../../src/clients/crash-server/types.js';
import { DevServerError, StagingError } from '../../src/clients/dev-server/errors.js';
import type { CrashReport } from '../../src/crashes/crash-report.js';
import { createCrashReporter, type CrashReporterOptions } from '../../src/crashes/crash-reporter.js';
import type { ResultFiles } from '../../src/crashes/result-files.js';
import { BadResponseError, ConnectionError, DeadlineError, TimeoutError } from '../../src/transport/errors.js';
import { FakeClock } from '../support/fake-clock.js';
import { deadUrl, rejectionOf } from '../support/loopback-server.js';

const jobTag = '7-lab/host1';
const build = 'x86-mario-release/R19-1998.0.0';
const job = { jobTag, build };
const stack = 'Thread 0 (crashed)\n 0  crasher!main [crasher.cc : 42 + 0x5]\n';
const health = { freeDiskGb: 70, cpuPercent: 10, diskBytesPerSecond: 0, networkBytesPerSecond: 0 };

/** The files of all jobs, by tag and path. */
let stored: Map<string, string>;
let clock: FakeClock;
let warnings: string[];
/** Every call of a fake crash server, e.g. `symbolicate a.dmp`. */
let calls: string[];

beforeEach(() => {
  stored = new Map();
  clock = new FakeClock();
  warnings = [];
  calls = [];
});

afterEach(() => {
  expect(clock.holds).toBe(0);
});

const put = (path: string, content = 'MDMP') => stored.set(`${jobTag}/${path}`, content);

/** Jobs' files in memory, with what a test wants to be different. */
function memoryFiles(changes: Partial<ResultFiles> = {}): ResultFiles {
  return {
    async list(tag) {
      const ofJob = [...stored].filter(([path]) => path.startsWith(`${tag}/`));
      return ofJob.map(([path, content]) => ({ path: path.slice(tag.length + 1), sizeBytes: content.length }));
    },
    async read(tag, path, { maxBytes }) {
      const content = stored.get(`${tag}/${path}`);
      if (content === undefined) throw new Error(`no file ${path}`);
      return Buffer.from(content).subarray(0, maxBytes);
    },
    async write(tag, path, content) {
      stored.set(`${tag}/${path}`, content);
    },
    ...changes,
  };
}

/** A crash server that works, with what a test wants to be different. */
function fakeServer(changes: Partial<CrashServerClient> = {}): CrashServerClient {
  const { url = 'http://crash.lab' } = changes;
  return {
    url,
    async checkHealth(options) {
      calls.push('health');
      return (await changes.checkHealth?.(options)) ?? health;
    },
    async stageSymbols(request, options) {
      calls.push(`stage ${request.build}`);
      await changes.stageSymbols?.(request, options);
    },
    async symbolicate(request, options) {
      calls.push(`symbolicate ${request.filename}`);
      return changes.symbolicate === undefined ? stack : await changes.symbolicate(request, options);
    },
  };
}

function open(options: Partial<CrashReporterOptions> = {}) {
  const ignore = () => {};
  const logger = { debug: ignore, info: ignore, warn: (message: string) => void warnings.push(message), error: ignore };
  return createCrashReporter({ resultFiles: memoryFiles(), crashServer: fakeServer(), clock, logger, ...options });
}

const problemsOf = (reports: readonly CrashReport[]) => reports.map(({ problem }) => problem);
const stateOf = (call: string) => calls.filter((made) => made.startsWith(call)).length;

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

describe('a crash', () => {
  test('is reported with its stack, which is kept beside the dump', async () => {
    put('t/crash/a.dmp');
    put('t/status.log');
    expect(await open().collect(job)).toEqual([
      { jobTag, dump: 't/crash/a.dmp', sizeBytes: 4, stack, signature: 'main', problem: null },
    ]);
    expect(calls).toEqual(['health', `stage ${build}`, 'symbolicate a.dmp']);
    expect(stored.get(`${jobTag}/t/crash/a.dmp.txt`)).toBe(stack);
  });

  test('is sent as the bytes of the dump, with its name', async () => {
    put('t/crash/a.dmp', 'MDMP and more');
    const sent: unknown[] = [];
    const symbolicate: CrashServerClient['symbolicate'] = async (request) => (sent.push(request), stack);
    await open({ crashServer: fakeServer({ symbolicate }) }).collect(job);
    expect(sent).toEqual([{ build, dump: Buffer.from('MDMP and more'), filename: 'a.dmp' }]);
  });

  test('is symbolicated once, by whomever', async () => {
    put('a.dmp');
    const [first] = await open().collect(job);
    calls = [];
    expect(await open().collect(job)).toEqual([first]);
    expect(calls).toEqual([]);
  });

  test('with a stack that is empty or cannot be read is symbolicated again', async () => {
    put('a.dmp');
    put('a.dmp.txt', ' \n');
    const { read, ...files } = memoryFiles();
    expect(await open().collect(job)).toMatchObject([{ stack }]);
    const unreadableStack: ResultFiles['read'] = async (tag, path, options) => {
      if (path.endsWith('.txt')) throw new Error('EIO');
      return read(tag, path, options);
    };
    const resultFiles = { ...files, read: unreadableStack };
    expect(await open({ resultFiles }).collect(job)).toMatchObject([{ stack }]);
    expect(stateOf('symbolicate')).toBe(2);
    expect(warnings).toEqual(['The stack beside a crash dump cannot be read']);
  });

  test('with a very long stack is reported with the beginning of it, the same at the second time', async () => {
    put('a.dmp');
    const long = `${stack}${'é'.repeat(1_000)}`;
    const options = { limits: { maxStackBytes: 100 }, crashServer: fakeServer({ symbolicate: async () => long }) };
    const [first] = await open(options).collect(job);
    expect(Buffer.byteLength(first?.stack ?? '')).toBeLessThanOrEqual(100);
    expect(first?.stack).toMatch(/é$/);
    expect(first?.signature).toBe('main');
    expect(stored.get(`${jobTag}/a.dmp.txt`)).toBe(long);
    expect(await open(options).collect(job)).toEqual([first]);
  });

  test('is reported where nothing can be written', async () => {
    put('a.dmp');
    const { write: _write, ...readOnly } = memoryFiles();
    expect(await open({ resultFiles: readOnly }).collect(job)).toMatchObject([{ stack, problem: null }]);
    const full = memoryFiles({ write: () => Promise.reject(new Error('ENOSPC')) });
    expect(await open({ resultFiles: full }).collect(job)).toMatchObject([{ stack, problem: null }]);
    expect(warnings).toEqual(['The stack of a crash cannot be kept']);
  });

  test('that is too large, empty, or one too many is reported without a stack', async () => {
    put('a.dmp', '');
    put('b.dmp', 'x'.repeat(11));
    for (const name of ['c', 'd', 'e']) put(`${name}.dmp`);
    const reports = await open({ limits: { maxDumps: 2, maxDumpBytes: 10 } }).collect(job);
    expect(reports.map(({ dump, stack: found, problem }) => [dump, found !== null, problem])).toEqual([
      ['c.dmp', true, null],
      ['d.dmp', true, null],
      ['a.dmp', false, 'the crash dump is empty'],
      ['b.dmp', false, 'the crash dump is larger than 10 bytes'],
      ['e.dmp', false, 'the job has more than 2 crash dumps'],
    ]);
  });

  test('whose dump has grown since it was listed is not sent in part', async () => {
    put('a.dmp', 'x'.repeat(100));
    const list: ResultFiles['list'] = async () => [{ path: 'a.dmp', sizeBytes: 5 }];
    const reporter = open({ resultFiles: memoryFiles({ list }), limits: { maxDumpBytes: 10 } });
    expect(problemsOf(await reporter.collect(job))).toEqual(['the crash dump is larger than 10 bytes']);
    expect(stateOf('symbolicate')).toBe(0);
  });

  test('of a job without a build, or without a crash server, is reported without a stack', async () => {
    put('a.dmp');
    expect(problemsOf(await open().collect({ jobTag, build: null }))).toEqual([
      'the job does not say which build it ran on',
    ]);
    for (const crashServer of [undefined, []]) {
      expect(problemsOf(await open({ crashServer }).collect(job))).toEqual(['no crash server is known']);
    }
    expect(calls).toEqual([]);
  });
});

test('a job that left no dump costs no call', async () => {
  put('status.log');
  expect(await open().collect(job)).toEqual([]);
  expect(calls).toEqual([]);
});

describe('symbols', () => {
  test('are staged once for each build, whatever asks for them', async () => {
    for (const tag of ['1-lab/a', '2-lab/b', '3-lab/c']) {
      for (const name of ['x', 'y']) stored.set(`${tag}/${name}.dmp`, 'MDMP');
    }
    const reporter = open({ concurrency: 10 });
    await Promise.all([
      reporter.collect({ jobTag: '1-lab/a', build }),
      reporter.collect({ jobTag: '2-lab/b', build }),
      reporter.collect({ jobTag: '3-lab/c', build: 'lumpy-release/R20-1.0.0' }),
    ]);
    expect(calls.filter((call) => call.startsWith('stage')).sort()).toEqual([
      'stage lumpy-release/R20-1.0.0',
      `stage ${build}`,
    ]);
    expect(stateOf('symbolicate')).toBe(6);
  });

  test('that the server says are not there are not asked for again', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) put(`${name}.dmp`);
    const failure = stagingFails(serverSays(500));
    const reporter = open({ crashServer: fakeServer({ stageSymbols: () => Promise.reject(failure) }) });
    expect(problemsOf(await reporter.collect(job))).toEqual(Array.from({ length: 5 }, () => failure.message));
    expect(calls).toEqual(['health', `stage ${build}`]);
  });

  test('are asked for again when there was no answer', async () => {
    put('a.dmp');
    put('b.dmp');
    const failures = [stagingFails(new DeadlineError({ call: 'is_staged', deadlineMs: 1, tries: 1 }))];
    const stageSymbols = async () => {
      const failure = failures.pop();
      if (failure !== undefined) throw failure;
    };
    const reports = await open({ concurrency: 1, crashServer: fakeServer({ stageSymbols }) }).collect(job);
    expect(reports.map(({ stack: found }) => found)).toEqual([null, stack]);
  });
});

describe('whatever fails, a report says so', () => {
  const nonsense: readonly (readonly [string, () => unknown])[] = [
    ['the server cannot be reached', () => Promise.reject(unreachable)],
    ['a stall', () => Promise.reject(new TimeoutError({ url: 'http://a/', method: 'POST', timeoutMs: 1 }))],
    ['no time left', () => Promise.reject(new DeadlineError({ call: 'x', deadlineMs: 1, tries: 3 }))],
    ['a bad answer', () => Promise.reject(new BadResponseError({ call: 'x', problem: 'bad', received: '<html>' }))],
    ['404', () => Promise.reject(serverSays(404))],
    ['500', () => Promise.reject(serverSays(500))],
    ['503', () => Promise.reject(serverSays(503))],
    ['an unreadable dump', () => Promise.reject(unreadable)],
    ['an error without a message', () => Promise.reject(new Error())],
    ['a string', () => Promise.reject('broken')],
    ['undefined', () => Promise.reject(undefined)],
    ['an object without a prototype', () => Promise.reject(Object.create(null))],
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
      stored.clear();
      put('a.dmp');
      put('b.dmp');
      const server = { ...fakeServer(), [place]: broken };
      const resultFiles = { ...memoryFiles(), [place]: broken };
      const reports = await open({ crashServer: server, resultFiles }).collect(job);
      expect(reports.length, name).toBeGreaterThan(0);
      for (const { jobTag: tag, stack: found, problem } of reports) {
        expect(tag).toBe(jobTag);
        expect((found === null) !== (problem === null), name).toBe(true);
        expect(problem ?? 'a stack', name).toMatch(/^.{1,510}$/);
      }
    }
  });

  test('of an unreadable folder there is one, without a dump', async () => {
    const resultFiles = memoryFiles({ list: () => Promise.reject(new Error('EACCES: no\nentry')) });
    expect(await open({ resultFiles }).collect(job)).toEqual([
      { jobTag, dump: null, sizeBytes: 0, stack: null, signature: null, problem: 'EACCES: no entry' },
    ]);
    expect(warnings).toEqual(['The crashes of a job cannot be collected']);
  });

  test('one dump that cannot be read does not hide the others', async () => {
    put('a.dmp');
    put('b.dmp');
    const symbolicate: CrashServerClient['symbolicate'] = async ({ filename }) => {
      if (filename === 'a.dmp') throw unreadable;
      return stack;
    };
    const reports = await open({ crashServer: fakeServer({ symbolicate }) }).collect(job);
    expect(reports).toMatchObject([
      { dump: 'a.dmp', stack: null, problem: unreadable.message },
      { dump: 'b.dmp', stack, problem: null },
    ]);
    expect(stored.has(`${jobTag}/a.dmp.txt`)).toBe(false);
  });
});

describe('several crash servers', () => {
  test('share the work: each job goes to the one with the least load', async () => {
    put('a.dmp');
    const busy = fakeServer({ url: 'http://busy', checkHealth: async () => ({ ...health, cpuPercent: 99 }) });
    const used: string[] = [];
    const idle = fakeServer({ url: 'http://idle', symbolicate: async () => (used.push('idle'), stack) });
    expect(await open({ crashServer: [busy, idle] }).collect(job)).toMatchObject([{ stack }]);
    expect(used).toEqual(['idle']);
    expect(stateOf('health')).toBe(2);
  });

  test('are all left alone when all are overloaded, until one has time again', async () => {
    put('a.dmp');
    let cpuPercent = 99;
    const reporter = open({ crashServer: fakeServer({ checkHealth: async () => ({ ...health, cpuPercent }) }) });
    for (let round = 0; round < 5; round += 1) {
      expect(problemsOf(await reporter.collect(job))[0]).toContain('its CPU is at 99 %');
    }
    expect(stateOf('symbolicate')).toBe(0);
    expect(warnings).toEqual([]);
    cpuPercent = 20;
    expect(await reporter.collect(job)).toMatchObject([{ stack }]);
  });
});

describe('a crash server that fails again and again', () => {
  test('is given up with one warning, and not asked again', async () => {
    for (let index = 0; index < 10; index += 1) put(`${index}.dmp`);
    const crashServer = fakeServer({ symbolicate: () => Promise.reject(unreachable) });
    const reporter = open({ crashServer, concurrency: 1 });
    const problems = problemsOf(await reporter.collect(job));
    expect(problems).toHaveLength(10);
    expect(problems.slice(0, 3)).toEqual([unreachable.message, unreachable.message, unreachable.message]);
    expect(new Set(problems.slice(3))).toEqual(
      new Set(['the crash server http://crash.lab does not answer; given up']),
    );
    expect(stateOf('symbolicate')).toBe(3);
    calls = [];
    expect(problemsOf(await reporter.collect(job))[0]).toBe('no crash server answers; given up');
    expect(calls).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('http://crash.lab failed 3 times in a row');
  });

  test('is given up when it does not even say how it is doing', async () => {
    put('a.dmp');
    put('b.dmp');
    const crashServer = fakeServer({ checkHealth: () => Promise.reject(unreachable) });
    const reporter = open({ crashServer });
    for (let round = 0; round < 5; round += 1) await reporter.collect(job);
    expect(calls).toEqual(['health', 'health', 'health']);
    expect(warnings).toHaveLength(1);
  });

  test('is not given up for what it says of dumps and builds, nor for failures that pass', async () => {
    put('a.dmp');
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
    const { write: _write, ...resultFiles } = memoryFiles();
    const reporter = open({ resultFiles, crashServer: fakeServer({ symbolicate }) });
    for (let round = 0; round < 10; round += 1) await reporter.collect(job);
    expect(outcomes).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test('leaves the others to be asked', async () => {
    put('a.dmp');
    const bad = fakeServer({ url: 'http://bad', symbolicate: () => Promise.reject(unreachable) });
    const good = fakeServer({ url: 'http://good', checkHealth: async () => ({ ...health, diskBytesPerSecond: 9 }) });
    const reporter = open({ crashServer: [bad, good], maxServerFailures: 2 });
    for (let round = 0; round < 2; round += 1) {
      expect(await reporter.collect(job)).toMatchObject([{ stack: null }]);
    }
    expect(await reporter.collect(job)).toMatchObject([{ stack }]);
  });

  test('cannot hold up a suite: a dead one costs seconds for each of three jobs, and then nothing', async () => {
    for (let index = 0; index < 20; index += 1) put(`${index}.dmp`);
    const crashServer = new HttpCrashServerClient({ url: await deadUrl(), clock });
    const reporter = open({ crashServer });
    const startedMs = clock.now();
    for (let round = 0; round < 50; round += 1) await reporter.collect(job);
    expect(clock.now() - startedMs).toBeLessThanOrEqual(3 * 2_000);
    crashServer.close();
  });
});

describe('the time for the crashes of a job', () => {
  test('is 10 minutes for all its dumps, and what it has found by then is reported', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) put(`${name}.dmp`);
    const given: (number | undefined)[] = [];
    const symbolicate: CrashServerClient['symbolicate'] = async (_, options) => {
      given.push(options?.deadlineMs);
      clock.advance(240_000);
      return stack;
    };
    const reporter = open({ concurrency: 1, crashServer: fakeServer({ symbolicate }) });
    const reports = await reporter.collect(job);
    expect(given).toEqual([600_000, 360_000, 120_000]);
    expect(problemsOf(reports)).toEqual([
      null,
      null,
      null,
      ...Array(2).fill('the time for the crashes of this job is over'),
    ]);
    expect(warnings).toEqual([]);
  });

  test('bounds the staging too', async () => {
    put('a.dmp');
    const given: unknown[] = [];
    const stageSymbols: CrashServerClient['stageSymbols'] = async (_, options) => void given.push(options?.deadlineMs);
    await open({ timePerJobMs: 1_000, crashServer: fakeServer({ stageSymbols }) }).collect(job);
    expect(given).toEqual([1_000]);
  });

  test('is its own for each job', async () => {
    put('a.dmp');
    const { write: _write, ...resultFiles } = memoryFiles();
    const symbolicate = async () => (clock.advance(600_000), stack);
    const reporter = open({ resultFiles, crashServer: fakeServer({ symbolicate }) });
    for (let round = 0; round < 3; round += 1) expect(await reporter.collect(job)).toMatchObject([{ stack }]);
  });
});

test('no more dumps than allowed are worked on at a time, over all jobs', async () => {
  for (const tag of ['1-lab/a', '2-lab/b']) {
    for (const name of ['u', 'v', 'w']) stored.set(`${tag}/${name}.dmp`, 'MDMP');
  }
  let active = 0;
  let most = 0;
  const symbolicate = async () => {
    active += 1;
    most = Math.max(most, active);
    await new Promise((resolve) => setImmediate(resolve));
    active -= 1;
    return stack;
  };
  const reporter = open({ crashServer: fakeServer({ symbolicate }) });
  await Promise.all(['1-lab/a', '2-lab/b'].map((tag) => reporter.collect({ jobTag: tag, build })));
  expect(most).toBe(2);
  expect(stateOf('symbolicate')).toBe(6);
});

describe('an abort', () => {
  test.each(['checkHealth', 'stageSymbols', 'symbolicate'] as const)('is handed on as it is: in %s', async (place) => {
    put('a.dmp');
    put('b.dmp');
    const controller = new AbortController();
    const aborting = async (...given: readonly unknown[]) => {
      controller.abort('enough');
      throw new Error(`aborted after ${given.length}`);
    };
    const reporter = open({ crashServer: fakeServer({ [place]: aborting }) });
    expect(await rejectionOf(reporter.collect(job, { signal: controller.signal }))).toBe('enough');
    expect(warnings).toEqual([]);
  });

  test.each(['list', 'read', 'write'] as const)('is handed on as it is: in %s', async (place) => {
    put('a.dmp');
    put('a.dmp.txt', place === 'read' ? 'a stack' : '');
    const controller = new AbortController();
    const aborting = async () => {
      controller.abort('enough');
      throw new Error('aborted');
    };
    const reporter = open({ resultFiles: memoryFiles({ [place]: aborting }) });
    expect(await rejectionOf(reporter.collect(job, { signal: controller.signal }))).toBe('enough');
  });

  test('before the start leaves everything alone, and one job aborted leaves the others alone', async () => {
    put('a.dmp');
    stored.set('8-lab/host2/a.dmp', 'MDMP');
    const controller = new AbortController();
    const stageSymbols: CrashServerClient['stageSymbols'] = async (_, options) => {
      if (options?.signal?.aborted === true) throw options.signal.reason;
      if (stateOf('stage') > 1) return;
      await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
      throw options?.signal?.reason;
    };
    const reporter = open({ crashServer: fakeServer({ stageSymbols }) });
    const aborted = rejectionOf(reporter.collect(job, { signal: controller.signal }));
    const other = reporter.collect({ jobTag: '8-lab/host2', build });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort('enough');
    expect(await aborted).toBe('enough');
    expect(await other).toMatchObject([{ stack }]);
    calls = [];
    expect(await rejectionOf(reporter.collect(job, { signal: AbortSignal.abort('enough') }))).toBe('enough');
    expect(calls).toEqual([]);
  });
});
