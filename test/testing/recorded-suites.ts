import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { call } from './recorded-lab.js';

/** The build of both suites that were recorded. */
export const recordedBuild = 'x86-mario-release/R28-3993.0.0';

/** The suite whose jobs ended in every way, in order of their ids. Job 12 lost its rows to a parser that crashed. */
export async function finishedSuite(): Promise<EmbeddedLab> {
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T17:15:35Z'), autoAdvance: false });
  const failure = { status: 'FAIL', reason: 'Lab failure: the widget did not frob' } as const;
  const lab = await recordedHost(clock)
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

  const suite = 'bvt';
  await createSuite(lab, `${recordedBuild}-test_suites/control.${suite}`);
  const names = 'good fail error warn na abort infra client multi noresult crash retry userabort userabortrun'.split(
    ' ',
  );
  for (const name of names) {
    const more = ['warn', 'client'].includes(name) ? { control_type: 'Client' } : {};
    await createTest(lab, suite, `${name}_Test`, more);
  }
  await createTest(lab, suite, 'experimental_exp_Test');
  await createTest(lab, suite, 'l'.repeat(120), { keyvals: {}, dependencies: [] });
  const untilItIs = async (id: number, status: string) => {
    while (lab.jobs()[id - 1]?.entries[0]?.status !== status) await clock.advance(1_000);
  };
  for (const job of [12, 14]) await call(lab, 'abort_host_queue_entries', { job });
  await untilItIs(11, 'Resetting');
  await call(lab, 'abort_host_queue_entries', { job: 11 });
  await untilItIs(15, 'Running');
  await call(lab, 'abort_host_queue_entries', { job: 15 });
  await clock.advance(3_600_000);
  await createTest(lab, suite, 'retry_Test', {
    keyvals: {
      build: recordedBuild,
      suite,
      experimental: false,
      parent_job_id: 1,
      retry_original_job_id: 13,
    },
  });
  await clock.advance(3_600_000);
  lab.jobs();
  return lab;
}

/** The suite of client tests that one call created. */
export async function dummySuite(): Promise<EmbeddedLab> {
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T17:15:43Z'), autoAdvance: false });
  const lab = await recordedHost(clock)
    .test('dummy_Fail', { status: 'FAIL', reason: 'Lab failure: the widget did not frob' })
    .start();
  await createSuite(lab, `${recordedBuild}-test_suites/control.dummy`);
  const passing = ['.experimental', '.bluetooth', '.actionable', ''].map((variant) => `dummy_Pass${variant}`);
  for (const test of [...passing, 'dummy_Fail']) {
    await createTest(lab, 'dummy', test, { name: `${recordedBuild}/dummy/${test}`, control_type: 'Client' });
  }
  await clock.advance(3_600_000);
  lab.jobs();
  return lab;
}

function recordedHost(clock: VirtualClock) {
  return embeddedLab({ clock })
    .label('board:x86-mario')
    .host('chromeos1-rack1-host1', {
      board: 'x86-mario',
      pool: 'bvt',
      labels: [`cros-version:${recordedBuild}`, ...'rpm bluetooth webcam storage:ssd power:battery os:cros'.split(' ')],
    });
}

async function createSuite(lab: EmbeddedLab, name: string): Promise<void> {
  const job = { control_file: 'pass', control_type: 'Server', priority: 10, hostless: true };
  await call(lab, 'create_job', { ...job, name, keyvals: { suite_min_duts: 0 } });
}

async function createTest(lab: EmbeddedLab, suite: string, test: string, more: object = {}): Promise<void> {
  const keyvals = {
    build: recordedBuild,
    suite,
    experimental: test.startsWith('experimental_'),
    builds: { 'cros-version': recordedBuild },
    parent_job_id: 1,
  };
  await call(lab, 'create_job', {
    name: `${recordedBuild}/${suite}/${test}`,
    control_file: 'pass',
    control_type: 'Server',
    priority: 10,
    meta_hosts: ['board:x86-mario'],
    dependencies: ['board:x86-mario'],
    keyvals,
    parent_job_id: 1,
    synch_count: 1,
    ...more,
  });
}
