import { describe, expect, test } from 'vitest';
import { ControlFileCache } from '../../src/control-files/control-file-cache.js';
import { findTests } from '../../src/control-files/find-tests.js';
import { memoryControlFiles } from '../../src/control-files/memory-control-files.js';
import { inSuite } from '../../src/control-files/predicates.js';
import type { ControlFileGetter } from '../../src/control-files/types.js';
import { suiteTest } from './control-file-text.js';

const build = 'link-release/R46-1.0.0';

/** A getter that tells what it was asked. */
function counting(files: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const memory = memoryControlFiles(files);
  const getter: ControlFileGetter = {
    root: '/lab',
    list: (options) => {
      asked.push(`list ${options?.suite ?? '*'}`);
      return memory.list(options);
    },
    read: (path, options) => {
      asked.push(`read ${path}`);
      return memory.read(path, options);
    },
  };
  return { getter, asked };
}

/** A getter whose one file comes when told, and which heeds an abort. */
function slow() {
  const fetches: {
    resolve(text: string): void;
    reject(error: unknown): void;
    readonly signal: AbortSignal | undefined;
  }[] = [];
  const getter: ControlFileGetter = {
    list: async () => ['a'],
    read: (_, { signal } = {}) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        fetches.push({ resolve, reject, signal });
      }),
  };
  return { getter, fetches };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
const files = { a: suiteTest('a', 'bvt'), b: suiteTest('b', 'bvt, cq') };

test('several suites of one build fetch each list and each file once', async () => {
  const { getter, asked } = counting(files);
  const cached = new ControlFileCache().of(build, getter);
  const search = (suite: string) => findTests({ getter: cached, predicates: [inSuite(suite)] });
  const found = await Promise.all([search('bvt'), search('cq'), search('bvt')]);
  await search('cq');
  expect(found.map(({ tests }) => tests.map(({ name }) => name))).toEqual([['a', 'b'], ['b'], ['a', 'b']]);
  expect(asked.sort()).toEqual(['list *', 'read a', 'read b']);
});

test('lists of suites are told apart, and each is fetched once', async () => {
  const { getter, asked } = counting(files);
  const cached = new ControlFileCache().of(build, getter);
  for (const suite of ['bvt', 'cq', 'bvt', undefined, '']) await cached.list({ suite });
  expect(asked).toEqual(['list bvt', 'list cq', 'list *', 'list ']);
});

test('a suite that comes at once is kept, and so is that it cannot', async () => {
  let asked = 0;
  const { getter } = counting({});
  const readSuite = async (suite: string) => {
    asked++;
    return suite === 'bvt' ? new Map([['a', 'x']]) : undefined;
  };
  const cached = new ControlFileCache().of(build, { ...getter, readSuite });
  for (const suite of ['bvt', 'bvt', 'cq', 'cq']) await cached.readSuite?.(suite);
  expect(await cached.readSuite?.('bvt')).toEqual(new Map([['a', 'x']]));
  expect(asked).toBe(2);
});

test('a getter keeps what it says of itself', () => {
  const { getter } = counting({});
  const cached = new ControlFileCache().of(build, { ...getter, ignoresSuite: true });
  expect([cached.root, cached.ignoresSuite, 'readSuite' in cached]).toEqual(['/lab', true, false]);
});

test('builds are told apart, getters of one build are not', async () => {
  const [first, second, third] = [counting(files), counting(files), counting(files)];
  const cache = new ControlFileCache();
  for (const { getter } of [first, second]) await cache.of(build, getter).read('a');
  await cache.of('other', third.getter).read('a');
  expect([first.asked, second.asked, third.asked]).toEqual([['read a'], [], ['read a']]);
});

test('two caches share nothing', async () => {
  const { getter, asked } = counting(files);
  await new ControlFileCache().of(build, getter).read('a');
  await new ControlFileCache().of(build, getter).read('a');
  expect(asked).toHaveLength(2);
});

describe('failures', () => {
  test('are told to all who wait, and the next asker tries again', async () => {
    const { getter, fetches } = slow();
    const cached = new ControlFileCache().of(build, getter);
    const askers = [cached.read('a'), cached.read('a')];
    await turn();
    const failure = new Error('gone');
    fetches[0]?.reject(failure);
    expect(await Promise.allSettled(askers)).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ]);
    const again = cached.read('a');
    await turn();
    fetches[1]?.resolve('x');
    expect([await again, fetches.length]).toEqual(['x', 2]);
  });

  test('of a getter that throws at once are rejections like any other', async () => {
    const getter: ControlFileGetter = {
      list: () => {
        throw new Error('mine');
      },
      read: async () => 'x',
    };
    const cached = new ControlFileCache().of(build, getter);
    await expect(cached.list()).rejects.toThrow('mine');
    await expect(cached.list()).rejects.toThrow('mine');
  });
});

describe('an abort', () => {
  test('of one asker rejects with its reason and does not fail the others', async () => {
    const { getter, fetches } = slow();
    const cached = new ControlFileCache().of(build, getter);
    const controller = new AbortController();
    const [impatient, patient] = [cached.read('a', { signal: controller.signal }), cached.read('a')];
    await turn();
    controller.abort('enough');
    await expect(impatient).rejects.toBe('enough');
    expect(fetches[0]?.signal?.aborted).toBe(false);
    fetches[0]?.resolve('x');
    expect([await patient, await cached.read('a'), fetches.length]).toEqual(['x', 'x', 1]);
  });

  test('of the last asker stops the fetch, and nothing of it is kept', async () => {
    const { getter, fetches } = slow();
    const cached = new ControlFileCache().of(build, getter);
    const controllers = [new AbortController(), new AbortController()];
    const askers = controllers.map(({ signal }) => cached.read('a', { signal }));
    await turn();
    for (const [index, controller] of controllers.entries()) controller.abort(index);
    expect(await Promise.allSettled(askers)).toMatchObject([{ reason: 0 }, { reason: 1 }]);
    expect(fetches[0]?.signal?.aborted).toBe(true);
  });

  test('of the last asker is no failure for the next, even while the fetch winds down', async () => {
    const { getter, fetches } = slow();
    const cached = new ControlFileCache().of(build, getter);
    const controller = new AbortController();
    const left = cached.read('a', { signal: controller.signal });
    await turn();
    controller.abort('enough');
    const next = cached.read('a');
    await expect(left).rejects.toBe('enough');
    await turn();
    const another = cached.read('a');
    fetches[1]?.resolve('x');
    expect([await next, await another, fetches.length]).toEqual(['x', 'x', 2]);
  });

  test('before the question asks nothing', async () => {
    const { getter, asked } = counting(files);
    const cached = new ControlFileCache().of(build, getter);
    await expect(cached.read('a', { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(asked).toEqual([]);
  });

  test('rejects also when the getter does not heed it', async () => {
    const getter: ControlFileGetter = { list: async () => ['a'], read: async () => 'x' };
    const cache = new ControlFileCache();
    const controller = new AbortController();
    const left = cache.of(build, getter).read('a', { signal: controller.signal });
    controller.abort('enough');
    await expect(left).rejects.toBe('enough');
    expect(cache.size).toEqual({ builds: 0, bytes: 0 });
  });
});

describe('room', () => {
  const texts = { a: 'x'.repeat(1_000), b: 'y'.repeat(1_000), c: 'z'.repeat(1_000), large: 'x'.repeat(5_000) };

  test('is for so many builds, and the least recently used goes first', async () => {
    const { getter, asked } = counting(texts);
    const cache = new ControlFileCache({ maxBuilds: 2 });
    for (const each of ['1', '2', '1', '3', '1', '2']) await cache.of(each, getter).read('a');
    expect(asked).toHaveLength(4);
    expect(cache.size.builds).toBe(2);
  });

  test('is for so many bytes, and the least recently used goes first', async () => {
    const { getter, asked } = counting(texts);
    const cache = new ControlFileCache({ maxBytes: 2_500 });
    const cached = cache.of(build, getter);
    for (const path of ['a', 'b', 'a', 'c', 'a', 'b']) await cached.read(path);
    expect(asked).toEqual(['read a', 'read b', 'read c', 'read b']);
    expect(cache.size.bytes).toBeLessThanOrEqual(2_500);
  });

  test('is not made for what cannot fit', async () => {
    const { getter, asked } = counting(texts);
    const cached = new ControlFileCache({ maxBytes: 2_500 }).of(build, getter);
    for (const path of ['a', 'large', 'large', 'a']) await cached.read(path);
    expect(asked).toEqual(['read a', 'read large', 'read large']);
  });

  test('is counted for lists, bytes and whole suites, too', async () => {
    const cache = new ControlFileCache();
    const getter: ControlFileGetter = {
      list: async () => ['a'.repeat(100)],
      read: async () => new Uint8Array(1_000),
      readSuite: async () => new Map([['a', 'é'.repeat(5_000)]]),
    };
    const cached = cache.of('b', getter);
    await Promise.all([cached.list(), cached.read('a'), cached.readSuite?.('s')]);
    expect(cache.size.bytes).toBeGreaterThan(11_100);
    expect(cache.size.bytes).toBeLessThan(11_300);
  });

  test.each([{ maxBuilds: 0 }, { maxBytes: 1.5 }, { maxBytes: Number.NaN }])('%o is refused', (bounds) => {
    expect(() => new ControlFileCache(bounds)).toThrow(RangeError);
  });
});
