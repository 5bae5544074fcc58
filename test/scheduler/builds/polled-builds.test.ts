import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { devServerBuilds, type BuildFinder, type LatestBuildRequest } from '../../../src/index.js';
import { markOf, newBehind, readMark } from '../../../src/scheduler/builds/board-mark.js';
import { BuildIndex } from '../../../src/scheduler/builds/build-index.js';
import { passedBuild } from '../../../src/scheduler/builds/passed-build.js';
import { FakeClock } from '../../support/fake-clock.js';

/** A dev server that has what the map says, and fails for what it does not know. */
class ScriptedFinder implements BuildFinder {
  readonly staged = new Map<string, string | Error>();
  readonly requests: LatestBuildRequest[] = [];

  async getLatestBuild(request: LatestBuildRequest): Promise<string | undefined> {
    this.requests.push(request);
    const key = `${request.target}${request.milestone === undefined ? '' : ` ${request.milestone}`}`;
    const answer = this.staged.get(key);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

function setUp(options: { readonly milestones?: readonly number[] } = {}) {
  const devServer = new ScriptedFinder();
  const source = devServerBuilds({ devServer, clock: new FakeClock(), ...options });
  const since = async (cursor: string | null, boards: readonly string[] = ['link', 'lumpy']) => {
    const found = await source.passedSince({ boards, cursor });
    return { names: found.builds.map(({ name }) => name), cursor: found.cursor, unanswered: found.unanswered };
  };
  return { devServer, source, since };
}

describe('a dev server', () => {
  test('is asked once a turn for each board, type and milestone', async () => {
    const { devServer, source, since } = setUp({ milestones: [20, 21] });
    await source.refresh();
    await since(null);
    await since(null);
    await source.latest({ board: 'link', type: 'release' });
    const target = 'link-release';
    expect(devServer.requests.filter((request) => request.target === target)).toEqual([
      { target },
      { target, milestone: 'R20-' },
      { target, milestone: 'R21-' },
    ]);
    await source.refresh();
    await since(null);
    expect(devServer.requests.filter((request) => request.target === target)).toHaveLength(6);
  });

  test('an answer of another milestone is not one of the milestone that was asked for', async () => {
    const { devServer, source } = setUp({ milestones: [2] });
    devServer.staged.set('link-release R2-', 'link-release/R22-1.0.0');
    expect(await source.latest({ board: 'link', type: 'release' })).toBeNull();
  });

  test('a name that is none of a build is left out', async () => {
    const { devServer, source } = setUp();
    devServer.staged.set('link-release', 'link-release/R20-canary');
    expect(await source.latest({ board: 'link', type: 'release' })).toBeNull();
  });

  test('a board that fails is unanswered, the others are told, and its builds are told when it is back', async () => {
    const { devServer, source, since } = setUp();
    devServer.staged.set('link-release', 'link-release/R20-1.0.0');
    devServer.staged.set('lumpy-release', 'lumpy-release/R20-1.0.0');
    const first = await since(null);
    const away = new Error('away');
    devServer.staged.set('link-release', away);
    devServer.staged.set('lumpy-release', 'lumpy-release/R20-2.0.0');
    await source.refresh();
    const second = await since(first.cursor);
    expect(second).toMatchObject({
      names: ['lumpy-release/R20-2.0.0'],
      unanswered: [{ board: 'link', error: away }],
    });
    devServer.staged.set('link-release', 'link-release/R20-3.0.0');
    await source.refresh();
    expect(await since(second.cursor)).toMatchObject({ names: ['link-release/R20-3.0.0'], unanswered: [] });
  });

  test('a board that could never be asked for rejects with what it failed with', async () => {
    const { devServer, source } = setUp();
    const away = new Error('away');
    devServer.staged.set('link-release', away);
    await expect(source.latest({ board: 'link', type: 'release' })).rejects.toBe(away);
  });

  test('a board that is new in the lab does not have its old build told', async () => {
    const { devServer, source, since } = setUp();
    devServer.staged.set('lumpy-release', 'lumpy-release/R20-1.0.0');
    const first = await since(null, ['link']);
    const second = await since(first.cursor, ['link', 'lumpy']);
    expect(second.names).toEqual([]);
    devServer.staged.set('lumpy-release', 'lumpy-release/R20-2.0.0');
    await source.refresh();
    expect((await since(second.cursor)).names).toEqual(['lumpy-release/R20-2.0.0']);
  });

  test('a build that is not staged any more does not make an older one new', async () => {
    const { devServer, source, since } = setUp();
    devServer.staged.set('link-release', 'link-release/R20-2.0.0');
    const first = await since(null);
    devServer.staged.set('link-release', 'link-release/R20-1.0.0');
    await source.refresh();
    const second = await since(first.cursor);
    devServer.staged.set('link-release', 'link-release/R20-2.0.0');
    await source.refresh();
    expect([second.names, (await since(second.cursor)).names]).toEqual([[], []]);
  });

  test('the cursor of a source of another kind stands for its time: the latest is told, once', async () => {
    const { devServer, since } = setUp();
    devServer.staged.set('link-release', 'link-release/R20-2.0.0');
    const next = await since(JSON.stringify({ atMs: 5, revisions: {} }));
    expect(next.names).toEqual(['link-release/R20-2.0.0']);
    expect((await since(next.cursor)).names).toEqual([]);
  });

  test('a board that nobody asks about is not asked for for ever', async () => {
    const { devServer, source, since } = setUp();
    await since(null, ['link']);
    for (let turn = 0; turn < 20; turn += 1) await source.refresh();
    const asked = devServer.requests.length;
    await source.refresh();
    expect(devServer.requests).toHaveLength(asked);
  });

  test.each([{ types: [] }, { types: ['a-b'] }, { milestones: [1.5] }, { milestones: [-1] }])(
    'the options %j cannot work',
    (changes) => {
      const open = () => devServerBuilds({ devServer: new ScriptedFinder(), ...changes });
      expect(open).toThrow(expect.objectContaining({ code: 'ERR_BUILD_SOURCE_OPTION' }));
    },
  );
});

describe('marks', () => {
  const minuteMs = 60_000;

  test('each build is told once, however late those of other machines are listed within a quarter of an hour', () => {
    const late = fc.array(
      fc.record({ atMin: fc.integer({ min: 0, max: 200 }), lateMin: fc.integer({ min: 0, max: 14 }) }),
    );
    fc.assert(
      fc.property(late, (builds) => {
        const listed = builds.map(({ atMin, lateMin }, at) => ({
          build: passedBuild(`link-release/R20-${String(at)}.0.0`, (1_000 + atMin) * minuteMs),
          seenMin: 1_000 + atMin + lateMin,
        }));
        let mark = markOf(new BuildIndex());
        const told: string[] = [];
        for (let nowMin = 1_000; nowMin <= 1_220; nowMin += 5) {
          const index = new BuildIndex(listed.filter(({ seenMin }) => seenMin <= nowMin).map(({ build }) => build));
          told.push(...newBehind(mark, index).map(({ name }) => name));
          mark = readMark(JSON.parse(JSON.stringify(markOf(index, mark)))) ?? mark;
        }
        expect(told.toSorted()).toEqual(listed.map(({ build }) => build.name).toSorted());
      }),
    );
  });

  test.each([
    null,
    [],
    {},
    { atMs: '1', recent: [], latest: {} },
    { atMs: 1, recent: {}, latest: {} },
    { atMs: 1, recent: [] },
  ])('%j is no mark', (value) => {
    expect(readMark(value)).toBeUndefined();
  });
});
