import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { call, recordings, send } from './recorded-lab.js';

const build = 'x86-mario-release/R28-3993.0.0';

/** Recordings that the lab does not repeat, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'get_detailed_test_views crash_Test': 'its job was left without rows by a parser that crashed',
};

describe('TKO tells of jobs as recorded', () => {
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await labAsRecorded();
  });

  test.each(recordings('tko').filter(({ name }) => !(name in leftOut)))('$name', async (recording) => {
    const { status, text } = await send(lab, lab.urls.tko + recording.path, { body: JSON.stringify(recording.body) });
    expect(status).toBe(recording.status);
    expect(comparable(JSON.parse(text))).toEqual(comparable(recording.answer));
  });
});

test('an entry ends as its recorded job did', async () => {
  const lab = await labAsRecorded();
  const statuses = Object.fromEntries(
    lab.jobs().map(({ name, entries }) => [name, entries.map(({ status }) => status)]),
  );
  expect(statuses).toMatchObject({
    [`${build}/bvt/good_Test`]: ['Completed'],
    [`${build}/bvt/fail_Test`]: ['Failed'],
    [`${build}/bvt/error_Test`]: ['Failed'],
    [`${build}/bvt/warn_Test`]: ['Completed'],
    [`${build}/bvt/na_Test`]: ['Completed'],
    [`${build}/bvt/abort_Test`]: ['Failed'],
    [`${build}/bvt/infra_Test`]: ['Failed'],
    [`${build}/bvt/client_Test`]: ['Failed'],
    [`${build}/bvt/multi_Test`]: ['Completed'],
    [`${build}/bvt/userabort_Test`]: ['Aborted'],
    [`${build}/bvt/userabortrun_Test`]: ['Aborted'],
  });
});

/** The jobs that were recorded, in order of their ids. */
async function labAsRecorded(): Promise<EmbeddedLab> {
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T17:15:35Z'), autoAdvance: false });
  const failure = { status: 'FAIL', reason: 'Lab failure: the widget did not frob' } as const;
  const lab = await embeddedLab({ clock })
    .label('board:x86-mario')
    .host('chromeos1-rack1-host1', {
      board: 'x86-mario',
      pool: 'bvt',
      labels: [`cros-version:${build}`, ...'rpm bluetooth webcam storage:ssd power:battery os:cros'.split(' ')],
    })
    .test('fail_Test', failure)
    .test('error_Test', { status: 'ERROR', reason: 'Unhandled LabError: boom' })
    .test('warn_Test', { status: 'WARN', reason: 'café “quoted”' })
    .test('na_Test', { status: 'TEST_NA', reason: 'Lab: this board has no widget' })
    .test('abort_Test', 'abort')
    .test('infra_Test', 'machine-failure')
    .test('client_Test', 'abort')
    .test('multi_Test', {
      status: 'GOOD',
      subtests: [
        { name: 'multi_Test.a', status: 'GOOD' },
        { name: 'multi_Test.b', ...failure },
      ],
    })
    .test('retry_Test', [failure, 'good'])
    .test('exp_Test', failure)
    .start();

  const suite = lab.suiteJob({ name: `${build}-test_suites/control.bvt` });
  const create = async (test: string, more: object = {}) => {
    const keyvals = {
      build,
      suite: 'bvt',
      experimental: test.startsWith('experimental_'),
      builds: { 'cros-version': build },
      parent_job_id: suite.id,
    };
    const job = { control_file: 'pass', control_type: 'Server', priority: 10, meta_hosts: ['board:x86-mario'] };
    await call(lab, 'create_job', { ...job, name: `${build}/bvt/${test}`, keyvals, parent_job_id: suite.id, ...more });
  };
  const names = 'good fail error warn na abort infra client multi noresult crash retry userabort userabortrun'.split(
    ' ',
  );
  for (const name of names) {
    await create(`${name}_Test`, ['warn', 'client'].includes(name) ? { control_type: 'Client' } : {});
  }
  await create('experimental_exp_Test');
  await create('l'.repeat(120), { keyvals: {} });
  await call(lab, 'abort_host_queue_entries', { job: 14 });
  const isRunning = (id: number) => lab.jobs()[id - 1]?.entries[0]?.status === 'Running';
  while (!isRunning(15)) await clock.advance(1_000);
  await call(lab, 'abort_host_queue_entries', { job: 15 });
  await clock.advance(3_600_000);
  const retry = { build, suite: 'bvt', experimental: false, parent_job_id: suite.id, retry_original_job_id: 13 };
  await create('retry_Test', { keyvals: retry });
  suite.finish();
  await clock.advance(3_600_000);
  lab.jobs();
  return lab;
}

/**
 * Times and row numbers are the lab's own, and so is what the recorded lab's tests noted as attributes. Whether a row
 * replaces another one counts; which number that has does not.
 */
function comparable(value: unknown, key = ''): unknown {
  if (key.endsWith('_idx') && key !== 'status_idx') return value === null ? null : '<number>';
  if (key === 'traceback' || /^(job_(started|finished|queued)|aborted_on)$/.test(key)) return '<own>';
  if (typeof value === 'string') {
    return value
      .replace(/\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?/g, '<time>')
      .replace(/[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d/g, '<time>');
  }
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'lab_attr' && name !== 'suite_min_duts');
  return Object.fromEntries(entries.map(([name, item]) => [name, comparable(item, name)]));
}
