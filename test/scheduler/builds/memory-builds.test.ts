import { expect, test } from 'vitest';
import { memoryBuilds } from '../../../src/index.js';
import { FakeClock } from '../../support/fake-clock.js';

test('a build that is told twice is one build, as it was told first', async () => {
  const source = memoryBuilds({ 'link-release/R20-1.0.0': 5 });
  source.add('link-release/R20-1.0.0', 9);
  const { builds } = await source.passedBetween({ boards: ['link'], afterMs: 0, upToMs: 10 });
  expect(builds).toMatchObject([{ name: 'link-release/R20-1.0.0', passedAtMs: 5 }]);
});

test('a build that is told without a time passed when it was told', async () => {
  const clock = new FakeClock({ now: 77 });
  const source = memoryBuilds({}, { clock });
  source.add('link-release/R20-1.0.0');
  expect(await source.latest({ board: 'link', type: 'release' })).toMatchObject({ passedAtMs: 77 });
});

test('builds whose time is not known are told by their latest', async () => {
  const source = memoryBuilds({ 'link-release/R20-1.0.0': null, 'link-release/R20-2.0.0': null });
  const { builds } = await source.passedBetween({ boards: ['link'], afterMs: 50, upToMs: 60 });
  expect(builds.map(({ name }) => name)).toEqual(['link-release/R20-2.0.0']);
});

test('the cursor of another process stands for its time', async () => {
  const clock = new FakeClock({ now: 100 });
  const { cursor } = await memoryBuilds({ 'a-release/R1-1.0': 1 }, { clock }).passedSince({
    boards: ['a'],
    cursor: null,
  });
  const other = memoryBuilds({ 'a-release/R1-2.0': 100, 'a-release/R1-3.0': 101 }, { clock });
  const { builds } = await other.passedSince({ boards: ['a'], cursor });
  expect(builds.map(({ name }) => name)).toEqual(['a-release/R1-3.0']);
});

test.each([
  '',
  'link',
  'link-release/LATEST',
  'link-release/R20-1.0.0/bvt',
  'link-release/R020-1.0',
  'link-release/R20-...',
  'a b-release/R1-1.0',
])('%j is not the name of a build', (name) => {
  const source = memoryBuilds();
  expect(() => source.add(name, 1)).toThrow(expect.objectContaining({ code: 'ERR_BUILD_NAME' }));
});

test('the top of the tree may come from elsewhere', async () => {
  const source = memoryBuilds({ 'link-release/R20-1.0.0': 1 }, { topOfTree: async () => 22 });
  expect(await source.topOfTree()).toBe(22);
  expect(await memoryBuilds().topOfTree()).toBeNull();
});
