import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { corpusFiles } from '../../scripts/corpus.js';
import type { ControlData } from '../../src/control-files/control-data.js';
import { fileSystemControlFiles } from '../../src/control-files/file-system-control-files.js';
import { findTests, listAllSuites, type FoundTests } from '../../src/control-files/find-tests.js';
import { memoryControlFiles } from '../../src/control-files/memory-control-files.js';
import { attribute, inSuite, type TestPredicate } from '../../src/control-files/predicates.js';

const root = fileURLToPath(new URL('../../examples/build', import.meta.url));

let files: ReadonlyMap<string, Uint8Array>;
let all: FoundTests;

beforeAll(async () => {
  files = await readTree();
  all = await findTests({ getter: memoryControlFiles(files), predicates: [] });
});

test('the tree holds a build’s worth of control files', () => {
  expect(files.size).toBeGreaterThanOrEqual(84);
  expect(all.tests.length).toBeGreaterThanOrEqual(80);
  expect(all.tests.length + all.skipped.length).toBe(all.listed);
});

test('files that are made from tables are as `npm run corpus` writes them', () => {
  const rendered = corpusFiles();
  expect(rendered.size).toBeGreaterThan(files.size / 2);
  for (const [path, text] of rendered) {
    expect(new TextDecoder().decode(files.get(path)), path).toBe(text);
  }
});

test('every NAME is there once', () => {
  const names = all.tests.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test('what is made from tables gives its author no remarks but on EXPERIMENTAL', () => {
  const rendered = corpusFiles();
  const remarks = all.tests
    .filter(({ path }) => rendered.has(path))
    .flatMap(({ diagnostics }) => diagnostics)
    .filter(({ code }) => code !== 'obsolete-variable');
  expect(remarks).toEqual([]);
});

describe('a file that cannot be used is skipped, with the place of what is wrong', () => {
  const rejected: Readonly<Record<string, readonly [code: string, line: number, column: number]>> = {
    'client/site_tests/audio_LostQuote/control': ['syntax', 5, 9],
    'client/site_tests/graphics_NoTestType/control': ['missing-variable', 1, 1],
    'client/site_tests/kernel_OpenBracket/control': ['syntax', 8, 44],
    'client/site_tests/kernel_UnknownCoding/control': ['syntax', 1, 1],
    'client/site_tests/login_EndlessDoc/control': ['syntax', 6, 7],
    'client/site_tests/network_BadIndent/control': ['syntax', 10, 5],
    'client/site_tests/perf_ComputedName/control': ['missing-variable', 4, 1],
    'client/site_tests/platform_Misspelt/control': ['bad-value', 5, 1],
    'client/site_tests/power_MaybeVerify/control': ['bad-value', 6, 1],
    'server/site_tests/network_HalfHost/control': ['bad-value', 6, 1],
    'server/site_tests/platform_StrayToken/control': ['syntax', 8, 1],
  };

  test.each(Object.entries(rejected))('%s', (path, [code, line, column]) => {
    const error = all.skipped.find((skipped) => skipped.path === path)?.error;
    expect(error?.diagnostics.find(({ severity }) => severity === 'error')).toMatchObject({ code, line, column });
  });

  test('and no other file is', () => {
    expect(all.skipped.map(({ path }) => path)).toEqual(Object.keys(rejected));
  });
});

test('the suites have these sizes', async () => {
  const sizes: Record<string, number> = {};
  for (const suite of await listAllSuites(memoryControlFiles(files))) sizes[suite] = (await select(suite)).length;
  expect(sizes).toEqual({
    audio: 5,
    bvt: 7,
    firmware: 3,
    graphics: 8,
    kernel: 7,
    network: 13,
    perf: 11,
    power_daily: 10,
    regression: 32,
    smoke: 19,
    storage_weekly: 5,
  });
});

test('every suite has a control file that runs it, and is in no suite itself', () => {
  const suiteFiles = all.tests.filter(({ path }) => path.startsWith('test_suites/'));
  expect(suiteFiles.flatMap(({ suites }) => suites)).toEqual([]);
  const named = new Set(all.tests.flatMap(({ suites }) => suites));
  expect(suiteFiles.map(({ name }) => name).sort()).toEqual([...named].sort());
  for (const { name, path, text } of suiteFiles) {
    expect(path).toBe(`test_suites/control.${name}`);
    expect(text).toContain('dynamic_suite.reimage_and_run(**args_dict)');
  }
});

test('bvt: client and server tests, two hosts at once, a file with a suffix, slowest first', async () => {
  expect(await select('bvt')).toEqual([
    'client/site_tests/power_Idle/control',
    'client/site_tests/graphics_Sanity/control',
    'server/site_tests/network_PeerToPeer/control',
    'server/site_tests/platform_Reboot/control.short',
    'client/site_tests/login_LoginSuccess/control',
    'client/site_tests/video_HardwareDecoder/control',
    'client/site_tests/audio_Loopback/control',
  ]);
});

test('audio: statements on one line count', async () => {
  expect(await select('audio')).toEqual([
    'client/site_tests/audio_BufferUnderrun/control',
    'client/site_tests/audio_HeadphoneJack/control',
    'client/site_tests/audio_Microphone/control',
    'client/site_tests/audio_OneLiner/control',
    'client/site_tests/audio_VolumeSteps/control',
  ]);
});

test('kernel: a body of Python 2 keeps no test out', async () => {
  expect(await select('kernel')).toEqual([
    'client/site_tests/kernel_TimerDrift/control',
    'client/site_tests/kernel_MemoryRamp/control',
    'client/site_tests/kernel_CpuHotplug/control',
    'server/site_tests/platform_Reboot/control.crash',
    'server/site_tests/power_WakeSources/control',
    'client/site_tests/kernel_SysrqKeys/control',
    'client/site_tests/kernel_ConfigOptions/control',
  ]);
});

test('power_daily: strings that are joined over lines, and both files of a folder', async () => {
  expect(await select('power_daily')).toEqual([
    'client/site_tests/power_ChargeLimit/control',
    'server/site_tests/power_DrainAndCharge/control',
    'client/site_tests/power_Continued/control',
    'client/site_tests/power_Idle/control',
    'client/site_tests/power_Idle/control.dark',
    'client/site_tests/power_VideoPlayback/control',
    'client/site_tests/hardware_ThermalSensors/control',
    'client/site_tests/power_Suspend/control',
    'server/site_tests/power_WakeSources/control',
    'server/site_tests/network_WakeOnLan/control',
  ]);
});

test('an attribute expression selects across suites', async () => {
  expect(await selectBy(attribute('subsystem:video or (suite:graphics and not suite:smoke)'))).toEqual([
    'client/site_tests/graphics_ManyModes/control',
    'client/site_tests/video_Seek/control',
    'server/site_tests/video_CastToNeighbour/control',
  ]);
});

test('what belongs to deps, profilers or a Debian package is left out, whatever its SUITE says', () => {
  const leftOut = [...files.keys()].filter((path) => !isFound(path));
  expect(leftOut.sort()).toEqual([
    'client/deps/film_player/control',
    'client/deps/glyphs/control',
    'client/profilers/sampler/control',
    'client/site_tests/network_DhcpLease/src/debian/control',
    'server/profilers/rack_power/control',
  ]);
});

test('a search of the folder finds the same tests as one of the files in memory, but for the suites', async () => {
  const found = await findTests({ getter: fileSystemControlFiles({ root }), predicates: [] });
  const expected = all.tests.filter(({ path }) => !path.startsWith('test_suites/'));
  expect(found.tests).toEqual(expected);
});

describe('encodings and layouts', () => {
  test('a coding line with latin-1: bytes are kept as they are', () => {
    expect(named('desktopui_Umlauts').author).toBe('J\udcfcrgen Gr\udcfcn');
  });

  test('CR LF, CR, a byte order mark and tabs change no value', () => {
    const names = ['platform_DosEditor', 'platform_OldMac', 'login_ByteOrderMark', 'network_TabStops'];
    const times = names.map((name) => named(name).time);
    expect(times).toEqual(['Short', 'FAST', 'SHORT', 'MEDIUM']);
    expect(named('platform_OldMac').doc.split('\n')).toHaveLength(2);
    expect(named('network_TabStops').dependencies).toEqual(['rf_chamber', 'wifi']);
  });

  test('the last assignment that can be read counts, and the author hears of those that cannot', () => {
    const { time, suites, syncCount, retries, bugTemplate, diagnostics } = named('platform_SecondThoughts');
    expect({ time, suites, syncCount, retries, bugTemplate }).toEqual({
      time: 'SHORT',
      suites: ['regression', 'smoke'],
      syncCount: 1,
      retries: 0,
      bugTemplate: { owner: 'settings@lab.example', labels: ['area-settings'] },
    });
    expect(diagnostics.map(({ code, line }) => `${code} ${line}`)).toEqual([
      'passed-over 18',
      'passed-over 21',
      'passed-over 23',
      'dropped-element 24',
      'dropped-element 24',
    ]);
  });
});

test('the tree has tests of every kind', () => {
  const kinds: Readonly<Record<string, (control: ControlData) => boolean>> = {
    'on two hosts': ({ syncCount }) => syncCount === 2,
    'on three hosts': ({ syncCount }) => syncCount === 3,
    'on four hosts': ({ syncCount }) => syncCount === 4,
    'with retries of the suite': ({ jobRetries }) => jobRetries > 1,
    'with retries of the lab': ({ retries }) => retries > 0,
    'with a bug template': ({ bugTemplate }) => bugTemplate !== null,
    'with server-side packaging': ({ requireSsp }) => requireSsp === true,
    'without server-side packaging': ({ requireSsp }) => requireSsp === false,
    'not verified before': ({ runVerify }) => !runVerify,
    'with parameters': ({ testParameters }) => testParameters.length > 0,
    experimental: ({ experimental }) => experimental,
  };
  const missing = Object.keys(kinds).filter((kind) => !all.tests.some((control) => kinds[kind]?.(control)));
  expect(missing).toEqual([]);
  const times = new Set(all.tests.map(({ time }) => time));
  expect([...times].map((time) => time.toUpperCase())).toEqual(
    expect.arrayContaining(['FAST', 'SHORT', 'MEDIUM', 'LONG', 'LENGTHY']),
  );
  expect(times.size).toBeGreaterThan(5);
});

async function readTree(): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /^control(\.|$)/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const read = paths.map(async (path) => [relative(root, path).split(sep).join('/'), await readFile(path)] as const);
  return new Map(await Promise.all(read));
}

async function select(suite: string): Promise<string[]> {
  return selectBy(inSuite(suite));
}

async function selectBy(predicate: TestPredicate): Promise<string[]> {
  const { tests } = await findTests({ getter: memoryControlFiles(files), predicates: [predicate] });
  return tests.map(({ path }) => path);
}

function isFound(path: string): boolean {
  return all.tests.some((control) => control.path === path) || all.skipped.some((skipped) => skipped.path === path);
}

function named(name: string): ControlData {
  const control = all.tests.find((each) => each.name === name);
  if (control === undefined) throw new Error(`the tree has no test ${name}`);
  return control;
}
