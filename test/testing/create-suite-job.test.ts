import { afterEach, describe, expect, test } from 'vitest';
import type { EmbeddedLab, EmbeddedLabOptions } from '../../src/testing/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { buildOf, bvtOn, createSuiteJob, suiteLab } from './suite-lab.js';

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function startLab(options?: EmbeddedLabOptions): Promise<EmbeddedLab> {
  const lab = await suiteLab(options);
  labs.push(lab);
  return lab;
}

describe('create_suite_job refuses', () => {
  test.each([
    [
      'an unknown suite',
      { name: 'nope' },
      'ControlFileNotFound',
      /No control file for test_suites\/control\.nope while/,
    ],
    ['a suite by a pattern', { name: '.*' }, 'ControlFileNotFound', /No control file for/],
    [
      'an empty control file',
      { name: 'empty' },
      'ControlFileEmpty',
      /Fetching test_suites\/control\.empty returned no/,
    ],
    ['one outside ASCII', { name: 'foreign' }, 'ControlFileMalformed', /can't decode byte 0xc3 in position 11/],
    ['a build that is nowhere', { build: 'lumpy-release/R1-1.0.0' }, 'StageControlFileFailure', /Could not find/],
    ['num as text', { num: '2' }, 'SuiteArgumentException', /Ill specified num argument '2'/],
    ['num as a truth value', { num: true }, 'SuiteArgumentException', /Ill specified num argument True/],
    ['builds as text', { builds: 'x' }, 'AttributeError', /'str' object has no attribute 'get'/],
    ['builds as a number', { builds: 3 }, 'TypeError', /argument of type 'int' is not iterable/],
    ['a timeout as text', { timeout: 'long' }, 'ValueError', /invalid literal for int/],
    [
      'a build that does not name a board',
      { board: '', builds: { 'cros-version': 'odd' }, test_source_build: buildOf('lumpy') },
      'ParseBuildNameException',
      /^odd is a malformed build name\.$/,
    ],
    [
      'no board where none can be told',
      { board: '', build: '', builds: { 'fwrw-version': 'x' }, test_source_build: buildOf('lumpy') },
      'KeyError',
      /^'cros-version'$/,
    ],
  ])('%s, and makes no job', async (_, more, remoteName, message) => {
    const lab = await startLab();
    const refused = lab.afe.call('create_suite_job', bvtOn('lumpy', more));
    await expect(refused).rejects.toMatchObject({
      remoteName,
      remoteMessage: expect.stringMatching(message) as string,
    });
    expect(lab.jobs()).toEqual([]);
    await lab.suitesSettled();
  });

  test.each([
    ['stage', 'StageControlFileFailure', 'Failed to stage'],
    ['controlfiles', 'NoControlFileList', 'while testing'],
  ])('when the dev server fails at %s', async (method, remoteName, message) => {
    const lab = await startLab();
    lab.faults.add({ service: 'devServer', method, kind: 'html' });
    const refused = lab.afe.call('create_suite_job', bvtOn('lumpy'));
    await expect(refused).rejects.toMatchObject({
      remoteName,
      remoteMessage: expect.stringContaining(message) as string,
    });
    expect(lab.jobs()).toEqual([]);
  });
});

test.each([
  ['is looked up', undefined],
  ['was given', '# nothing'],
])('a build is staged before the job is there, whose control file %s', async (_, controlFile) => {
  const clock = new VirtualClock();
  // Without `hold` it is a clock like the computer's: nobody waits for ever when the answer takes its time.
  const lab = await startLab({ clock: { now: () => clock.now(), sleep: clock.sleep.bind(clock) } });
  const startMs = clock.now();
  const id = await createSuiteJob(lab, bvtOn('lumpy', { control_file: controlFile }));
  const [job] = await lab.afe.getJobs({ ids: [id] });
  expect(lab.jobs()[id - 1]?.createdMs).toBe(startMs + 20_000);
  expect(job?.keyvals).toMatchObject({
    download_started_time: '2026-01-05 01:00:00',
    payload_finished_time: '2026-01-05 01:00:20',
  });
});

test('the board is that of the build where none is named', async () => {
  const lab = await startLab();
  const id = await createSuiteJob(lab, { name: 'bvt', builds: { 'cros-version': buildOf('x86-mario') } });
  await lab.suitesSettled();
  expect(lab.suiteOutcomes().get(id)).toMatchObject({ board: 'x86-mario' });
});

test('0 hosts are as many as the suite likes', async () => {
  const lab = await startLab();
  const id = await createSuiteJob(lab, bvtOn('lumpy', { num: 0 }));
  const [job] = await lab.afe.getJobs({ ids: [id] });
  expect(job?.controlFile).toContain('\nnum=None\n');
});

test('a control file that was given names its suite', async () => {
  const lab = await startLab();
  const id = await createSuiteJob(lab, bvtOn('lumpy', { name: 'my own', control_file: "NAME = 'bvt'\n" }));
  const nameless = await createSuiteJob(lab, bvtOn('lumpy', { name: 'nameless', control_file: 'pass' }));
  await lab.suitesSettled();
  expect(lab.jobs()[id - 1]?.name).toBe('my own');
  expect(lab.suiteRun(id)).toMatchObject({ suite: 'bvt', outcome: { verdict: 'ERROR' } });
  expect(lab.suiteRun(nameless)).toMatchObject({ suite: 'nameless', outcome: { tests: [] } });
});

test('run_prod_code stages nothing by itself', async () => {
  const lab = await startLab();
  await lab.devServer.stage({ build: buildOf('lumpy'), artifacts: ['test_suites'] });
  const staged = lab.calls.count('stage');
  const id = await createSuiteJob(lab, bvtOn('lumpy', { run_prod_code: true }));
  expect(lab.calls.count('stage')).toBe(staged);
  expect(Object.keys(lab.jobs()[id - 1]?.keyvals ?? {})).toEqual(['suite_min_duts']);
});
