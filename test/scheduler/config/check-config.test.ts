import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileSystemControlFiles } from '../../../src/control-files/file-system-control-files.js';
import { memoryControlFiles } from '../../../src/control-files/memory-control-files.js';
import { checkConfig } from '../../../src/scheduler/config/check-config.js';
import { parseSchedulerConfig } from '../../../src/scheduler/config/parse-scheduler-config.js';
import { schedulerConfig } from '../../../src/scheduler/config/scheduler-config.js';

const section = (name: string, suite: string, more = '') => `[${name}]\nsuite: ${suite}\nrun_on: nightly\n${more}`;

const config = parseSchedulerConfig(
  [
    section('Bvt', 'bvt'),
    '[Bad]\nsuite: x\n',
    section('Power', 'power', 'boards: lumpi\n'),
    section('Gone', 'gone'),
  ].join(''),
);

describe('a check of a configuration', () => {
  test('tells of each section, and of each suite without a control file', async () => {
    const controlFiles = memoryControlFiles({ 'test_suites/control.bvt': 'x', 'test_suites/control.power': ' \n' });
    const check = await checkConfig(config, { controlFiles });
    expect(check.status).toBe('failed');
    expect(check.items).toEqual([
      { section: 'Bvt', line: 1, status: 'ok', code: null, message: 'bvt, nightly' },
      { section: 'Bad', line: 4, status: 'failed', code: 'malformed', message: '"run_on": is missing' },
      {
        section: 'Power',
        line: 6,
        status: 'failed',
        code: 'empty-control-file',
        message: 'test_suites/control.power is empty',
      },
      {
        section: 'Gone',
        line: 10,
        status: 'failed',
        code: 'no-control-file',
        message: 'there is no test_suites/control.gone',
      },
    ]);
  });

  test('is a table for a person', async () => {
    const check = await checkConfig(config, { controlFiles: (suite) => suite !== 'gone', boards: ['lumpy'] });
    expect(String(check).split('\n')).toEqual([
      'Bvt    line 1   ok       bvt, nightly',
      'Bad    line 4   FAILED   "run_on": is missing',
      'Power  line 6   WARNING  the lab has no lumpi (did you mean "lumpy"?)',
      'Gone   line 10  FAILED   there is no test_suites/control.gone',
      '',
      '1 ok, 1 warning, 2 failed',
    ]);
  });

  test('without anything to compare with finds the malformed sections', async () => {
    const check = await checkConfig(config);
    expect(check.items.filter(({ status }) => status !== 'ok').map((item) => item.section)).toEqual(['Bad']);
  });

  test('of tasks without a file keeps their order', async () => {
    const task = { runOn: 'nightly', boards: ['stumpy', 'xyz'] };
    const tasks = ['C', 'A', 'B'].map((name) => ({ ...task, name, suite: name }));
    const check = await checkConfig(schedulerConfig({ tasks }), { boards: ['stumpy'] });
    expect(check.items.map(({ section: name, line, message }) => [name, line, message])).toEqual(
      ['C', 'A', 'B'].map((name) => [name, null, 'the lab has no xyz']),
    );
    expect(String(check)).toContain('0 ok, 3 warnings, 0 failed');
  });

  test('looks into a folder', async () => {
    const root = await mkdtemp(join(tmpdir(), 'autotest-'));
    try {
      await mkdir(join(root, 'test_suites'));
      await writeFile(join(root, 'test_suites', 'control.bvt'), 'NAME = "bvt"\n');
      const check = await checkConfig(config, { controlFiles: fileSystemControlFiles({ root }) });
      expect(check.items.map(({ code }) => code)).toEqual([null, 'malformed', 'no-control-file', 'no-control-file']);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  test('asks for each suite once', async () => {
    const asked: string[] = [];
    const tasks = ['A', 'B', 'C'].map((name, hour) => ({ name, suite: 'bvt', runOn: 'nightly', hour }));
    await checkConfig(schedulerConfig({ tasks }), { controlFiles: (suite) => asked.push(suite) > 0 });
    expect(asked).toEqual(['bvt']);
  });

  test('with a server that does not answer says that it is not known', async () => {
    const controlFiles = () => Promise.reject(new Error('connection refused'));
    const check = await checkConfig(config, { controlFiles });
    expect(check.items[0]).toMatchObject({
      status: 'warning',
      code: 'control-file-unknown',
      message: 'test_suites/control.bvt could not be looked for: connection refused',
    });
  });

  test('stops when aborted', async () => {
    const reason = new Error('enough');
    await expect(checkConfig(config, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    const controlFiles = (_suite: string, { signal }: { signal?: AbortSignal | undefined }) => {
      abort.abort(reason);
      signal?.throwIfAborted();
      return true;
    };
    await expect(checkConfig(config, { controlFiles, signal: abort.signal })).rejects.toBe(reason);
  });
});
