import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import type { Recording } from './recorded-lab.js';
import { recordings, send } from './recorded-lab.js';
import { dummySuite, finishedSuite, recordedBuild } from './recorded-suites.js';

/** Recordings that the lab does not repeat, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'TKO get_detailed_test_views of the suite job':
    'the suite ran in the service and wrote its own rows; suites of the lab run in the program of its user',
};

const labs: Readonly<Record<string, () => Promise<EmbeddedLab>>> = {
  'read, tko': finishedSuite,
  suite_job: dummySuite,
};

describe.each(Object.keys(labs))('TKO tells of jobs as recorded: %s', (groups) => {
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await (labs[groups] ?? finishedSuite)();
  });

  const repeated = recordings('tko').filter(
    ({ group, name }) => groups.split(', ').includes(group) && !(name in leftOut),
  );
  test.each(repeated)('$name', async (recording) => {
    const { status, text } = await send(lab, lab.urls.tko + recording.path, { body: JSON.stringify(recording.body) });
    expect(status).toBe(recording.status);
    expect(comparable(JSON.parse(text), recording)).toEqual(comparable(recording.answer, recording));
  });
});

test('what is left out is there to be left out, and everything else is repeated', () => {
  const all = recordings('tko');
  const names = new Set(all.map(({ name }) => name));
  expect(Object.keys(leftOut).filter((name) => !names.has(name))).toEqual([]);
  const groups = new Set(Object.keys(labs).flatMap((list) => list.split(', ')));
  expect(all.filter(({ group }) => !groups.has(group))).toEqual([]);
});

test('an entry ends as its recorded job did', async () => {
  const lab = await finishedSuite();
  const statuses = Object.fromEntries(
    lab.jobs().map(({ name, entries }) => [name.slice(name.lastIndexOf('/') + 1), entries.map(({ status }) => status)]),
  );
  expect(lab.jobs()[1]?.name).toBe(`${recordedBuild}/bvt/good_Test`);
  expect(statuses).toMatchObject({
    good_Test: ['Completed'],
    fail_Test: ['Failed'],
    error_Test: ['Failed'],
    warn_Test: ['Completed'],
    na_Test: ['Completed'],
    abort_Test: ['Failed'],
    infra_Test: ['Failed'],
    client_Test: ['Failed'],
    multi_Test: ['Completed'],
    noresult_Test: ['Aborted'],
    userabort_Test: ['Aborted'],
    userabortrun_Test: ['Aborted'],
  });
});

/**
 * Times and row numbers are the lab's own, and so is what the recorded lab's tests noted as attributes. Whether a row
 * replaces another one counts; which number that has does not. Nor does the order of rows that nobody asked to sort:
 * the recorded lab ran its jobs side by side.
 */
function comparable(answer: unknown, { body }: Recording): unknown {
  const value = withoutOwn(answer);
  const { result } = value as { readonly result?: unknown };
  const isSorted = JSON.stringify(body).includes('sort_by');
  if (Array.isArray(result) && !isSorted) return { result: [...(result as unknown[])].sort(byJobAndText) };
  if (!hasGroups(result)) return value;
  const isLatest = JSON.stringify(body).includes('get_latest_tests');
  return {
    result: { ...result, groups: result.groups.map((group) => withoutExample(group, isLatest)) },
  };
}

function withoutOwn(value: unknown, key = ''): unknown {
  if (key.endsWith('_idx') && key !== 'status_idx') return value === null ? null : '<number>';
  if (key === 'traceback' || /^(job_(started|finished|queued)|aborted_on)$/.test(key)) return '<own>';
  if (typeof value === 'string') {
    return value
      .replace(/\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?/g, '<time>')
      .replace(/[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d/g, '<time>');
  }
  if (Array.isArray(value)) return value.map((item) => withoutOwn(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'lab_attr');
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutOwn(item, name)]));
}

function byJobAndText(a: unknown, b: unknown): number {
  const [left, right] = [a, b].map((row) => JSON.stringify(row, ['afe_job_id', 'test_name', 'status']));
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

type Row = Readonly<Record<string, unknown>>;

function hasGroups(result: unknown): result is { readonly groups: readonly Row[] } {
  return typeof result === 'object' && result !== null && 'groups' in result;
}

/** A group of several rows shows the fields of one of them, and the database may choose any. */
function withoutExample(group: Row, isLatest: boolean): Row {
  if (group['group_count'] === 1 && !isLatest) return group;
  const own = /(_count|^id|^header_indices|^extra_info)$/;
  return Object.fromEntries(Object.entries(group).map(([name, value]) => [name, own.test(name) ? value : '<any>']));
}
