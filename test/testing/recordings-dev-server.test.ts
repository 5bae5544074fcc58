import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { recordings, send } from './recorded-lab.js';

const groups = [
  ['stage_errors'],
  ['controlfiles', 'latestbuild_xbuddy'],
  ['static_listdir_misc'],
  ['apr2016_list_suite_controls_locate_file'],
];

describe.each(groups.map((names) => ({ names })))('the dev server answers as recorded: $names', ({ names }) => {
  const clock = new VirtualClock({ autoAdvance: false });
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await labAsRecorded(clock, names.includes('apr2016_list_suite_controls_locate_file'));
  });

  // In sequence: later requests build on what earlier ones did.
  test.each(recordings('dev-server').filter(({ group }) => names.includes(group)))('$name', async (recording) => {
    if (!recording.name.startsWith('is_staged poll 0')) await clock.advance(5_000);
    const { status, text } = await send(lab, lab.urls.devServer + recording.path, {
      method: recording.method === 'POST' ? 'POST' : 'GET',
      headers: recording.headers ?? {},
      body: typeof recording.body === 'string' ? recording.body : undefined,
    });
    expect(status).toBe(recording.status);
    if (typeof recording.answer === 'object') expect(tellingParts(text)).toEqual(recording.answer);
    else if (isListOfAll(recording.answer)) expect(text.split('\n').sort()).toEqual(Object.keys(files).sort());
    else expect(text).toBe(recording.answer);
  });
});

/** In the order of the recorded map of suites. */
const dummySuite = [
  'Pass/control.bluetooth',
  'Pass/control.actionable',
  'Fail/control',
  'Pass/control',
  'Pass/control.experimental',
];
const files = Object.fromEntries([
  ...dummySuite.map((path) => [`client/site_tests/dummy_${path}`, "NAME = 'x'\nSUITE = 'dummy'\n"]),
  ['test_suites/control.dummy', "NAME = 'dummy'\n"],
]);

async function labAsRecorded(clock: VirtualClock, listSuiteControls: boolean): Promise<EmbeddedLab> {
  const versions = ['R19-1999.0.0', 'R9-500.0.0', 'R19-2003.0.0-a1-b1514'];
  const builder = embeddedLab({ clock, listSuiteControls })
    .build('x86-mario-release/R19-1998.0.0', { controlFiles: files, latest: true })
    .build('x86-mario-release/R20-2226.0.0', { missingArtifacts: ['test_suites', 'control_files'] });
  for (const version of versions) builder.build(`x86-mario-release/${version}`, { controlFiles: files });
  return await builder.start();
}

/** The recorded build had thousands of files, and its list was cut. */
function isListOfAll(answer: unknown): boolean {
  return typeof answer === 'string' && answer.startsWith('server/site_tests/');
}

function tellingParts(page: string): object {
  const shown = /<p>([^]*?)<\/p>/.exec(page)?.[1];
  const traceback = /<pre id="traceback">([^]*?)<\/pre>/.exec(page)?.[1] ?? '';
  return { shown, lastLine: traceback.trim().split('\n    ...\n').at(-1) };
}
