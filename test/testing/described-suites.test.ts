import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseControlFile, reimageAndRun, renderControlFile } from 'dynamic-suite';
import { embeddedLab, LabDescriptionError, type EmbeddedLab, type LabBuilder } from 'dynamic-suite/testing';

const usualBuild = 'x86-mario-release/R19-1998.0.0';
const build = 'lumpy-release/R20-2100.0.0';

async function testsOf(lab: EmbeddedLab, suite?: string, board?: string): Promise<readonly string[]> {
  const outcome = await reimageAndRun(lab.suiteArguments(suite, board));
  return outcome.tests.map(({ name, conclusion }) => `${name} ${conclusion}`).sort();
}

/** A control file of the lab's usual build. */
async function fileOf(lab: EmbeddedLab, path: string): Promise<string> {
  await lab.devServer.stage({ build: usualBuild, artifacts: ['control_files', 'test_suites'] });
  return new TextDecoder().decode(await lab.devServer.getControlFile({ build: usualBuild, path }));
}

describe('what is not described is there', () => {
  test('hosts, a board and a build, where only a suite is described', async () => {
    const lab = await embeddedLab().suite('bvt', ['power_Idle']).start();
    expect(lab.hosts().map(({ labels }) => labels.includes('board:x86-mario'))).toEqual([true, true, true, true]);
    expect(lab.suiteArguments()).toMatchObject({
      name: 'bvt',
      board: 'x86-mario',
      builds: { 'cros-version': usualBuild },
    });
    expect(await testsOf(lab)).toEqual(['power_Idle passed']);
  });

  test('hosts of the boards that builds are for', async () => {
    const lab = await embeddedLab().suite('bvt', ['a']).build(build).build('link-paladin/R20-1.0.0').start();
    const boards = lab.hosts().map(({ labels }) => labels.find((label) => label.startsWith('board:')));
    expect(new Set(boards)).toEqual(new Set(['board:lumpy', 'board:link']));
    expect(await testsOf(lab, 'bvt', 'lumpy')).toEqual(['a passed']);
  });

  test('a build for a board that has none, and no other host', async () => {
    const lab = await embeddedLab().host('host1', { board: 'x86-mario' }).build(build).suite('bvt', ['a']).start();
    expect(lab.hosts()).toHaveLength(1);
    expect(lab.suiteArguments('bvt', 'x86-mario').builds).toEqual({ 'cros-version': usualBuild });
    expect(await testsOf(lab, 'bvt', 'x86-mario')).toEqual(['a passed']);
  });

  test('nothing, where no suite is described', async () => {
    const lab = await embeddedLab().start();
    expect(lab.hosts()).toEqual([]);
  });

  test('once, although a builder is started twice', async () => {
    const builder = embeddedLab().suite('bvt', ['a']);
    await builder.start();
    expect((await builder.start()).hosts()).toHaveLength(4);
  });
});

describe('a test as data', () => {
  test('is a control file without remarks that says what was said, and the usual otherwise', async () => {
    const lab = await embeddedLab()
      .suite('bvt', ['plain', { name: 'long_Test', time: 'LONG', testType: 'server', jobRetries: 3 }])
      .start();
    const path = 'server/site_tests/long_Test/control';
    expect(parseControlFile(await fileOf(lab, path), { path })).toMatchObject({
      ...{ name: 'long_Test', time: 'LONG', testType: 'server', jobRetries: 3, suites: ['bvt'], diagnostics: [] },
    });
    const plain = parseControlFile(await fileOf(lab, 'client/site_tests/plain/control'), { path: 'control' });
    expect(plain).toMatchObject({ name: 'plain', time: 'SHORT', testType: 'client', jobRetries: 0, diagnostics: [] });
  });

  test('in two suites is one test with what both say of it', async () => {
    const lab = await embeddedLab()
      .suite('bvt', [{ name: 'a', jobRetries: 2 }, 'b'])
      .suite('power', ['a'])
      .start();
    const file = parseControlFile(await fileOf(lab, 'client/site_tests/a/control'), { path: 'control' });
    expect(file).toMatchObject({ suites: ['bvt', 'power'], jobRetries: 2 });
    expect(await testsOf(lab, 'power')).toEqual(['a passed']);
    expect(await testsOf(lab, 'bvt')).toEqual(['a passed', 'b passed']);
  });

  test('may be a variant of another', async () => {
    const lab = await embeddedLab().suite('bvt', ['a', 'a.fast']).start();
    expect(await fileOf(lab, 'client/site_tests/a/control.fast')).toContain('NAME = ');
    expect(await testsOf(lab)).toEqual(['a passed', 'a.fast passed']);
  });

  test('stands beside the files of its build, from text or from a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lab-'));
    const fields = { author: 'me', doc: 'x', time: 'SHORT', testType: 'client', suites: ['bvt'] } as const;
    await mkdir(join(folder, 'client/site_tests/of_folder'), { recursive: true });
    const text = renderControlFile({ ...fields, name: 'of_folder' });
    await writeFile(join(folder, 'client/site_tests/of_folder/control'), text);
    const controlFiles = { 'client/site_tests/of_text/control': renderControlFile({ ...fields, name: 'of_text' }) };
    const tests = [{ name: 'of_build', suites: ['bvt'] }];

    const lab = await embeddedLab()
      .board('lumpy')
      .build('lumpy-release/R1-1.0.0', { controlFiles: folder })
      .build('lumpy-release/R1-2.0.0', { controlFiles, tests })
      .suite('bvt', ['of_suite'])
      .start();
    await rm(folder, { recursive: true });

    const both = ['of_build passed', 'of_suite passed', 'of_text passed'];
    expect(await testsOf(lab)).toEqual(both);
    const first = { ...lab.suiteArguments(), builds: { 'cros-version': 'lumpy-release/R1-1.0.0' } };
    const outcome = await reimageAndRun(first);
    expect(outcome.tests.map(({ name }) => name).sort()).toEqual(['of_folder', 'of_suite']);
  });

  test('comes with a build that is added later', async () => {
    const lab = await embeddedLab().board('lumpy').start();
    await lab.addBuild(build, { tests: [{ name: 'late', suites: ['bvt'] }] });
    expect(await testsOf(lab)).toEqual(['late passed']);
  });

  test('has suites that create_suite_job knows', async () => {
    const lab = await embeddedLab().suite('bvt', ['a']).start();
    const id = Number(await lab.afe.call('create_suite_job', { name: 'bvt', board: 'x86-mario', build: usualBuild }));
    await lab.suitesSettled();
    expect(
      lab
        .suiteOutcomes()
        .get(id)
        ?.tests.map(({ name }) => name),
    ).toEqual(['a']);
  });

  test('does not take the place of a control file of its suite that was given', async () => {
    const own = `NAME = 'bvt'\n# mine\n`;
    const lab = await embeddedLab()
      .build(usualBuild, { controlFiles: { 'test_suites/control.bvt': own } })
      .suite('bvt', ['a'])
      .start();
    expect(await fileOf(lab, 'test_suites/control.bvt')).toBe(own);
  });
});

describe('a lab does not start', () => {
  test.each<[string, LabBuilder, string]>([
    ['with a test whose name is a path', embeddedLab().suite('bvt', ['../../a']), 'the test "../../a"'],
    ['with a test without a name', embeddedLab().suite('bvt', ['']), 'the test ""'],
    ['with a variant that leaves its folder', embeddedLab().suite('bvt', ['a./../b']), 'the test "a./../b"'],
    ['with a suite of two names', embeddedLab().suite('bvt, cq', ['a']), 'the suite "bvt, cq"'],
    ['with a suite of a test of two names', aBuild({ name: 'a', suites: ['x y'] }), 'the suite "x y"'],
    ['with a test twice in a build', aBuild({ name: 'a' }, { name: 'a' }), 'the test a is described twice'],
    [
      'with a test of a suite in a build again',
      aBuild({ name: 'a' }).suite('x', ['a']),
      'the test a is described twice',
    ],
    ['with a test that is there as a file', aFileAndATest(), 'client/site_tests/a/control as a file and as a test'],
    ['with a fault that makes no sense', embeddedLab().fault({ kind: 'refuse', count: -1 }), 'count'],
  ])('%s', async (_, builder, message) => {
    const start = builder.start();
    await expect(start).rejects.toThrow(LabDescriptionError);
    await expect(start).rejects.toThrow(message);
  });

  function aBuild(...tests: readonly { readonly name: string; readonly suites?: readonly string[] }[]): LabBuilder {
    return embeddedLab().build(build, { tests });
  }

  function aFileAndATest(): LabBuilder {
    const controlFiles = { 'client/site_tests/a/control': '' };
    return embeddedLab().build(build, { controlFiles, tests: [{ name: 'a' }] });
  }
});

describe('arguments of a suite', () => {
  test('are those of the newest build', async () => {
    const lab = await embeddedLab().board('lumpy').build('lumpy-release/R1-1.0.0').suite('bvt', ['a']).start();
    await lab.addBuild(build, { tests: [{ name: 'b', suites: ['nightly'] }] });
    expect(lab.suiteArguments()).toMatchObject({ name: 'nightly', builds: { 'cros-version': build } });
  });

  test.each<[string, LabBuilder, string]>([
    ['the suite, of two', embeddedLab().suite('bvt', ['a']).suite('cq', ['b']), `the suite of ${usualBuild}`],
    [
      'the suite, of none',
      embeddedLab().board('lumpy').build(build),
      `the suite of ${build}, there is not just one: none`,
    ],
    ['the board, of two', embeddedLab().board('lumpy').board('link').suite('bvt', ['a']), 'one: lumpy, link'],
    [
      'the board, of none with a build',
      embeddedLab().board('lumpy'),
      'board with a build, there is not just one: none',
    ],
    ['the board, of thirty', thirtyBoards(), 'and 10 more'],
  ])('have to name %s', async (_, builder, message) => {
    const lab = await builder.start();
    expect(() => lab.suiteArguments()).toThrow(LabDescriptionError);
    expect(() => lab.suiteArguments()).toThrow(message);
    expect(lab.jobs()).toEqual([]);
  });

  test('name the builds of a lab that has none for the board', async () => {
    const lab = await embeddedLab().suite('bvt', ['a']).start();
    expect(() => lab.suiteArguments('bvt', 'lumpy')).toThrow(`no build for lumpy; its builds are: ${usualBuild}`);
  });

  function thirtyBoards(): LabBuilder {
    const builder = embeddedLab().suite('bvt', ['a']);
    for (let number = 1; number <= 30; number++) builder.board(`b${number}x`, { hosts: 0 });
    return builder;
  }
});

test('a fault of the description hits from the first call', async () => {
  const lab = await embeddedLab({ callLog: {} })
    .suite('bvt', ['a'])
    .fault({ kind: 'lose-answer', method: 'create_job' })
    .start();
  expect(await testsOf(lab)).toEqual(['a passed']);
  expect(lab.calls.entries({ method: 'create_job' }).map(({ outcome }) => outcome)).toEqual(['lose-answer']);
});
