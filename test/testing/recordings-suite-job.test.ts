import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import type { Recording } from './recorded-lab.js';
import { recordedLab, recordings, send } from './recorded-lab.js';

const build = 'x86-mario-release/R28-3993.0.0';
const all = recordings('suite-job');

describe('create_suite_job answers as recorded where no dev server is up', () => {
  test.each(all.filter(({ group }) => group === 'jobs'))('$name', async (recording) => {
    const lab = await recordedLab();
    lab.faults.add({ service: 'devServer', method: 'check_health', kind: 'refuse' });
    const jobs = lab.jobs().length;
    expect(comparable(await answerTo(lab, recording))).toEqual(comparable(recording.answer));
    expect(lab.jobs()).toHaveLength(jobs);
  });
});

describe('create_suite_job and what comes of it are as recorded', () => {
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T17:15:43Z'), autoAdvance: false });
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await labAsRecorded(clock);
  });
  afterAll(() => lab.close());

  // In sequence: later requests build on what earlier ones did.
  test.each(all.filter(({ group }) => group === 'suite_job'))('$name', async (recording) => {
    if (recording.name === 'get_jobs finished') await clock.advance(3_600_000);
    expect(comparable(await answerTo(lab, recording))).toEqual(comparable(recording.answer));
  });
});

test('every recording of suite jobs is repeated', () => {
  expect(all.map(({ group }) => group).filter((group) => group === 'jobs')).toHaveLength(5);
  expect(all.map(({ group }) => group).filter((group) => group === 'suite_job')).toHaveLength(19);
});

/** The tests of the recorded suite, in the order of their jobs, with the length of their control files. */
const tests = [
  ['dummy_Pass.experimental', 'client/site_tests/dummy_Pass/control.experimental', 'LENGTHY', '', 643],
  ['dummy_Pass.bluetooth', 'client/site_tests/dummy_Pass/control.bluetooth', 'LONG', 'bluetooth', 660],
  ['dummy_Pass.actionable', 'client/site_tests/dummy_Pass/control.actionable', 'MEDIUM', 'cleanup-reboot', 703],
  ['dummy_Pass', 'client/site_tests/dummy_Pass/control', 'SHORT', '', 642],
  ['dummy_Fail', 'client/site_tests/dummy_Fail/control', 'FAST', '', 887],
] as const;

async function labAsRecorded(clock: VirtualClock): Promise<EmbeddedLab> {
  const files = Object.fromEntries(
    tests.map(([name, path, time, dependencies, length]) => {
      const text = `AUTHOR = 'lab'\nDOC = 'x'\nNAME = '${name}'\nTIME = '${time}'\nTEST_TYPE = 'client'\nSUITE = 'dummy'\n`;
      return [path, padded(`${text}DEPENDENCIES = '${dependencies}'\n`, length)];
    }),
  );
  const builder = embeddedLab({ clock });
  for (const label of ['board:x86-mario', 'pool:bvt', `cros-version:${build}`]) builder.label(label);
  const labels = [`cros-version:${build}`, ...'rpm bluetooth webcam storage:ssd power:battery os:cros'.split(' ')];
  const lab = await builder
    .host('chromeos1-rack1-host1', { board: 'x86-mario', pool: 'bvt', labels: [...labels, 'cleanup-reboot'] })
    .build(build, {
      controlFiles: {
        ...files,
        'test_suites/control.dummy': padded("NAME = 'dummy'\n", 864),
        'test_suites/control.bvt-cq': "NAME = 'bvt-cq'\n",
      },
    })
    .build('x86-mario-release/R28-BROKEN.0.0', { stagingFails: 'No such build' })
    .build('x86-mario-release/R28-EMPTY.0.0')
    .test('dummy_Fail', { status: 'FAIL', reason: 'Lab failure: the widget did not frob' })
    .start();
  return lab;
}

function padded(text: string, length: number): string {
  return `${text.padEnd(length - 1, '#')}\n`;
}

async function answerTo(lab: EmbeddedLab, recording: Recording): Promise<unknown> {
  const { status, text } = await send(lab, lab.urls.afe + recording.path, {
    headers: { authorization: 'chromeos-test' },
    body: JSON.stringify(recording.body),
  });
  expect(status).toBe(recording.status);
  return JSON.parse(text) as unknown;
}

/**
 * Times and row numbers are the lab's own, and so is what the recorded lab's tests noted as attributes, and where the
 * dev server is. What only ours says: the status of the suite as a whole, which the original announces and does not
 * record; the keyval by which our client knows its jobs again; and that the host has the label `cleanup-reboot`, which
 * the real lab knows without it. The recorded dev server had an error page of its own.
 */
function comparable(value: unknown, key = ''): unknown {
  if (key.endsWith('_idx') && key !== 'status_idx') return value === null ? null : '<number>';
  if (key === 'traceback' || /^job_(started|finished|queued)$/.test(key)) return '<own>';
  if (key === 'control_file') return controlFileLength(value);
  if (typeof value === 'string') {
    return value
      .replace(/\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?/g, '<time>')
      .replace(',cleanup-reboot', '')
      .replace(/^(Failed to stage \S+: )[^]*(No such build)[^]*$/, '$1<page>$2');
  }
  if (Array.isArray(value)) return value.filter((item) => !isStatusOfSuite(item)).map((item) => comparable(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'lab_attr' && name !== 'dynamic_suite_request');
  return Object.fromEntries(entries.map(([name, item]) => [name, comparable(item, name)]));
}

/** The recordings give the length only. The dev server that was recorded had a shorter URL. */
function controlFileLength(value: unknown): string {
  const text = String(value);
  if (text.startsWith('<control file of ')) return text;
  const recorded = text.replace(/http:\/\/(devserver\.lab|127\.0\.0\.1):\d+/g, 'http://127.0.0.1:8082');
  return `<control file of ${recorded.length} characters>`;
}

function isStatusOfSuite(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'test_name' in item && item.test_name === 'dummy';
}
