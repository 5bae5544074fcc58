import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryBuilds, suiteTask, type SuiteTask } from '../../../src/index.js';
import { nightlyEvent } from '../../../src/scheduler/events/nightly.js';
import type { SchedulerEvent } from '../../../src/scheduler/events/types.js';
import { weeklyEvent } from '../../../src/scheduler/events/weekly.js';

const hourMs = 3600_000;
const dayMs = 24 * hourMs;
const timeZone = 'America/Los_Angeles';

/** Times at which clocks are changed, a leap day, and an ordinary one. */
const starts = ['2026-03-07T12:00Z', '2026-10-31T12:00Z', '2028-02-28T12:00Z', '2026-06-10T05:00Z'].map((text) =>
  Date.parse(text),
);
const step = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 5, max: 90 }).map((mins) => mins * 60_000) },
  { weight: 2, arbitrary: fc.integer({ min: 2, max: 60 }).map((hours) => hours * hourMs) },
  { weight: 2, arbitrary: fc.constantFrom(-hourMs, -dayMs, hourMs, dayMs, -7 * 60_000) },
  { weight: 1, arbitrary: fc.constantFrom(-3 * dayMs, 10 * dayMs) },
);
/** Clocks that go on, stop, leap, and now and then are a year ahead for a turn. */
const clock: fc.Arbitrary<readonly number[]> = fc
  .tuple(
    fc.constantFrom(...starts),
    fc.array(fc.tuple(step, fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 120 }),
  )
  .map(([startMs, steps]) => {
    const readings = [startMs];
    let atMs = startMs;
    for (const [ms, lot] of steps) {
      if (lot === 0) readings.push(atMs + 365 * dayMs);
      atMs += ms;
      readings.push(atMs);
    }
    return readings;
  });

/** What is promised of an event. */
interface Subject {
  readonly event: SchedulerEvent;
  readonly tasks: readonly SuiteTask[];
  readonly hours: readonly number[];
  /** The name of the occurrence of an hour of a day. */
  readonly idOf: (date: string, hour: string) => string;
  /** Whether an occurrence is one of a task. */
  readonly isSomeones: (id: string) => boolean;
}

const nightly: Subject = {
  event: nightlyEvent({ timeZone }),
  tasks: [
    suiteTask({ name: 'At2', suite: 'a', runOn: 'nightly', hour: 2 }),
    suiteTask({ name: 'At21', suite: 'b', runOn: 'nightly', hour: 21 }),
  ],
  hours: [2, 21],
  idOf: (date, hour) => `${date} ${hour}:00`,
  isSomeones: () => true,
};
const weekly: Subject = {
  event: weeklyEvent({ timeZone }),
  tasks: [suiteTask({ name: 'Saturday', suite: 'c', runOn: 'weekly', day: 5 })],
  hours: [23],
  idOf(date, hour) {
    const day = new Date(`${date}T12:00Z`).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' });
    return `${day} ${date} ${hour}:00`;
  },
  isSomeones: (id) => id.startsWith('Saturday'),
};

/** What became of the times of an event that keeps its state from look to look. */
interface History {
  /** The name of an occurrence → the readings at which it was handled. */
  readonly handled: ReadonlyMap<string, readonly number[]>;
  readonly missed: ReadonlySet<string>;
}

async function historyOf({ event, tasks }: Subject, readings: readonly number[]): Promise<History> {
  const builds = memoryBuilds();
  const handled = new Map<string, readonly number[]>();
  const missed = new Set<string>();
  let state: string | null = null;
  for (const nowMs of readings) {
    const request = { state, nowMs, tasks, settings: {}, boards: ['b'], builds };
    const look = await event.look(request);
    for (const { id } of look.occurrences) handled.set(id, [...(handled.get(id) ?? []), nowMs]);
    for (const { id } of look.missed) missed.add(id);
    ({ state } = look);
  }
  return { handled, missed };
}

/** The times at which it is some hour, each day, found by looking at the zone's clock each half hour. */
function timesOf({ hours, idOf }: Subject, fromMs: number, upToMs: number): ReadonlyMap<string, number> {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const times = new Map<string, number>();
  const halfMs = hourMs / 2;
  for (let ms = Math.ceil(fromMs / halfMs) * halfMs; ms <= upToMs; ms += halfMs) {
    const [date = '', time = ''] = format.format(ms).split(' ');
    for (const hour of hours) {
      const id = idOf(date, String(hour).padStart(2, '0'));
      // The first moment of the day at which it is that hour, or, where that is left out, later.
      if (Number(time.slice(0, 2)) >= hour && !times.has(id)) times.set(id, ms);
    }
  }
  return times;
}

function expectPromisesKept(subject: Subject, readings: readonly number[], { handled, missed }: History): void {
  const { catchUpMs } = subject.event;
  const usual = readings.filter((ms) => ms < (readings[0] ?? 0) + 300 * dayMs);
  // From two days before, so that the first moment of each day is among them.
  const times = timesOf(subject, Math.min(...usual) - 2 * dayMs, Math.max(...usual));
  const wasFarAhead = readings.some((ms, at) => readings.slice(0, at).some((before) => before > ms + 36 * hourMs));
  for (const [id, dueMs] of times) {
    const handledAt = handled.get(id) ?? [];
    const firstBefore = readings.findIndex((ms) => ms < dueMs);
    const since = firstBefore < 0 ? [] : readings.slice(firstBefore);
    const wasInTime = since.some((ms) => ms >= dueMs && ms < dueMs + catchUpMs);
    const wasTooLate = since.some((ms) => ms >= dueMs + catchUpMs);
    const facts = {
      isLost: wasInTime && handledAt.length === 0,
      // Of a day that is no task's nothing is told.
      isSilent: wasTooLate && handledAt.length === 0 && !missed.has(id) && subject.isSomeones(id),
      isDoubled: handledAt.length > 1 && !wasFarAhead,
      isEarly: handledAt.some((ms) => ms < dueMs),
    };
    expect({ id, ...facts }).toEqual({ id, isLost: false, isSilent: false, isDoubled: false, isEarly: false });
  }
}

describe.each([
  { name: 'night', subject: nightly },
  { name: 'week', subject: weekly },
])('whatever the clock does', ({ name, subject }) => {
  test(`each ${name} is handled when it is due and not too late, else told as missed, and none twice (C1, C2, C7)`, async () => {
    await fc.assert(
      fc.asyncProperty(clock, async (readings) => {
        expectPromisesKept(subject, readings, await historyOf(subject, readings));
      }),
      { numRuns: 100 },
    );
  });
});

/** Readings every half hour for some days. */
function ordinaryDays(startMs: number, days: number): readonly number[] {
  return Array.from({ length: days * 48 + 1 }, (_, at) => startMs + at * (hourMs / 2));
}

test.each([
  { what: 'clocks are put forward over 02:00', start: '2026-03-07T12:00Z' },
  { what: 'clocks are put back', start: '2026-10-31T12:00Z' },
  { what: 'there is a 29th of February', start: '2028-02-28T12:00Z' },
])('where $what, each hour of each day is handled once (C7)', async ({ start }) => {
  const { handled, missed } = await historyOf(nightly, ordinaryDays(Date.parse(start), 4));
  expect([...handled.values()].map((times) => times.length)).toEqual(Array(8).fill(1));
  expect(missed.size).toBe(0);
});

test('a clock that is a year ahead for one turn loses no night that comes in that turn', async () => {
  const startMs = Date.parse('2026-01-05T20:58-08:00');
  const readings = [startMs, startMs + 365 * dayMs + 5 * 60_000, startMs + 10 * 60_000, startMs + 15 * 60_000];
  const { handled } = await historyOf(nightly, readings);
  expect(handled.get('2026-01-05 21:00')).toEqual([readings[2]]);
});
