import { describe, expect, test } from 'vitest';
import { memoryChrome } from '../../../src/scheduler/builds/memory-chrome.js';
import { newChromeEvent } from '../../../src/scheduler/events/new-chrome.js';
import { aTask, anOccurrence, dayMs, mondayMs } from '../support/builders.js';
import { eventBench } from '../support/event-bench.js';

const lumpy = 'lumpy-release/R28-3993.0.0';
const stumpy = 'stumpy-release/R28-3993.0.0';

function bench(tasks = [aTask({ name: 'Chrome', runOn: 'new_chrome' })]) {
  const chrome = memoryChrome('50.0.1-r1');
  return Object.assign(eventBench(newChromeEvent(chrome), tasks), { chrome });
}

/** A bench on which Chrome has moved, and the boards wait. */
async function movedBench(tasks?: Parameters<typeof bench>[0]) {
  const one = bench(tasks);
  await one.lookAt(mondayMs);
  one.chrome.set('50.0.2-r1');
  await one.lookAt(mondayMs + 1);
  return one;
}

const fitted = (board: string, task = 'Chrome') => [{ task, board }];

test('builds mean nothing until Chrome has moved', async () => {
  const { builds, chrome, lookAt, idsAt } = bench();
  await lookAt(mondayMs);
  builds.add(lumpy);
  expect(await idsAt(mondayMs + 1)).toEqual([]);
  chrome.set('50.0.2-r1');
  expect(await idsAt(mondayMs + 2)).toEqual([]);
});

test('after that each task is due on every board for the next new build', async () => {
  const { builds, lookAt, idsAt } = await movedBench();
  builds.add(lumpy);
  const [occurrence] = (await lookAt(mondayMs + 2, fitted('lumpy'))).occurrences;
  expect(occurrence).toMatchObject({ id: lumpy, pick: 'every', boardsByTask: { Chrome: ['lumpy', 'stumpy'] } });
  builds.add('lumpy-release/R28-3994.0.0');
  expect(await idsAt(mondayMs + 3)).toEqual([]);
  builds.add(stumpy);
  expect((await lookAt(mondayMs + 4, fitted('stumpy'))).occurrences).toMatchObject([
    { id: stumpy, boardsByTask: { Chrome: ['stumpy'] } },
  ]);
  builds.add('stumpy-release/R28-3994.0.0');
  expect(await idsAt(mondayMs + 5)).toEqual([]);
});

test('a build that comes with the new Chrome is too early', async () => {
  const { builds, chrome, lookAt, idsAt } = bench();
  await lookAt(mondayMs);
  chrome.set('50.0.2-r1');
  builds.add(lumpy);
  expect(await idsAt(mondayMs + 1)).toEqual([]);
  builds.add('lumpy-release/R28-3994.0.0');
  expect(await idsAt(mondayMs + 2)).toEqual(['lumpy-release/R28-3994.0.0']);
});

test('a task waits until a build fits it', async () => {
  const { builds, lookAt, idsAt } = await movedBench();
  builds.add(lumpy);
  await lookAt(mondayMs + 2, []);
  builds.add('lumpy-release/R29-1.0.0');
  expect(await idsAt(mondayMs + 3)).toEqual(['lumpy-release/R29-1.0.0']);
});

test('each task waits for itself, on the boards that it names', async () => {
  const one = await movedBench([
    aTask({ name: 'Chrome', runOn: 'new_chrome' }),
    aTask({ name: 'Named', suite: 'x', runOn: 'new_chrome', boards: ['lumpy'] }),
  ]);
  one.builds.add(lumpy);
  await one.lookAt(mondayMs + 2, fitted('lumpy', 'Chrome'));
  one.builds.add('lumpy-release/R29-1.0.0');
  expect((await one.lookAt(mondayMs + 3)).occurrences[0]?.boardsByTask).toEqual({
    Chrome: ['stumpy'],
    Named: ['lumpy'],
  });
  // One that is no longer in the configuration waits for nothing.
  one.tasks = one.tasks.filter(({ name }) => name === 'Chrome');
  one.builds.add('lumpy-release/R29-2.0.0');
  expect(await one.idsAt(mondayMs + 4)).toEqual([]);
});

test('Chrome that moves again has every task wait again, and serves those that waited', async () => {
  const { builds, chrome, lookAt, idsAt } = await movedBench();
  builds.add(lumpy);
  chrome.set('50.0.3-r1');
  expect((await lookAt(mondayMs + 2, fitted('lumpy'))).occurrences).toHaveLength(1);
  builds.add('lumpy-release/R28-3994.0.0');
  expect(await idsAt(mondayMs + 3)).toEqual(['lumpy-release/R28-3994.0.0']);
});

test('a Chrome that is not known, for now or yet, has not moved', async () => {
  const { builds, chrome, lookAt, idsAt } = bench();
  chrome.set(null);
  await lookAt(mondayMs);
  chrome.set('50.0.1-r1');
  await lookAt(mondayMs + 1);
  chrome.set(null);
  await lookAt(mondayMs + 2);
  chrome.set('50.0.1-r1');
  await lookAt(mondayMs + 3);
  builds.add(lumpy);
  expect(await idsAt(mondayMs + 4)).toEqual([]);
});

test('a build that passed too long ago is missed by those who waited, who go on waiting', async () => {
  const one = await movedBench([
    aTask({ name: 'Chrome', runOn: 'new_chrome', boards: ['lumpy'] }),
    aTask({ name: 'Other', runOn: 'new_chrome', boards: ['stumpy'] }),
  ]);
  one.builds.add(lumpy, mondayMs - 8 * dayMs);
  expect((await one.lookAt(mondayMs + 2)).missed).toEqual([
    { id: lumpy, dueMs: mondayMs - 8 * dayMs, tasks: ['Chrome'] },
  ]);
  one.builds.add('lumpy-release/R28-3994.0.0', mondayMs);
  expect(await one.idsAt(mondayMs + 3)).toEqual(['lumpy-release/R28-3994.0.0']);
});

test('only boards that somebody waits for are told of when they cannot answer', async () => {
  const quiet = bench();
  quiet.down.add('lumpy');
  await quiet.lookAt(mondayMs);
  expect(await quiet.idsAt(mondayMs + 1)).toEqual([]);
  const moved = await movedBench();
  moved.down.add('lumpy');
  expect((await moved.lookAt(mondayMs + 2)).occurrences).toMatchObject([{ boards: ['lumpy'], builds: [] }]);
});

test('a task may be named like a property of objects', async () => {
  const { builds, idsAt } = await movedBench([aTask({ name: 'constructor', runOn: 'new_chrome' })]);
  builds.add(lumpy);
  expect(await idsAt(mondayMs + 2)).toEqual([lumpy]);
});

describe('the state', () => {
  test('of hundreds of tasks on hundreds of boards is a short text', async () => {
    const tasks = Array.from({ length: 300 }, (_, n) => aTask({ name: `T${n}`, suite: `s${n}`, runOn: 'new_chrome' }));
    const one = bench(tasks);
    one.boards = Array.from({ length: 200 }, (_, n) => `board${n}`);
    await one.lookAt(mondayMs);
    one.chrome.set('50.0.2-r1');
    await one.lookAt(mondayMs + 1);
    expect(one.state?.length).toBeLessThan(10_000);
  });

  test.each([
    'nonsense',
    '{}',
    '{"cursor":"x","waiting":7}',
    '{"cursor":"x","waiting":[null,{},{"tasks":["Chrome"],"boards":[7]}],"revision":3}',
  ])('that was damaged (%s) is no reason to fail', async (state) => {
    const one = bench();
    one.state = state;
    expect(await one.idsAt(mondayMs)).toEqual([]);
    one.chrome.set('50.0.9-r1');
    await one.lookAt(mondayMs + 1);
    one.builds.add(lumpy);
    expect(await one.idsAt(mondayMs + 2)).toEqual([lumpy]);
  });
});

test('every task is meant, at the priority of builds', () => {
  const event = newChromeEvent(memoryChrome());
  expect(event).toMatchObject({ keyword: 'new_chrome', priority: 30, timeoutMins: 720, catchUpMs: 7 * dayMs });
  expect(event.skips(aTask(), anOccurrence(), {})).toBeNull();
  expect(event.settle?.({ occurrences: [], missed: [], state: 'nonsense' }, [])).toBe('nonsense');
  expect(() => newChromeEvent(memoryChrome(), { catchUpMs: -1 })).toThrow('catchUpMs');
});
