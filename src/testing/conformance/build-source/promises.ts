import assert from 'node:assert/strict';
import { errorOf, rejectionOf } from '../expect-rejection.js';
import { allBoards, type BuildSourcePromise, type Workbench } from './workbench.js';

/** The promises of `BuildSource`. */
export function buildSourcePromises(): readonly BuildSourcePromise[] {
  return promises;
}

const promises: readonly BuildSourcePromise[] = [
  {
    name: 'passedSince: a first look tells no builds, and none of those that were there are told later',
    check: async (bench) => {
      await bench.pass('link-release/R19-1998.0.0');
      const first = await bench.since(null);
      assert.deepEqual(first.names, [], 'a first look should tell no builds, only where it stands');
      await bench.source.refresh();
      assert.deepEqual((await bench.since(first.cursor)).names, [], 'builds of before the first look are not new');
    },
  },
  {
    name: 'passedSince: what has come since is told once, oldest first',
    check: async (bench) => {
      await bench.pass('link-release/R19-1998.0.0');
      const cursor = await bench.cursor();
      await bench.pass('link-release/R20-2057.0.9', 'daisy_spring-release/R19-1998.0.1');
      const next = await bench.since(cursor);
      const expected = ['link-release/R20-2057.0.9', 'daisy_spring-release/R19-1998.0.1'];
      assert.deepEqual(sorted(next.names), sorted(expected), 'passedSince should tell what has come since the cursor');
      await bench.source.refresh();
      assert.deepEqual((await bench.since(next.cursor)).names, [], 'passedSince should tell a build once');
      assert.deepEqual((await bench.since(cursor)).names, next.names, 'the same cursor should tell the same again');
    },
  },
  {
    name: 'passedSince: of several builds of a branch none is left out, oldest first',
    of: 'all',
    check: async (bench) => {
      const names = ['link-release/R20-2057.0.10', 'link-release/R20-2057.0.9', 'link-paladin/R20-2057.0.9'];
      await bench.source.refresh();
      const cursor = await bench.cursor();
      await bench.pass(...names);
      assert.deepEqual((await bench.since(cursor)).names, names, 'passedSince should tell every build, by its time');
    },
  },
  {
    name: 'passedSince: builds of other boards are not told, whatever their names begin with',
    check: async (bench) => {
      const boards = ['x86-alex', 'link'];
      await bench.source.refresh();
      const cursor = await bench.cursor(boards);
      await bench.pass(
        'x86-alex_he-release/R20-2057.0.1',
        'x86-alex-he-release/R20-2057.0.2',
        'x86-alex-release/R20-2057.0.3',
      );
      const { names } = await bench.since(cursor, boards);
      assert.deepEqual(names, ['x86-alex-release/R20-2057.0.3'], 'passedSince should tell builds of these boards only');
    },
  },
  {
    name: 'passedSince: builds that come one at a time are each told once',
    check: async (bench) => {
      await bench.source.refresh();
      let cursor = await bench.cursor();
      for (let patch = 8; patch < 12; patch += 1) {
        const name = `link-release/R20-2057.0.${String(patch)}`;
        await bench.pass(name);
        const next = await bench.since(cursor);
        assert.deepEqual(next.names, [name], 'passedSince should tell the one build that has come');
        ({ cursor } = next);
      }
    },
  },
  {
    name: 'passedSince: a text that is no cursor rejects nothing, and the cursor after it can be used',
    check: async (bench) => {
      await bench.pass('link-release/R19-1998.0.0');
      for (const garbage of ['', 'garbage', '{}', '[]', '{"atMs":"x"}', '\u0000']) {
        const { cursor } = await bench.since(garbage);
        assert.deepEqual((await bench.since(cursor)).names, [], `the cursor after ${garbage} should stand behind all`);
      }
    },
  },
  {
    name: 'passedSince: a cursor outlives the process: nothing is lost, nothing doubled',
    check: async (bench) => {
      await bench.pass('link-release/R19-1998.0.0');
      const cursor = await bench.cursor();
      await bench.passUnseen('link-release/R20-2057.0.9');
      if (!(await bench.restart())) return;
      await bench.source.refresh();
      const next = await bench.since(cursor);
      assert.deepEqual(next.names, ['link-release/R20-2057.0.9'], 'what came during a restart should be told');
      assert.deepEqual((await bench.since(next.cursor)).names, [], 'and it should be told once');
    },
  },
  {
    name: 'refresh: rejects when nothing can be had; what is known is still told, and what came meanwhile afterwards',
    check: async (bench) => {
      await bench.pass('link-release/R19-1998.0.0');
      const cursor = await bench.cursor();
      const before = await bench.source.latest({ board: 'link', type: 'release' });
      await bench.passUnseen('link-release/R20-2057.0.9');
      if (!(await bench.connect(false))) return;
      await errorOf(bench.source.refresh(), Error, 'refresh should reject when nothing can be had');
      const after = await bench.source.latest({ board: 'link', type: 'release' });
      assert.deepEqual(after, before, 'what was fetched before should still be told');
      const meanwhile = await bench.since(cursor);
      assert.deepEqual(meanwhile.names, [], 'nothing new is known while nothing can be had');
      await bench.connect(true);
      await bench.source.refresh();
      const next = await bench.since(meanwhile.cursor);
      assert.deepEqual(next.names, ['link-release/R20-2057.0.9'], 'what came meanwhile should be told');
      assert.deepEqual((await bench.since(next.cursor)).names, [], 'and it should be told once');
    },
  },
  {
    name: 'passedBetween: after the one time, up to the other, oldest first, of these boards',
    of: 'all',
    check: async (bench) => {
      const names = ['link-release/R20-2057.0.8', 'link-paladin/R20-2057.0.8', 'link-release/R20-2057.0.7'];
      const [first = 0, second = 0, third = 0] = await bench.pass(...names, 'x86-alex-release/R20-2057.0.7');
      const between = async (afterMs: number, upToMs: number) => {
        const { builds, unanswered } = await bench.source.passedBetween({ boards: ['link'], afterMs, upToMs });
        assert.deepEqual(unanswered, [], 'every board was looked for');
        return builds.map(({ name }) => name);
      };
      assert.deepEqual(await between(0, third), names, 'passedBetween should tell all builds of the time, by time');
      assert.deepEqual(await between(first, third), names.slice(1), 'a build at the earlier time is not after it');
      assert.deepEqual(await between(0, second), names.slice(0, 2), 'a build at the later time is not after it');
      assert.deepEqual(await between(third, third + 1_000), [], 'passedBetween should tell nothing of another time');
    },
  },
  {
    name: 'passedBetween: of builds whose time is not known, the latest of each board, type and milestone',
    of: 'latest',
    check: async (bench) => {
      await bench.pass('link-release/R19-1998.0.0', 'link-release/R20-2057.0.9', 'link-paladin/R20-2057.0.8');
      // Whoever has to ask for builds asks for those of the boards that it was asked about.
      const request = { boards: ['link', 'x86-alex'], afterMs: 0, upToMs: bench.clock.now() };
      const { builds } = await bench.source.passedBetween(request);
      const expected = [
        bench.build({ board: 'link', type: 'release', milestone: 19, version: '1998.0.0' }, undefined),
        bench.build({ board: 'link', type: 'paladin', milestone: 20, version: '2057.0.8' }, undefined),
        bench.build({ board: 'link', type: 'release', milestone: 20, version: '2057.0.9' }, undefined),
      ];
      assert.deepEqual(builds, expected, 'passedBetween should tell the latest of each type and milestone');
    },
  },
  {
    name: 'every build comes with its board, type, milestone, version and time',
    check: async (bench) => {
      const [atMs] = await bench.pass('daisy_spring-firmware/R9-1412.33.0', 'x86-alex-he-factory/R17-1412.33.1');
      const build = await bench.source.latest({ board: 'daisy_spring', type: 'firmware' });
      const parts = { board: 'daisy_spring', type: 'firmware', milestone: 9, version: '1412.33.0' };
      assert.deepEqual(build, bench.build(parts, atMs), 'a build should come with all its parts');
    },
  },
  {
    name: 'latest: milestones and versions are compared as numbers',
    check: async (bench) => {
      await bench.pass('link-release/R9-999.0.0', 'link-release/R20-2057.0.9', 'link-release/R20-2057.0.10');
      assert.equal(await latest(bench), 'link-release/R20-2057.0.10', 'latest should give the highest of all');
      assert.equal(await latest(bench, 9), 'link-release/R9-999.0.0', 'latest should give the highest of a milestone');
      assert.equal(await latest(bench, 21), undefined, 'latest should be null for a milestone without builds');
    },
  },
  {
    name: 'latest: null for a board and for a type without builds',
    check: async (bench) => {
      await bench.pass('link-release/R20-2057.0.9');
      for (const request of [
        { board: 'x86-alex', type: 'release' },
        { board: 'link', type: 'paladin' },
      ]) {
        assert.equal(await bench.source.latest(request), null, 'latest should be null where there is no build');
      }
    },
  },
  {
    name: 'topOfTree: a milestone, or null where it is not known',
    check: async (bench) => {
      await bench.pass('link-release/R20-2057.0.9', 'link-release/R9-999.0.0');
      await latest(bench);
      const milestone = await bench.source.topOfTree();
      assert.ok(milestone === null || milestone >= 20, 'topOfTree should be the highest milestone, or null');
    },
  },
  {
    name: 'every call: with a signal that is aborted already, rejects with its reason',
    check: async (bench) => {
      await bench.pass('link-release/R20-2057.0.9');
      const reason = new Error('not now');
      const options = { signal: AbortSignal.abort(reason) };
      const { source } = bench;
      const calls = {
        refresh: () => source.refresh(options),
        passedBetween: () => source.passedBetween({ boards: allBoards, afterMs: 0, upToMs: 1 }, options),
        passedSince: () => source.passedSince({ boards: allBoards, cursor: null }, options),
        latest: () => source.latest({ board: 'link', type: 'release' }, options),
        topOfTree: () => source.topOfTree(options),
      };
      for (const [method, call] of Object.entries(calls)) {
        const rejection = await rejectionOf(call(), `${method} should reject when its signal is aborted`);
        assert.equal(rejection, reason, `${method} should reject with the reason of the signal`);
      }
    },
  },
];

async function latest(bench: Workbench, milestone?: number): Promise<string | undefined> {
  return (await bench.source.latest({ board: 'link', type: 'release', milestone }))?.name;
}

function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort();
}
