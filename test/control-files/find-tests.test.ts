import { describe, expect, test } from 'vitest';
import { ControlFileNotFoundError } from '../../src/clients/dev-server/errors.js';
import { ControlFileError } from '../../src/control-files/control-file-error.js';
import { AmbiguousControlFileError, findControlFileByName } from '../../src/control-files/find-control-file.js';
import { findTests, listAllSuites } from '../../src/control-files/find-tests.js';
import { memoryControlFiles } from '../../src/control-files/memory-control-files.js';
import { inSuite, nameEquals } from '../../src/control-files/predicates.js';
import { timeIndex } from '../../src/control-files/test-time.js';
import type { ControlFileGetter } from '../../src/control-files/types.js';
import { controlFileText, suiteTest } from './control-file-text.js';
import { fixture } from './recorded-cases.js';

interface RecordedDiscovery {
  readonly find: { readonly files: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>>;
  readonly byName: { readonly by_name: Readonly<Record<string, unknown>>; readonly list: readonly string[] };
  readonly timeIndex: readonly (readonly [string, unknown])[];
}
const recorded: RecordedDiscovery = JSON.parse(fixture('discovery.json'));
const paths = (tests: readonly { readonly path: string }[]) => tests.map(({ path }) => path);

describe('the tree of the recording', () => {
  const getter = memoryControlFiles(recorded.find.files);

  test('a forgiving search finds what the original finds, and what D9 adds', async () => {
    const found = await findTests({ getter, suite: 's', predicates: [inSuite('s')] });
    const key = 'forgiving=True experimental=True run_prod=False';
    const original = recorded.find[key] as readonly { readonly path: string; readonly require_ssp: unknown }[];
    const ours = found.tests.map(({ path, requireSsp, time }) => ({ path, require_ssp: requireSsp, time }));
    expect(ours).toEqual(expect.arrayContaining([...original]));
    const added = paths(found.tests).filter((path) => !paths(original).includes(path));
    expect(added).toEqual(['client/site_tests/m/control']);
    expect(paths(found.skipped)).toEqual(['j', 'k', 'l', 'o'].map((name) => `client/site_tests/${name}/control`));
  });

  test('D6 the slowest come first, and by path among those with the same TIME', async () => {
    const { tests } = await findTests({ getter, predicates: [inSuite('s')] });
    const order = tests.map(({ time, path }) => [9 - timeIndex(time), path]);
    expect(order).toEqual([...order].sort());
  });

  test('a search that does not forgive fails with the name of the file', async () => {
    const search = findTests({ getter, predicates: [], forgiving: false });
    await expect(search).rejects.toMatchObject({ code: 'ERR_CONTROL_FILE', file: 'client/site_tests/j/control' });
  });

  test('control files of the lab server have no server-side packaging', async () => {
    const { tests } = await findTests({ getter, predicates: [inSuite('s')], runProdCode: true });
    expect(new Set(tests.map(({ requireSsp }) => requireSsp))).toEqual(new Set([false]));
  });

  test.each([
    ["'t'", 't'],
    ["'st'", 'st'],
    ["'S'", 'S'],
    ["'s,t'", 's,t'],
    ["' s'", ' s'],
    ["'s\\x00'", 's\0'],
  ])('suite %s', async (key, suite) => {
    const { tests } = await findTests({ getter, predicates: [inSuite(suite)] });
    expect(paths(tests)).toEqual(recorded.find[`forgiving=False good files, suite=${key}`]);
  });

  test('D2 no test is in a suite without a name', async () => {
    expect((await findTests({ getter, predicates: [inSuite('')] })).tests).toEqual([]);
  });
});

test('every predicate has to be satisfied', async () => {
  const getter = memoryControlFiles({ a: suiteTest('x', 'bvt'), b: suiteTest('y', 'bvt'), c: suiteTest('y', 'cq') });
  const { tests, listed } = await findTests({ getter, predicates: [inSuite('bvt'), nameEquals('y')] });
  expect([paths(tests), listed]).toEqual([['b'], 3]);
});

test('D8 deps and profilers are left out below the root of absolute paths, too', async () => {
  const files = ['/lab/deps/client/deps/x/control', '/lab/deps/client/site_tests/x/control'];
  const getter = memoryControlFiles(Object.fromEntries(files.map((path) => [path, suiteTest('x', 'bvt')])));
  const found = await findTests({ getter: { ...getter, root: '/lab/deps/' }, predicates: [] });
  expect(paths(found.tests)).toEqual(['/lab/deps/client/site_tests/x/control']);
});

test('every remark is told, in the order of the files', async () => {
  const getter = memoryControlFiles({ b: controlFileText('SUITE = x\n'), c: suiteTest('x', 'bvt'), a: 'x y\n' });
  const told: string[] = [];
  await findTests({ getter, predicates: [], onDiagnostic: ({ path, code }) => told.push(`${path} ${code}`) });
  expect(told).toEqual(['a syntax', 'b passed-over']);
});

describe('a server that narrows the search', () => {
  const suite = {
    'client/site_tests/a/control': suiteTest('a', 'bvt'),
    'client/deps/x/control': suiteTest('x', 'bvt'),
  };

  test('is asked once, and no file is read by itself', async () => {
    const refuse = () => Promise.reject(new Error('asked for more'));
    const getter: ControlFileGetter = {
      list: refuse,
      read: refuse,
      readSuite: async (name) => (name === 'bvt' ? new Map(Object.entries(suite)) : undefined),
    };
    const found = await findTests({ getter, suite: 'bvt', predicates: [inSuite('bvt')] });
    expect(paths(found.tests)).toEqual(['client/site_tests/a/control']);
    expect(found).toMatchObject({ listed: 1, suiteUnknownToServer: false });
  });

  test('that cannot send a suite at once is asked for the list of the suite', async () => {
    const asked: unknown[] = [];
    const memory = memoryControlFiles(suite);
    const getter: ControlFileGetter = {
      ...memory,
      list: (options) => {
        asked.push(options?.suite);
        return memory.list(options);
      },
      readSuite: async () => undefined,
    };
    const found = await findTests({ getter, suite: 'bvt', predicates: [inSuite('bvt')] });
    expect([found.listed, asked]).toEqual([1, ['bvt']]);
  });

  test('and lists everything does not know the suite', async () => {
    const files = ['a', 'b', 'c', 'd'].map((name) => [name, suiteTest(name, name === 'a' ? 'bvt' : 'cq')]);
    const getter = { ...memoryControlFiles(Object.fromEntries(files)), ignoresSuite: false };
    expect(await findTests({ getter, suite: 'bvt', predicates: [inSuite('bvt')] })).toMatchObject({
      suiteUnknownToServer: true,
      tests: [{ path: 'a' }],
    });
    expect(await findTests({ getter, suite: 'cq', predicates: [] })).toMatchObject({ suiteUnknownToServer: false });
    expect(await findTests({ getter, predicates: [] })).toMatchObject({ suiteUnknownToServer: false });
  });

  test('and a folder or a memory, which list everything for every suite, are not taken for such a server', async () => {
    const getter = memoryControlFiles({ a: suiteTest('a', 'cq'), b: suiteTest('b', 'cq') });
    expect(await findTests({ getter, suite: 'bvt', predicates: [] })).toMatchObject({ suiteUnknownToServer: false });
  });
});

describe('reading side by side', () => {
  /** A getter whose reads end when they are told to, or are aborted. */
  function slowGetter(count: number) {
    const names = Array.from({ length: count }, (_, index) => `f${index}`);
    const pending = new Map<string, { resolve(text: string): void; reject(error: unknown): void }>();
    const state = { started: 0, most: 0, pending };
    const getter: ControlFileGetter = {
      list: async () => names,
      read: (path, { signal } = {}) =>
        new Promise((resolve, reject) => {
          const settle = <Value>(end: (value: Value) => void) => {
            return (value: Value) => {
              signal?.removeEventListener('abort', cancel);
              pending.delete(path);
              end(value);
            };
          };
          const cancel = () => settle(reject)(signal?.reason);
          signal?.addEventListener('abort', cancel);
          pending.set(path, { resolve: settle(resolve), reject: settle(reject) });
          state.started++;
          state.most = Math.max(state.most, pending.size);
        }),
    };
    return { getter, state };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('no more files are read at a time than allowed', async () => {
    const { getter, state } = slowGetter(20);
    const search = findTests({ getter, predicates: [], concurrency: 3 });
    while (state.started < 20 || state.pending.size > 0) {
      await turn();
      for (const { resolve } of state.pending.values()) resolve(controlFileText());
    }
    expect((await search).tests).toHaveLength(20);
    expect(state.most).toBe(3);
  });

  test('a file that cannot be fetched fails the search and stops the others', async () => {
    const { getter, state } = slowGetter(20);
    const search = findTests({ getter, predicates: [] });
    await turn();
    const failure = new Error('gone');
    state.pending.get('f3')?.reject(failure);
    await expect(search).rejects.toBe(failure);
    expect([state.started, state.pending.size]).toEqual([8, 0]);
  });

  test('an abort rejects with its reason and leaves nothing under way', async () => {
    const { getter, state } = slowGetter(20);
    const controller = new AbortController();
    const search = findTests({ getter, predicates: [], signal: controller.signal, concurrency: 20 });
    await turn();
    expect(state.pending.size).toBe(20);
    controller.abort('enough');
    await expect(search).rejects.toBe('enough');
    expect(state.pending.size).toBe(0);
  });

  test('a search that is aborted before it starts asks nothing', async () => {
    const { getter, state } = slowGetter(1);
    await expect(findTests({ getter, predicates: [], signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(state.started).toBe(0);
  });

  test('a mistake in a callback is not taken for a bad file', async () => {
    const getter = memoryControlFiles({ a: 'x y\n' });
    const onDiagnostic = () => {
      throw new RangeError('mine');
    };
    await expect(findTests({ getter, predicates: [], onDiagnostic })).rejects.toThrow(RangeError);
  });
});

test('listAllSuites gives every name of every SUITE, sorted', async () => {
  const getter = memoryControlFiles({
    a: suiteTest('a', 'smoke, bvt'),
    b: suiteTest('b', 'bvt,cq'),
    c: 'not Python',
    'client/deps/d': suiteTest('d', 'deps'),
  });
  expect(await listAllSuites(getter)).toEqual(['bvt', 'cq', 'smoke']);
});

describe('D7 a control file by name: literal, from a path boundary on', () => {
  const getter = memoryControlFiles(
    new Map(recorded.byName.list.map((path) => [path, `contents of ${path}`] as const)),
  );
  // Where the recording differs.
  const corrected: Readonly<Record<string, unknown>> = { ar: undefined, 'my.test': 'contents of w/my.test/control' };

  test.each(Object.entries(recorded.byName.by_name).filter(([name]) => !name.startsWith('<')))(
    '%j',
    async (name, result) => {
      const expected = name in corrected ? corrected[name] : result;
      const search = findControlFileByName(getter, name);
      if (typeof expected === 'string') expect((await search).source).toBe(expected);
      else
        await expect(search).rejects.toMatchObject({
          code: expect.stringMatching(/^ERR_CONTROL_FILE_(NOT_FOUND|AMBIGUOUS)$/),
        });
    },
  );

  test('that is not there is an error with its name', async () => {
    const search = findControlFileByName(getter, 'nosuch');
    await expect(search).rejects.toBeInstanceOf(ControlFileNotFoundError);
    await expect(search).rejects.toMatchObject({ path: 'nosuch' });
  });

  test('that several files have is an error with their paths', async () => {
    const search = findControlFileByName(getter, 'foo');
    await expect(search).rejects.toBeInstanceOf(AmbiguousControlFileError);
    await expect(search).rejects.toMatchObject({ requested: 'foo', paths: ['a/foo/control', 'b/foo/control'] });
  });

  test('that has control in it may be a test of that name', async () => {
    const tests = memoryControlFiles({ 'client/site_tests/platform_controller/control': 'x' });
    expect((await findControlFileByName(tests, 'platform_controller')).path).toContain('platform_controller');
  });

  test('an ambiguous name shows some of the paths only', () => {
    const paths = Array.from({ length: 500 }, (_, index) => `a${index}/control`);
    expect(new AmbiguousControlFileError('control', paths).message).toMatch(/a9\/control and 490 more$/);
  });
});

describe('TIME', () => {
  test.each(recorded.timeIndex)('%s', (time, index) => {
    if (typeof index === 'number') expect(timeIndex(time)).toBe(index);
    else expect(() => timeIndex(time)).toThrow(RangeError);
  });
});

test('a file that cannot be parsed is a ControlFileError among the skipped', async () => {
  const { skipped } = await findTests({ getter: memoryControlFiles({ a: 'x y\n' }), predicates: [] });
  expect(skipped[0]?.error).toBeInstanceOf(ControlFileError);
});
