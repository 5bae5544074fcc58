import fc from 'fast-check';
import { expect, test } from 'vitest';
import recorded from '../fixtures/suite/status-log.json' with { type: 'json' };
import { createLabTime } from '../../src/clients/lab-time.js';
import { renderStatusEntry, type StatusCode, type StatusEntry } from '../../src/results/status-log.js';
import { testStatuses } from '../../src/results/status.js';

const labTime = createLabTime('UTC');
const recordedAtMs = 1453293296_000;

type Recorded = [
  [string, string | null, string | null, string, Record<string, string | number> | null],
  { render?: string },
];

test('renders as the lab recorded it', () => {
  const rows = recorded.status_log_entry as unknown as Recorded[];
  const rendered = rows.filter(([, result]) => result.render !== undefined);
  expect(rendered.length).toBeGreaterThan(8);
  for (const [[code, subdir, operation, reason, fields], { render }] of rendered) {
    // Python's hashing put this field between the two times; ours come first, as everywhere else.
    const expected = render?.replace('timestamp=1453293296\tk=3\t', 'k=3\ttimestamp=1453293296\t');
    const entry = {
      code: code as StatusCode,
      subdir,
      operation,
      reason,
      timeMs: recordedAtMs,
      fields: Object.fromEntries(Object.entries(fields ?? {}).map(([key, value]) => [key, String(value)])),
    };
    expect(renderStatusEntry(entry, { labTime })).toBe(expected);
  }
});

test('local time is in the zone that was asked for', () => {
  const entry: StatusEntry = { code: 'INFO', subdir: null, operation: 'x', reason: '', timeMs: recordedAtMs };
  expect(renderStatusEntry(entry, { labTime: createLabTime('America/Los_Angeles') })).toContain(
    'localtime=Jan 20 04:34:56',
  );
});

test('nested entries are indented by tabs, further lines of a reason by two spaces only', () => {
  const entry: StatusEntry = {
    code: 'FAIL',
    subdir: 's',
    operation: 'o',
    reason: 'one\ntwo\tthree',
    timeMs: recordedAtMs,
  };
  const lines = renderStatusEntry(entry, { labTime, depth: 2 }).split('\n');
  expect(lines[0]).toMatch(/^\t\tFAIL\ts\to\ttimestamp=\d+\tlocaltime=[^\t]+\tone$/u);
  expect(lines[1]).toBe('  two        three');
});

test('no text, however hostile, can fake another entry or another field', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('a', '\t', '\n', '\r', '\v', '\f', '\u2028', '\0', '=', 'END GOOD', ' '),
  });
  const codes = fc.constantFrom<StatusCode>('START', 'INFO', ...testStatuses, 'END FAIL');
  fc.assert(
    fc.property(codes, hostile, hostile, hostile, hostile, (code, subdir, operation, reason, field) => {
      const entry: StatusEntry = { code, subdir, operation, reason, timeMs: 0, fields: { job_id: field } };
      const [first = '', ...more] = renderStatusEntry(entry, { labTime }).split('\n');
      const columns = first.split('\t');
      expect(columns).toHaveLength(7);
      expect(columns[0]).toBe(code);
      expect(columns[3]).toMatch(/^job_id=/u);
      expect(columns.slice(4, 6)).toEqual(['timestamp=0', 'localtime=Jan 01 00:00:00']);
      for (const line of more) expect(line).toMatch(/^ {2}[^\t\r\v\f\u2028\0]*$/u);
    }),
  );
});
