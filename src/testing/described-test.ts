import { renderControlFile, type ControlFileFields } from '../index.js';
import { LabDescriptionError } from './errors.js';

/**
 * A test as data: the fields of its control file, of which only `name` has to be given. A test that leaves them out is a
 * client test with TIME `SHORT`, an author and a DOC, in no suite, and without retries. A name `<folder>.<variant>` is
 * the NAME of `<folder>/control.<variant>`.
 */
export type DescribedTest = Pick<ControlFileFields, 'name'> & Partial<Omit<ControlFileFields, 'name'>>;

/** Control files by their path below a build's `autotest` folder. */
export type RenderedFiles = ReadonlyMap<string, string>;

/**
 * The control files of some tests, and `test_suites/control.<suite>` of the suites that they are in, as
 * `create_suite_job` wants it.
 *
 * @throws LabDescriptionError for names that make no path, or two tests of one path
 */
export function renderTests(tests: readonly DescribedTest[]): RenderedFiles {
  const files = new Map<string, string>();
  for (const test of tests) {
    const path = pathOf(test);
    if (files.has(path)) throw new LabDescriptionError(`the test ${test.name} is described twice`);
    files.set(path, renderControlFile({ ...usual, code: `job.run_test('${folderOf(test.name)}')`, ...test }));
  }
  for (const suite of new Set(tests.flatMap(({ suites }) => suites ?? []))) {
    files.set(`test_suites/control.${checkSuite(suite)}`, suiteFile(suite));
  }
  return files;
}

/** The tests of some suites as a build has them: one that is in several suites is there once, with what all say of it. */
export function testsOfSuites(
  suites: Iterable<readonly [suite: string, tests: readonly (string | DescribedTest)[]]>,
): readonly DescribedTest[] {
  const byName = new Map<string, DescribedTest>();
  for (const [suite, tests] of suites) {
    checkSuite(suite);
    for (const given of tests) {
      const test = typeof given === 'string' ? { name: given } : given;
      const before = byName.get(test.name);
      const inSuites = new Set([...(before?.suites ?? []), suite, ...(test.suites ?? [])]);
      byName.set(test.name, { ...before, ...test, suites: [...inSuites] });
    }
  }
  return [...byName.values()];
}

const usual = {
  author: 'The lab team',
  doc: 'A test of the embedded lab.',
  time: 'SHORT',
  testType: 'client',
} as const;

function pathOf({ name, testType = usual.testType }: DescribedTest): string {
  if (!/^\w[\w-]{0,99}(\.[\w.-]{1,100})?$/.test(name)) {
    throw new LabDescriptionError(
      `the test ${JSON.stringify(name.slice(0, 100))}: expected letters, digits, _ and -, and maybe a dot and a variant; ` +
        'other names take a control file of your own, in controlFiles',
    );
  }
  const folder = folderOf(name);
  return `${testType.toLowerCase()}/site_tests/${folder}/control${name.slice(folder.length)}`;
}

function folderOf(name: string): string {
  return name.replace(/\..*$/, '');
}

function checkSuite(suite: string): string {
  if (/^\w[\w.:-]{0,99}$/.test(suite)) return suite;
  throw new LabDescriptionError(
    `the suite ${JSON.stringify(suite.slice(0, 100))}: expected letters, digits, _ . : and -`,
  );
}

function suiteFile(suite: string): string {
  return renderControlFile({
    ...usual,
    name: suite,
    doc: `Runs the suite ${suite}.`,
    testType: 'server',
    code: 'dynamic_suite.reimage_and_run(**args_dict)',
  });
}
