import { renderControlFile } from 'dynamic-suite';
import { embeddedLab, type EmbeddedLab, type VirtualClock } from 'dynamic-suite/testing';

export const board = 'x86-mario';
export const suite = 'bench';
export const build = 'x86-mario-release/R19-1998.0.0';

/** A lab whose build has a suite of so many tests, all good, with control files of 1 KB. */
export function benchLab(options: {
  readonly tests: number;
  readonly hosts: number;
  readonly clock?: VirtualClock;
}): Promise<EmbeddedLab> {
  const { tests, hosts, clock = 'virtual' } = options;
  return embeddedLab({ clock })
    .board(board, { hosts, pool: 'bench' })
    .build(build, { controlFiles: Object.fromEntries(controlFiles(tests)) })
    .start();
}

/** Control files of 1 KB, path → text, of tests that are all in one suite. */
export function controlFiles(tests: number, { prefix, inSuite } = inBench): ReadonlyMap<string, string> {
  const names = Array.from({ length: tests }, (_, index) => `${prefix}${index + 1}`);
  return new Map(names.map((name) => [`client/site_tests/${name}/control`, controlFile(name, inSuite)]));
}

const inBench = { prefix: 'bench_Test', inSuite: suite };

export function controlFile(name: string, inSuite = suite): string {
  const fields = { name, author: 'The lab team', time: 'SHORT', testType: 'client', suites: [inSuite] } as const;
  const doc = 'What the test does, and what its results mean. ';
  const empty = renderControlFile({ ...fields, doc: '', code: `job.run_test('${name}')` });
  const lines = Math.ceil((1000 - empty.length) / doc.length);
  return renderControlFile({ ...fields, doc: doc.repeat(lines), code: `job.run_test('${name}')` });
}
