import { describe, expect, test } from 'vitest';
import { parseSchedulerConfig } from '../../src/scheduler/config/parse-scheduler-config.js';
import type { SchedulerConfig } from '../../src/scheduler/config/types.js';
import { logNews } from '../../src/scheduler/log-news.js';
import type { SchedulerNewsDetails } from '../../src/scheduler/scheduler-news.js';
import { keptLog } from './ledger/ledger-data.js';
import { schedulerBench } from './support/scheduler-bench.js';

const section = (name: string, more = '') => `[${name}]\nsuite: bvt\nrun_on: new_build\n${more}`;

/** A configuration whose text can be changed; an error cannot be read. */
function changing(text: string) {
  const file = { text: text as string | Error };
  const parsed = new Map<string, SchedulerConfig>();
  const read = (): SchedulerConfig => {
    if (file.text instanceof Error) throw file.text;
    const known = parsed.get(file.text);
    const config = known ?? { ...parseSchedulerConfig(file.text), reread: async () => read() };
    parsed.set(file.text, config);
    return config;
  };
  return { file, config: read() };
}

describe('a configuration that changes', () => {
  test('holds from the next turn on', async () => {
    const { file, config } = changing(section('A'));
    const { scheduler, told } = schedulerBench([], { config });
    await scheduler.turn();
    expect(told('config-changed')).toEqual([]);
    file.text = section('B', 'hour: 99\n') + section('C');
    await scheduler.turn();
    expect(scheduler.config.tasks.map(({ name }) => name)).toEqual(['C']);
    expect(told('config-changed')).toHaveLength(1);
    expect(scheduler.config.problems).toMatchObject([{ section: 'B' }]);
  });

  test('and is broken leaves the old tasks, says so, and is taken when it is mended (C9)', async () => {
    const { file, config } = changing(section('A'));
    const { scheduler, told } = schedulerBench([], { config });
    await scheduler.turn();
    file.text = new Error('no such file');
    await scheduler.turn();
    file.text = '[A]\nsuite: bvt\n';
    await scheduler.turn();
    expect(scheduler.config).toBe(config);
    expect(told('problem')).toMatchObject([{ where: 'configuration', message: 'no such file' }]);
    expect((await scheduler.status()).problems[0]?.message).toMatch(
      /^every section is malformed, the first one, \[A\] in line 1: /,
    );
    file.text = section('B');
    await scheduler.turn();
    expect(told('mended')).toMatchObject([{ where: 'configuration' }]);
    expect(scheduler.config.tasks.map(({ name }) => name)).toEqual(['B']);
  });

  test('may become empty on purpose', async () => {
    const { file, config } = changing(section('A'));
    const { scheduler } = schedulerBench([], { config });
    file.text = '';
    await scheduler.turn();
    expect(scheduler.config.tasks).toEqual([]);
  });

  test('is not read to the end by a turn that is aborted', async () => {
    const abort = new AbortController();
    const reread = async () => {
      abort.abort(new Error('enough'));
      throw new Error('aborted');
    };
    const { scheduler } = schedulerBench([], { config: { tasks: [], events: {}, problems: [], reread } });
    await expect(scheduler.turn({ signal: abort.signal })).rejects.toThrow('enough');
  });
});

test('tasks for an event that nobody tells are worth a warning, once for each configuration', async () => {
  const { file, config } = changing('[A]\nsuite: a\nrun_on: new_chrome\n[B]\nsuite: b\nrun_on: new_chrome\n');
  const { scheduler, told } = schedulerBench([], { config });
  await scheduler.turn();
  await scheduler.turn();
  file.text = section('C');
  await scheduler.turn();
  expect(told('warning').map(({ message }) => message)).toEqual([
    'nobody tells this scheduler of the event new_chrome (option "chrome"), so that these are never run: A, B',
  ]);
});

test('the log has a line for each of the news', async () => {
  const { scheduler, news, builds, launcher, afe } = schedulerBench([
    { name: 'New', suite: 'bvt', runOn: 'new_build', pool: 'bvt' },
  ]);
  await scheduler.turn();
  builds.add('lumpy-release/R28-1.0.0');
  launcher.fates.push('failed');
  await scheduler.turn();
  builds.add('lumpy-release/R28-2.0.0');
  await scheduler.turn();
  afe.problem = new Error('away');
  await scheduler.turn();
  afe.problem = null;
  afe.hosts = [];
  builds.add('lumpy-release/R28-3.0.0');
  await scheduler.turn();
  const { told, logger } = keptLog();
  const config = parseSchedulerConfig('[A]\nsuite: bvt\n');
  const more: SchedulerNewsDetails[] = [
    { type: 'missed', event: 'nightly', occurrence: '2026-01-05 21:00', dueMs: 0, tasks: ['A'] },
    { type: 'config-changed', config },
  ];
  for (const one of [...news, ...more]) if (one.type !== 'turn-ended') logNews(one, logger);
  expect(told).toEqual([
    'failed: bvt on lumpy-release/R28-1.0.0',
    'launched: bvt on lumpy-release/R28-2.0.0',
    'AFE does not work: away',
    'no host has board:lumpy and pool:bvt',
    'AFE works again',
    'missed: nightly of 2026-01-05 21:00',
    'the configuration has changed',
  ]);
});

test('a turn in which nothing was due is logged for debugging only', async () => {
  const told: string[] = [];
  const keep = (level: string) => () => void told.push(level);
  const logger = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
  await schedulerBench([], { logger }).scheduler.turn();
  expect(told).toEqual(['debug']);
});
