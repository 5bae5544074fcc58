import { expect, test } from 'vitest';
import { Explanation, type ExplainedTask } from '../../../src/scheduler/explain/explanation.js';
import type { ReasonNote } from '../../../src/index.js';

const mondayMs = Date.parse('2026-01-05T00:00:00Z');
const hourMs = 3600_000;

function textOf(task: Partial<ExplainedTask>, board: string | null = 'lumpy'): string {
  const nothing = { name: 'Bvt', task: null, static: null, before: [], notes: [], waiting: [], nextDueMs: null };
  return String(
    new Explanation(
      {
        ...{ atMs: mondayMs + 24 * hourMs, fromMs: mondayMs, board },
        ...{ scheduler: [], stoppedSinceMs: null, malformed: [], problems: [] },
        tasks: [{ ...nothing, ...task }],
      },
      'UTC',
    ),
  );
}

const note = (hours: number, code: string, text: string, board: string | null = 'lumpy'): ReasonNote => ({
  ...{ atMs: mondayMs + hours * hourMs, task: 'Bvt', board, code, text },
});

test('that a suite was to be started is told only while nobody knows what became of it', () => {
  const notes = [
    note(2, 'launch', 'bvt on lumpy-release/R50-1.0.0 is to be started'),
    note(2, 'launch', 'bvt on lumpy-release/R50-1.0.0-a1 is to be started'),
    note(3, 'launched', 'bvt on lumpy-release/R50-1.0.0 was started as job 1'),
  ];
  expect(textOf({ notes })).toBe(
    [
      'Bvt on lumpy: not in the configuration',
      '  since 2026-01-05 00:00:',
      '    2026-01-05 02:00  launch    bvt on lumpy-release/R50-1.0.0-a1 is to be started',
      '    2026-01-05 03:00  launched  bvt on lumpy-release/R50-1.0.0 was started as job 1',
    ].join('\n'),
  );
});

test('what held before stands before what was asked about, and boards are named where none was', () => {
  const before = [note(-3, 'no-hosts', 'no host', 'link'), note(-5, 'wrong-hour', 'it is run at 21:00', null)];
  expect(textOf({ before }, null)).toBe(
    [
      'Bvt: not in the configuration',
      '  before:',
      '    2026-01-04 19:00  wrong-hour  it is run at 21:00',
      '    2026-01-04 21:00  no-hosts    link: no host',
      '  since 2026-01-05 00:00: nothing has changed',
    ].join('\n'),
  );
});
