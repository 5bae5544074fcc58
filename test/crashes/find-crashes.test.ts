import { expect, test } from 'vitest';
import { resolveCrashLimits } from '../../src/crashes/crash-limits.js';
import { findCrashes } from '../../src/crashes/find-crashes.js';

const limits = resolveCrashLimits();
const file = (path: string, sizeBytes = 100) => ({ path, sizeBytes });

test('the dumps of a job are its *.dmp files, in the order of their paths', () => {
  const files = ['t/b.dmp', 'status.log', 't/a.dmp', 't/a.dmp.txt', 't/x.dmp.meta', 't/dmp', 't/C.DMP'].map((path) => {
    return file(path);
  });
  expect(findCrashes(files, limits)).toEqual({
    dumps: [
      { path: 't/a.dmp', sizeBytes: 100, stackPath: 't/a.dmp.txt', hasStack: true },
      { path: 't/b.dmp', sizeBytes: 100, stackPath: 't/b.dmp.txt', hasStack: false },
    ],
    leftOut: [],
  });
});

test('20 dumps of 50 MiB are taken, and what is left out is told', () => {
  const names = Array.from({ length: 22 }, (_, index) => `crash/${String(index).padStart(2, '0')}.dmp`);
  const files = [
    ...names.map((name) => file(name, 50 * 1024 * 1024)),
    file('big.dmp', 50 * 1024 * 1024 + 1),
    file('a.dmp', 0),
  ];
  const { dumps, leftOut } = findCrashes(files, limits);
  expect(dumps.map(({ path }) => path)).toEqual(names.slice(0, 20));
  expect(leftOut.map(({ path, problem }) => [path, problem])).toEqual([
    ['a.dmp', 'the crash dump is empty'],
    ['big.dmp', 'the crash dump is larger than 52428800 bytes'],
    ['crash/20.dmp', 'the job has more than 20 crash dumps'],
    ['crash/21.dmp', 'the job has more than 20 crash dumps'],
  ]);
});

test('the list that it is given stays as it is', () => {
  const files = [file('b.dmp'), file('a.dmp')];
  findCrashes(files, resolveCrashLimits({ maxDumps: 1 }));
  expect(files.map(({ path }) => path)).toEqual(['b.dmp', 'a.dmp']);
});
