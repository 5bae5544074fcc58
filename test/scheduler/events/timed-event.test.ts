import { describe, expect, test } from 'vitest';
import { nightlyEvent } from '../../../src/scheduler/events/nightly.js';
import { weeklyEvent } from '../../../src/scheduler/events/weekly.js';
import { anOccurrence, aTask, dayMs, hourMs, minuteMs, mondayMs } from '../support/builders.js';
import { eventBench } from '../support/event-bench.js';

const nightly = (options = {}) => eventBench(nightlyEvent(options), [aTask()]);
/** Monday at 21:00, the hour of nightly tasks that name none. */
const eveningMs = mondayMs + 12 * hourMs;
const build = 'lumpy-release/R28-3993.0.0';

describe('nightly', () => {
  test('occurs at the hour of a task, once', async () => {
    const bench = nightly();
    expect(await bench.idsAt(mondayMs)).toEqual([]);
    expect(await bench.idsAt(eveningMs - 1)).toEqual([]);
    expect(await bench.idsAt(eveningMs)).toEqual(['2026-01-05 21:00']);
    expect(await bench.idsAt(eveningMs + 5 * minuteMs)).toEqual([]);
    expect(await bench.idsAt(eveningMs + dayMs + 1)).toEqual(['2026-01-06 21:00']);
  });

  test('is about the latest builds of the day before its hour', async () => {
    const bench = nightly();
    await bench.lookAt(mondayMs);
    bench.builds.add('lumpy-release/R28-1.0.0', eveningMs - dayMs);
    bench.builds.add(build, eveningMs - dayMs + 1);
    bench.builds.add('stumpy-release/R28-2.0.0', eveningMs);
    bench.builds.add('lumpy-release/R28-9.0.0', eveningMs + 1);
    const [occurrence] = (await bench.lookAt(eveningMs + hourMs)).occurrences;
    expect(occurrence).toMatchObject({ dueMs: eveningMs, slot: 21, pick: 'latest', boards: null, boardsByTask: null });
    expect(occurrence?.builds.map(({ name }) => name)).toEqual([build, 'stumpy-release/R28-2.0.0']);
  });

  test('occurs at each hour that some task has', async () => {
    const bench = nightly();
    bench.tasks = [aTask({ hour: 0 }), aTask({ name: 'B', hour: 23 }), aTask({ name: 'C', hour: 0 }), aTask()];
    bench.settings = { hour: 3 };
    await bench.lookAt(mondayMs);
    expect(await bench.idsAt(mondayMs + dayMs)).toEqual(['2026-01-05 23:00', '2026-01-06 00:00', '2026-01-06 03:00']);
  });

  test('is not for tasks of another hour: their own, that of the configuration, or 21', () => {
    const event = nightlyEvent();
    const skips = (hour: number | null, slot: number | null, settings = {}) =>
      event.skips(aTask({ hour }), anOccurrence({ slot }), settings)?.text ?? null;
    expect(skips(0, 0)).toBeNull();
    expect(skips(0, 21)).toBe('it is run at 00:00');
    expect(skips(null, 21)).toBeNull();
    expect(skips(null, 3, { hour: 3 })).toBeNull();
    expect(skips(4, 3, { hour: 3 })).toBe('it is run at 04:00');
    expect(skips(4, null)).toBeNull();
    expect(event.skips(aTask({ hour: 4 }), anOccurrence({ slot: 3 }), {})?.code).toBe('wrong-hour');
  });

  test('has nothing to do without tasks, and forgets nothing of the time', async () => {
    const bench = nightly();
    bench.tasks = [];
    await bench.lookAt(mondayMs);
    expect(await bench.idsAt(eveningMs)).toEqual([]);
    bench.tasks = [aTask()];
    expect(await bench.idsAt(eveningMs + 1)).toEqual([]);
  });

  test('has the priority and the lifetime of nightly suites', () => {
    expect(nightlyEvent()).toMatchObject({ keyword: 'nightly', priority: 20, timeoutMins: 1440, catchUpMs: dayMs });
  });
});

describe('weekly', () => {
  const weekly = (day?: number) => eventBench(weeklyEvent(), [aTask({ runOn: 'weekly', day })]);
  const nightMs = mondayMs + 14 * hourMs;

  test('occurs each day at 23:00, with the day for the tasks', async () => {
    const bench = weekly();
    await bench.lookAt(mondayMs);
    const { occurrences } = await bench.lookAt(mondayMs + 2 * dayMs);
    expect(occurrences.map(({ id, slot, dueMs }) => [id, slot, dueMs])).toEqual([
      ['Monday 2026-01-05 23:00', 0, nightMs],
      ['Tuesday 2026-01-06 23:00', 1, nightMs + dayMs],
    ]);
  });

  test('occurs at the hour of the configuration', async () => {
    const bench = weekly();
    bench.settings = { hour: 10 };
    await bench.lookAt(mondayMs);
    expect(await bench.idsAt(mondayMs + hourMs)).toEqual(['Monday 2026-01-05 10:00']);
  });

  test('is about the builds of the week before', async () => {
    const bench = weekly();
    await bench.lookAt(mondayMs);
    bench.builds.add(build, nightMs - 7 * dayMs + 1);
    bench.builds.add('lumpy-release/R27-1.0.0', nightMs - 7 * dayMs);
    const [occurrence] = (await bench.lookAt(nightMs)).occurrences;
    expect(occurrence?.builds.map(({ name }) => name)).toEqual([build]);
  });

  test('is not for tasks of another day: their own, that of the configuration, or Saturday', () => {
    const event = weeklyEvent();
    const skips = (day: number | null, slot: number | null, settings = {}) =>
      event.skips(aTask({ runOn: 'weekly', day }), anOccurrence({ slot }), settings)?.text ?? null;
    expect(skips(null, 5)).toBeNull();
    expect(skips(null, 6)).toBe('it is run on Saturday');
    expect(skips(null, 2, { day: 2 })).toBeNull();
    expect(skips(0, 0, { day: 2 })).toBeNull();
    expect(skips(6, 0)).toBe('it is run on Sunday');
    expect(skips(6, null)).toBeNull();
  });

  test('has no occurrence without tasks, and misses none that no task is for', async () => {
    const bench = weekly(0);
    await bench.lookAt(mondayMs);
    const { missed } = await bench.lookAt(mondayMs + 21 * dayMs);
    expect(missed.map(({ id }) => id)).toEqual(['Monday 2026-01-05 23:00', 'Monday 2026-01-12 23:00']);
    bench.tasks = [];
    expect(await bench.idsAt(mondayMs + 28 * dayMs)).toEqual([]);
  });

  test('has the priority and the lifetime of weekly suites', () => {
    expect(weeklyEvent()).toMatchObject({ keyword: 'weekly', priority: 10, timeoutMins: 10_080, catchUpMs: 7 * dayMs });
  });
});

describe('after a stop', () => {
  test('what was due meanwhile is handled once, with the builds of its own time (C2)', async () => {
    const bench = nightly({ catchUpMs: 3 * dayMs });
    await bench.lookAt(mondayMs);
    bench.builds.add(build, eveningMs - 1);
    bench.builds.add('lumpy-release/R28-4000.0.0', eveningMs + 1);
    const { occurrences, missed } = await bench.lookAt(mondayMs + 2 * dayMs);
    expect(missed).toEqual([]);
    expect(occurrences.map(({ id, builds }) => [id, builds.map(({ name }) => name)])).toEqual([
      ['2026-01-05 21:00', [build]],
      ['2026-01-06 21:00', ['lumpy-release/R28-4000.0.0']],
    ]);
    expect(await bench.idsAt(mondayMs + 2 * dayMs + 1)).toEqual([]);
  });

  test('what was due too long ago is told as missed, for the tasks of its hour', async () => {
    const bench = nightly();
    bench.tasks = [aTask(), aTask({ name: 'Early', hour: 3 })];
    await bench.lookAt(mondayMs);
    const { occurrences, missed } = await bench.lookAt(eveningMs + dayMs + 7 * hourMs);
    expect(missed).toEqual([
      { id: '2026-01-05 21:00', dueMs: eveningMs, tasks: ['Nightly'] },
      {
        id: '2026-01-06 03:00',
        dueMs: eveningMs + 6 * hourMs,
        tasks: ['Early'],
      },
    ]);
    expect(occurrences.map(({ id }) => id)).toEqual(['2026-01-06 21:00', '2026-01-07 03:00']);
  });

  test('of years not each hour is told', async () => {
    const bench = nightly();
    await bench.lookAt(mondayMs);
    const { occurrences, missed } = await bench.lookAt(mondayMs + 3650 * dayMs);
    expect(occurrences).toHaveLength(1);
    expect(missed).toHaveLength(400);
  });
});

describe('a clock that jumps', () => {
  test('back finds its hours handled', async () => {
    const bench = nightly();
    await bench.lookAt(mondayMs);
    expect(await bench.idsAt(eveningMs)).toHaveLength(1);
    expect(await bench.idsAt(eveningMs - 2 * hourMs)).toEqual([]);
    expect(await bench.idsAt(eveningMs + 1)).toEqual([]);
    expect(await bench.idsAt(eveningMs + dayMs)).toHaveLength(1);
  });

  test('back from far ahead does not stop the event until that time', async () => {
    const bench = nightly();
    await bench.lookAt(mondayMs + 300 * dayMs);
    expect(await bench.idsAt(mondayMs)).toEqual([]);
    expect(await bench.idsAt(eveningMs)).toEqual(['2026-01-05 21:00']);
  });
});

describe('boards whose builds cannot be had', () => {
  test('are left open, and occur again by themselves until they answer', async () => {
    const bench = nightly();
    await bench.lookAt(mondayMs);
    bench.down.add('stumpy');
    bench.builds.add('stumpy-release/R28-3993.0.0', eveningMs - 1);
    const [first] = (await bench.lookAt(eveningMs)).occurrences;
    expect(first).toMatchObject({ boards: null, unanswered: [{ board: 'stumpy', problem: 'connection refused' }] });
    const [second] = (await bench.lookAt(eveningMs + 1)).occurrences;
    expect(second).toMatchObject({ id: '2026-01-05 21:00', slot: 21, boards: ['stumpy'], dueMs: eveningMs });
    bench.down.clear();
    const [third] = (await bench.lookAt(eveningMs + 2)).occurrences;
    expect(third?.builds.map(({ name }) => name)).toEqual(['stumpy-release/R28-3993.0.0']);
    expect(await bench.idsAt(eveningMs + 3)).toEqual([]);
  });

  test('are missed when they do not answer in time', async () => {
    const bench = nightly();
    await bench.lookAt(mondayMs);
    bench.down.add('stumpy');
    await bench.lookAt(eveningMs);
    const { missed } = await bench.lookAt(eveningMs + dayMs);
    expect(missed.map(({ id }) => id)).toEqual(['2026-01-05 21:00']);
  });

  test('that have left the lab are not asked about', async () => {
    const bench = nightly();
    await bench.lookAt(mondayMs);
    bench.down.add('stumpy');
    await bench.lookAt(eveningMs);
    bench.boards = ['lumpy'];
    expect((await bench.lookAt(eveningMs + 1)).occurrences[0]?.unanswered).toEqual([]);
  });

  test('keep their hour where clocks were put forward over it', async () => {
    const nightMs = Date.parse('2026-03-08T08:00:00Z');
    const bench = eventBench(nightlyEvent(), [aTask({ hour: 2 })]);
    await bench.lookAt(nightMs);
    bench.down.add('lumpy');
    const [first] = (await bench.lookAt(nightMs + 2 * hourMs)).occurrences;
    const [second] = (await bench.lookAt(nightMs + 3 * hourMs)).occurrences;
    expect([first?.slot, second?.slot]).toEqual([2, 2]);
    expect(second?.id).toBe('2026-03-08 02:00');
  });
});

describe('always_handle', () => {
  test('has it occur in every turn, for the tasks of the hour or the day', async () => {
    const bench = nightly();
    bench.settings = { alwaysHandle: true };
    const [first, ...others] = (await bench.lookAt(mondayMs)).occurrences;
    expect(first).toMatchObject({ id: '2026-01-05 09:00', slot: 9, dueMs: mondayMs });
    expect(others).toEqual([]);
    expect(await bench.idsAt(mondayMs + 1)).toHaveLength(1);
    const weekly = eventBench(weeklyEvent(), [aTask({ runOn: 'weekly' })]);
    weekly.settings = { alwaysHandle: true };
    expect((await weekly.lookAt(mondayMs)).occurrences[0]).toMatchObject({ id: 'Monday 2026-01-05 09:00', slot: 0 });
  });

  test('occurs once at the very hour, and keeps nothing open that comes again anyway', async () => {
    const bench = nightly();
    bench.settings = { alwaysHandle: true };
    bench.down.add('lumpy');
    await bench.lookAt(mondayMs);
    expect(await bench.idsAt(mondayMs + 1)).toHaveLength(1);
    bench.down.clear();
    expect(await bench.idsAt(eveningMs)).toEqual(['2026-01-05 21:00']);
  });
});

describe('a state that was damaged', () => {
  test.each([
    'nonsense',
    '7',
    'null',
    '[]',
    '{}',
    '{"handledMs":"x","open":[]}',
    '{"handledMs":null}',
    '{"handledMs":1e300}',
  ])('%s begins anew', async (state) => {
    const bench = nightly();
    bench.state = state;
    expect(await bench.idsAt(mondayMs)).toEqual([]);
    expect(await bench.idsAt(eveningMs)).toEqual(['2026-01-05 21:00']);
  });

  test('leaves out what cannot be used, and keeps the rest', async () => {
    const bench = nightly();
    const slot = { ms: mondayMs - hourMs, id: 'x', slot: 8, boards: ['lumpy'] };
    const open = [
      null,
      {},
      { ...slot, ms: 'x' },
      { ...slot, ms: 1e300 },
      { ...slot, boards: [7] },
      slot,
      { ...slot, slot: 'x' },
    ];
    bench.state = JSON.stringify({ sinceMs: mondayMs, handled: [], told: [], open });
    const { occurrences } = await bench.lookAt(mondayMs + 1);
    expect(occurrences.map((one) => one.slot)).toEqual([8, null]);
    bench.state = JSON.stringify({ sinceMs: mondayMs, handled: [], told: [], open: 'x' });
    expect(await bench.idsAt(mondayMs + 1)).toEqual([]);
  });
});

test('what is to come is told for each task', () => {
  const tasks = [aTask(), aTask({ name: 'Early', hour: 3 })];
  const range = { afterMs: mondayMs, upToMs: mondayMs + 2 * dayMs };
  expect(nightlyEvent().upcoming?.(tasks, range, {})).toEqual([
    { task: 'Nightly', dueMs: eveningMs },
    { task: 'Early', dueMs: eveningMs + 6 * hourMs },
    { task: 'Nightly', dueMs: eveningMs + dayMs },
    { task: 'Early', dueMs: eveningMs + dayMs + 6 * hourMs },
  ]);
});

test.each([nightlyEvent, weeklyEvent])('options that cannot work are refused', (event) => {
  expect(() => event({ timeZone: 'Mars/Olympus' })).toThrow(/^timeZone: expected an IANA time zone such as/);
  expect(() => event({ catchUpMs: 0 })).toThrow('catchUpMs: expected a number of at least 1, found 0');
  expect(() => event({ catchUpMs: Infinity })).toThrow(/found Infinity/);
});
