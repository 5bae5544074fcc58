import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CrashServerClient } from '../../src/clients/crash-server/types.js';
import type { ResultFiles } from '../../src/crashes/result-files.js';
import { build, CrashLab, failing, health, job, jobTag, problemsOf, stack } from './crash-lab.js';

let lab: CrashLab;
beforeEach(() => {
  lab = new CrashLab();
});
afterEach(() => {
  expect(lab.clock.holds).toBe(0);
});

describe('a crash', () => {
  test('is reported with its stack, which is kept beside the dump', async () => {
    lab.put('t/crash/a.dmp');
    lab.put('t/status.log');
    expect(await lab.reporter().collect(job)).toEqual([
      { jobTag, dump: 't/crash/a.dmp', sizeBytes: 4, stack, signature: 'main', problem: null },
    ]);
    expect(lab.calls).toEqual(['health', `stage ${build}`, 'symbolicate a.dmp']);
    expect(lab.stored.get(`${jobTag}/t/crash/a.dmp.txt`)).toBe(stack);
  });

  test('is sent as the bytes of the dump, with its name', async () => {
    lab.put('t/crash/a.dmp', 'MDMP and more');
    const sent: unknown[] = [];
    const symbolicate: CrashServerClient['symbolicate'] = async (request) => (sent.push(request), stack);
    await lab.reporter({ crashServer: lab.server({ symbolicate }) }).collect(job);
    expect(sent).toEqual([{ build, dump: Buffer.from('MDMP and more'), filename: 'a.dmp' }]);
  });

  test('is symbolicated once, by whomever', async () => {
    lab.put('a.dmp');
    const [first] = await lab.reporter().collect(job);
    lab.calls.length = 0;
    expect(await lab.reporter().collect(job)).toEqual([first]);
    expect(lab.calls).toEqual([]);
  });

  test('with a stack that is empty or cannot be read is symbolicated again', async () => {
    lab.put('a.dmp');
    lab.put('a.dmp.txt', ' \n');
    const { read, ...files } = lab.files();
    expect(await lab.reporter().collect(job)).toMatchObject([{ stack }]);
    const unreadableStack: ResultFiles['read'] = async (tag, path, options) => {
      if (path.endsWith('.txt')) throw new Error('EIO');
      return read(tag, path, options);
    };
    const resultFiles = { ...files, read: unreadableStack };
    expect(await lab.reporter({ resultFiles }).collect(job)).toMatchObject([{ stack }]);
    expect(lab.count('symbolicate')).toBe(2);
    expect(lab.warnings).toEqual(['The stack beside a crash dump cannot be read']);
  });

  test.each([100, 101])(
    'with a long stack is reported with the first %i bytes, twice the same',
    async (maxStackBytes) => {
      lab.put('a.dmp');
      const long = `${stack}${'é'.repeat(1_000)}`;
      const options = { limits: { maxStackBytes }, crashServer: lab.server({ symbolicate: async () => long }) };
      const [first] = await lab.reporter(options).collect(job);
      // A character is whole or not there.
      expect(first?.stack).toBe(long.slice(0, stack.length + Math.floor((maxStackBytes - stack.length) / 2)));
      expect(first?.signature).toBe('main');
      expect(lab.stored.get(`${jobTag}/a.dmp.txt`)).toBe(long);
      expect(await lab.reporter(options).collect(job)).toEqual([first]);
      expect(lab.count('symbolicate')).toBe(1);
    },
  );

  test('is reported where nothing can be written', async () => {
    lab.put('a.dmp');
    const readOnly = lab.readOnlyFiles();
    expect(await lab.reporter({ resultFiles: readOnly }).collect(job)).toMatchObject([{ stack, problem: null }]);
    const full = lab.files({ write: failing(new Error('ENOSPC')) });
    expect(await lab.reporter({ resultFiles: full }).collect(job)).toMatchObject([{ stack, problem: null }]);
    expect(lab.warnings).toEqual(['The stack of a crash cannot be kept']);
  });

  test('that is too large, empty, or one too many is reported without a stack', async () => {
    lab.put('a.dmp', '');
    lab.put('b.dmp', 'x'.repeat(11));
    for (const name of ['c', 'd', 'e']) lab.put(`${name}.dmp`);
    const reports = await lab.reporter({ limits: { maxDumps: 2, maxDumpBytes: 10 } }).collect(job);
    expect(reports.map(({ dump, stack: found, problem }) => [dump, found !== null, problem])).toEqual([
      ['c.dmp', true, null],
      ['d.dmp', true, null],
      ['a.dmp', false, 'the crash dump is empty'],
      ['b.dmp', false, 'the crash dump is larger than 10 bytes'],
      ['e.dmp', false, 'the job has more than 2 crash dumps'],
    ]);
  });

  test('whose dump has grown since it was listed is not sent in part', async () => {
    lab.put('a.dmp', 'x'.repeat(100));
    const list: ResultFiles['list'] = async () => [{ path: 'a.dmp', sizeBytes: 5 }];
    const reporter = lab.reporter({ resultFiles: lab.files({ list }), limits: { maxDumpBytes: 10 } });
    expect(problemsOf(await reporter.collect(job))).toEqual(['the crash dump is larger than 10 bytes']);
    expect(lab.count('symbolicate')).toBe(0);
  });

  test('of a job without a build, or without a crash server, is reported without a stack', async () => {
    lab.put('a.dmp');
    expect(problemsOf(await lab.reporter().collect({ jobTag, build: null }))).toEqual([
      'the job does not say which build it ran on',
    ]);
    for (const crashServer of [undefined, []]) {
      expect(problemsOf(await lab.reporter({ crashServer }).collect(job))).toEqual(['no crash server is known']);
    }
    expect(lab.calls).toEqual([]);
  });
});

test('a job that left no dump costs no call', async () => {
  lab.put('status.log');
  expect(await lab.reporter().collect(job)).toEqual([]);
  expect(lab.calls).toEqual([]);
});

describe('several crash servers', () => {
  test('share the work: each job goes to the one with the least load', async () => {
    lab.put('a.dmp');
    const busy = lab.server({ url: 'http://busy', checkHealth: async () => ({ ...health, cpuPercent: 99 }) });
    const used: string[] = [];
    const idle = lab.server({ url: 'http://idle', symbolicate: async () => (used.push('idle'), stack) });
    expect(await lab.reporter({ crashServer: [busy, idle] }).collect(job)).toMatchObject([{ stack }]);
    expect(used).toEqual(['idle']);
    expect(lab.count('health')).toBe(2);
  });

  test('are all left alone when all are overloaded, until one has time again', async () => {
    lab.put('a.dmp');
    let cpuPercent = 99;
    const reporter = lab.reporter({
      crashServer: lab.server({ checkHealth: async () => ({ ...health, cpuPercent }) }),
    });
    for (let round = 0; round < 5; round += 1) {
      expect(problemsOf(await reporter.collect(job))[0]).toContain('its CPU is at 99 %');
    }
    expect(lab.count('symbolicate')).toBe(0);
    expect(lab.warnings).toEqual([]);
    cpuPercent = 20;
    expect(await reporter.collect(job)).toMatchObject([{ stack }]);
  });
});

describe('the time for the crashes of a job', () => {
  test('is 10 minutes for all its dumps, and what it has found by then is reported', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) lab.put(`${name}.dmp`);
    const given: (number | undefined)[] = [];
    const symbolicate: CrashServerClient['symbolicate'] = async (_, options) => {
      given.push(options?.deadlineMs);
      lab.clock.advance(240_000);
      return stack;
    };
    const reporter = lab.reporter({ concurrency: 1, crashServer: lab.server({ symbolicate }) });
    const reports = await reporter.collect(job);
    expect(given).toEqual([600_000, 360_000, 120_000]);
    expect(problemsOf(reports)).toEqual([
      null,
      null,
      null,
      ...Array(2).fill('the time for the crashes of this job is over'),
    ]);
    expect(lab.warnings).toEqual([]);
  });

  test('bounds the staging too', async () => {
    lab.put('a.dmp');
    const given: unknown[] = [];
    const stageSymbols: CrashServerClient['stageSymbols'] = async (_, options) => void given.push(options?.deadlineMs);
    await lab.reporter({ timePerJobMs: 1_000, crashServer: lab.server({ stageSymbols }) }).collect(job);
    expect(given).toEqual([1_000]);
  });

  test('is its own for each job', async () => {
    lab.put('a.dmp');
    const resultFiles = lab.readOnlyFiles();
    const symbolicate = async () => (lab.clock.advance(600_000), stack);
    const reporter = lab.reporter({ resultFiles, crashServer: lab.server({ symbolicate }) });
    for (let round = 0; round < 3; round += 1) expect(await reporter.collect(job)).toMatchObject([{ stack }]);
  });
});

test('no more dumps than allowed are worked on at a time, over all jobs', async () => {
  for (const tag of ['1-lab/a', '2-lab/b']) {
    for (const name of ['u', 'v', 'w']) lab.stored.set(`${tag}/${name}.dmp`, 'MDMP');
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
  const reporter = lab.reporter({ crashServer: lab.server({ symbolicate }) });
  await Promise.all(['1-lab/a', '2-lab/b'].map((tag) => reporter.collect({ jobTag: tag, build })));
  expect(most).toBe(2);
  expect(lab.count('symbolicate')).toBe(6);
});
