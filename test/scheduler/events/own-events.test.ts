import { describe, expect, test } from 'vitest';
import { cronEvent } from '../../../src/scheduler/events/cron-event.js';
import { pollEvent } from '../../../src/scheduler/events/poll-event.js';
import { requestEvent } from '../../../src/scheduler/events/request-event.js';
import { aTask, anOccurrence, dayMs, hourMs, minuteMs, mondayMs } from '../support/builders.js';
import { eventBench } from '../support/event-bench.js';

const keyword = 'own_event';
const tasks = [aTask({ runOn: keyword })];
const build = 'lumpy-release/R28-3993.0.0';

describe('an event that goes by a cron expression', () => {
  test('occurs at its times in its zone', async () => {
    const bench = eventBench(await cronEvent({ keyword, cron: '30 6,18 * * 1-5', timeZone: 'Asia/Kolkata' }), tasks);
    await bench.lookAt(mondayMs);
    expect(await bench.idsAt(mondayMs + dayMs)).toEqual(['2026-01-06 06:30', '2026-01-06 18:30']);
    // Friday evening, and then Monday.
    await bench.lookAt(mondayMs + 4 * dayMs);
    expect(await bench.idsAt(mondayMs + 4 * dayMs + hourMs)).toEqual([]);
  });

  test('tests the latest builds of the time before, and catches up', async () => {
    const event = await cronEvent({ keyword, cron: '0 12 * * *', buildsWithinMs: hourMs, catchUpMs: 2 * hourMs });
    const bench = eventBench(event, tasks);
    await bench.lookAt(mondayMs);
    const noonMs = mondayMs + 3 * hourMs;
    bench.builds.add(build, noonMs - hourMs + 1);
    bench.builds.add('stumpy-release/R28-3993.0.0', noonMs - hourMs);
    const { occurrences } = await bench.lookAt(noonMs + hourMs);
    expect(occurrences.map(({ id, dueMs, pick }) => [id, dueMs, pick])).toEqual([
      ['2026-01-05 12:00', noonMs, 'latest'],
    ]);
    expect(occurrences[0]?.builds.map(({ name }) => name)).toEqual([build]);
    const { missed } = await bench.lookAt(noonMs + dayMs + 2 * hourMs);
    expect(missed).toEqual([{ id: '2026-01-06 12:00', dueMs: noonMs + dayMs, tasks: ['Nightly'] }]);
  });

  test('occurs once a day over the changes of clocks', async () => {
    for (const [cron, date] of [
      ['30 2 * * *', '2026-03-08'],
      ['30 1 * * *', '2026-11-01'],
    ] as const) {
      const event = await cronEvent({ keyword, cron, catchUpMs: 7 * dayMs });
      const bench = eventBench(event, tasks);
      await bench.lookAt(Date.parse(`${date}T00:00Z`));
      expect(await bench.idsAt(Date.parse(`${date}T23:00Z`))).toHaveLength(1);
    }
  });

  test('tells what is to come, and has nothing to do without tasks', async () => {
    const event = await cronEvent({ keyword, cron: '0 12 * * *' });
    const range = { afterMs: mondayMs, upToMs: mondayMs + dayMs };
    expect(event.upcoming?.(tasks, range, {})).toEqual([{ task: 'Nightly', dueMs: mondayMs + 3 * hourMs }]);
    expect(event.upcoming?.([], range, {})).toEqual([]);
    expect(event.skips(aTask(), anOccurrence(), {})).toBeNull();
  });

  test.each(['', 'soon', '* * * *', '0 0 * * * *', '99 * * * *', '@daily junk'])('"%s" is refused', async (cron) => {
    await expect(cronEvent({ keyword, cron })).rejects.toMatchObject({ code: 'ERR_SCHEDULER_OPTION', option: 'cron' });
  });

  test('a zone that is not known is refused', async () => {
    await expect(cronEvent({ keyword, cron: '0 12 * * *', timeZone: 'Mars/Olympus' })).rejects.toThrow(
      /timeZone: expected an IANA time zone/,
    );
  });
});

describe('an event that goes by what is polled', () => {
  function polled(values: (string | null | Error)[]) {
    const poll = async () => {
      const value = values.shift() ?? null;
      if (value instanceof Error) throw value;
      return value;
    };
    return eventBench(pollEvent({ keyword, poll }), tasks);
  }

  test('occurs when the answer changes; a first answer, and none, are no change', async () => {
    const bench = polled(['a', 'a', null, 'b', 'b', 'a']);
    const ids = [];
    for (let turn = 0; turn < 6; turn += 1) ids.push(...(await bench.idsAt(mondayMs + turn)));
    expect(ids).toEqual(['b', 'a']);
  });

  test('sees what has changed while nobody could ask', async () => {
    const bench = polled(['a', new Error('away'), 'b']);
    await bench.lookAt(mondayMs);
    await expect(bench.lookAt(mondayMs + 1)).rejects.toThrow('away');
    expect(await bench.idsAt(mondayMs + 2)).toEqual(['b']);
  });

  test('comes again for boards whose builds could not be had', async () => {
    const bench = polled(['a', 'b']);
    await bench.lookAt(mondayMs);
    bench.down.add('lumpy');
    expect((await bench.lookAt(mondayMs + 1)).occurrences[0]?.boards).toBeNull();
    expect((await bench.lookAt(mondayMs + 2)).occurrences).toMatchObject([{ id: 'b', boards: ['lumpy'] }]);
    bench.down.clear();
    expect(await bench.idsAt(mondayMs + 3)).toEqual(['b']);
    expect(await bench.idsAt(mondayMs + 4)).toEqual([]);
  });

  test('begins anew with a state that was damaged', async () => {
    const bench = polled(['a', 'b']);
    bench.state = '{"value":7,"asked":[{"id":3}]}';
    expect(await bench.idsAt(mondayMs)).toEqual([]);
    expect(await bench.idsAt(mondayMs + 1)).toEqual(['b']);
    expect(pollEvent({ keyword, poll: async () => null }).skips(aTask(), anOccurrence(), {})).toBeNull();
  });
});

describe('an event that somebody asks for', () => {
  const event = requestEvent({ keyword, catchUpMs: hourMs, buildsWithinMs: hourMs });
  const ask = (bench: ReturnType<typeof eventBench>, id: string, atMs = mondayMs) =>
    (bench.state = event.request?.(bench.state, { id, atMs }) ?? null);

  test('occurs in the next look, once for each name', async () => {
    const bench = eventBench(event, tasks);
    expect(await bench.idsAt(mondayMs)).toEqual([]);
    ask(bench, 'one');
    ask(bench, 'one', mondayMs + 1);
    ask(bench, 'two', mondayMs + 1);
    bench.builds.add(build, mondayMs - hourMs + 1);
    const { occurrences } = await bench.lookAt(mondayMs + minuteMs);
    expect(occurrences.map(({ id, dueMs, builds }) => [id, dueMs, builds.length])).toEqual([
      ['one', mondayMs, 1],
      ['two', mondayMs + 1, 0],
    ]);
    expect(await bench.idsAt(mondayMs + minuteMs)).toEqual([]);
    expect(event.skips(aTask(), anOccurrence(), {})).toBeNull();
  });

  test('is missed when it was asked for too long ago, if there is a task for it', async () => {
    const bench = eventBench(event, tasks);
    ask(bench, 'one');
    expect(await bench.lookAt(mondayMs + hourMs)).toMatchObject({
      occurrences: [],
      missed: [{ id: 'one', dueMs: mondayMs, tasks: ['Nightly'] }],
    });
    bench.tasks = [];
    ask(bench, 'two');
    expect((await bench.lookAt(mondayMs + hourMs)).missed).toEqual([]);
  });
});

describe('an event of one’s own that cannot work is refused', () => {
  test.each([
    [{ keyword: 'Two words' }, 'keyword: expected small letters, digits and underscores, found "Two words"'],
    [{ keyword: '' }, /^keyword/],
    [{ keyword, priority: 2.5 }, /^priority: expected one of Weekly, .*, or a whole number, found 2.5$/],
    [{ keyword, timeoutMins: 0 }, 'timeoutMins: expected a whole number of at least 1, found 0'],
    [{ keyword, catchUpMs: Infinity }, 'catchUpMs: expected a number of at least 1, found Infinity'],
    [{ keyword, buildsWithinMs: Number.NaN }, /^buildsWithinMs/],
  ])('%j', (options, message) => {
    expect(() => requestEvent(options)).toThrow(message);
    expect(() => requestEvent(options)).toThrow(expect.objectContaining({ code: 'ERR_SCHEDULER_OPTION' }));
  });

  test('but what is left out has its default', () => {
    expect(requestEvent({ keyword })).toMatchObject({ priority: 20, timeoutMins: 1440, catchUpMs: dayMs });
    expect(requestEvent({ keyword, priority: 'CQ' }).priority).toBe(70);
    expect(requestEvent({ keyword, priority: 25 }).priority).toBe(25);
  });
});
