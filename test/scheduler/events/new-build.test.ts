import { describe, expect, test } from 'vitest';
import { newBuildEvent } from '../../../src/scheduler/events/new-build.js';
import { aTask, anOccurrence, dayMs, hourMs, mondayMs } from '../support/builders.js';
import { eventBench } from '../support/event-bench.js';

const lumpy = 'lumpy-release/R28-3993.0.0';
const stumpy = 'stumpy-release/R28-3993.0.0';
const bench = () => eventBench(newBuildEvent(), [aTask({ runOn: 'new_build' })]);

test('what was there before the first look is not new', async () => {
  const { builds, idsAt } = bench();
  builds.add(lumpy);
  expect(await idsAt(mondayMs)).toEqual([]);
  expect(await idsAt(mondayMs + 1)).toEqual([]);
});

test('every build that has come since is told once, in one occurrence', async () => {
  const { builds, lookAt, idsAt } = bench();
  await lookAt(mondayMs);
  builds.add(lumpy, mondayMs - 1);
  builds.add(stumpy, mondayMs - 2);
  const { occurrences } = await lookAt(mondayMs + 5);
  expect(occurrences).toMatchObject([
    { id: '2 new builds', dueMs: mondayMs + 5, pick: 'every', boards: ['stumpy', 'lumpy'], slot: null },
  ]);
  expect(occurrences[0]?.builds.map(({ name }) => name)).toEqual([stumpy, lumpy]);
  expect(await idsAt(mondayMs + 6)).toEqual([]);
});

test('a single build gives the occurrence its name', async () => {
  const { builds, lookAt, idsAt } = bench();
  await lookAt(mondayMs);
  builds.add(lumpy);
  expect(await idsAt(mondayMs + 1)).toEqual([lumpy]);
});

test('a build that passed too long ago is missed, and one of unknown age is tested', async () => {
  const { builds, lookAt } = bench();
  await lookAt(mondayMs);
  builds.add(lumpy, mondayMs - 7 * dayMs);
  builds.add(stumpy, null);
  const { occurrences, missed } = await lookAt(mondayMs);
  expect(missed).toEqual([{ id: lumpy, dueMs: mondayMs - 7 * dayMs, tasks: ['Nightly'] }]);
  expect(occurrences.map(({ id }) => id)).toEqual([stumpy]);
});

test('without tasks nothing is missed, and the builds are told', async () => {
  const one = bench();
  await one.lookAt(mondayMs);
  one.tasks = [];
  one.builds.add(lumpy, mondayMs - 8 * dayMs);
  expect(await one.lookAt(mondayMs)).toMatchObject({ occurrences: [], missed: [] });
});

test('a board that cannot answer is told of, though there is no build', async () => {
  const { builds, down, lookAt } = bench();
  await lookAt(mondayMs);
  down.add('lumpy');
  builds.add(stumpy, mondayMs);
  expect((await lookAt(mondayMs + 1)).occurrences).toMatchObject([
    { boards: ['stumpy', 'lumpy'], unanswered: [{ board: 'lumpy', problem: 'connection refused' }] },
  ]);
  expect((await lookAt(mondayMs + 2)).occurrences).toMatchObject([{ id: '0 new builds', boards: ['lumpy'] }]);
});

describe('the state', () => {
  test('outlives the process', async () => {
    const { builds, lookAt, idsAt } = bench();
    await lookAt(mondayMs);
    builds.add(lumpy, mondayMs + 1);
    // Asked again with the same state, it gives the same answer.
    expect(await idsAt(mondayMs + hourMs)).toEqual([lumpy]);
  });

  test('is asked again when the answer was not kept', async () => {
    const one = bench();
    await one.lookAt(mondayMs);
    const { state } = one;
    one.builds.add(lumpy);
    const ids = await one.idsAt(mondayMs + 1);
    one.state = state;
    expect(await one.idsAt(mondayMs + 2)).toEqual(ids);
  });

  test.each(['nonsense', '{"cursor":7}'])('that was damaged (%s) begins anew', async (state) => {
    const one = bench();
    one.builds.add(lumpy);
    one.state = state;
    expect(await one.idsAt(mondayMs)).toEqual([]);
    one.builds.add(stumpy);
    expect(await one.idsAt(mondayMs + 1)).toEqual([stumpy]);
  });
});

test('every task is meant, at the priority of builds', () => {
  const event = newBuildEvent();
  expect(event).toMatchObject({ keyword: 'new_build', priority: 30, timeoutMins: 720, catchUpMs: 7 * dayMs });
  expect(event.skips(aTask(), anOccurrence(), {})).toBeNull();
  expect(() => newBuildEvent({ catchUpMs: Number.NaN })).toThrow('catchUpMs: expected a number of at least 1');
});
