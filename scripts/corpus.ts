/**
 * Writes the part of the example tree that is made from tables: `npm run corpus`.
 *
 * Files that are not in the tables were written by hand, because what matters in them is how they are written; they are
 * left alone.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderControlFile, type TestType } from 'dynamic-suite';
import { areaNotes } from './corpus/area-notes.js';
import { clientTests } from './corpus/client-tests.js';
import { serverTests } from './corpus/server-tests.js';
import { suites, type SuiteRow } from './corpus/suites.js';
import type { TestRow } from './corpus/test-row.js';

const root = fileURLToPath(new URL('../examples/build', import.meta.url));
const author = 'The lab team';

/** Path below `examples/build` → text, of every file that the tables describe. */
export function corpusFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...clientTests.map((row) => [testPath(row, 'client'), testFile(row, 'client')] as const),
    ...serverTests.map((row) => [testPath(row, 'server'), testFile(row, 'server')] as const),
    ...suites.map((row) => [`test_suites/control.${row.name}`, suiteFile(row)] as const),
  ]);
}

function testPath({ name }: TestRow, testType: TestType): string {
  const [folder = name, variant] = name.split('.');
  return `${testType}/site_tests/${folder}/control${variant === undefined ? '' : `.${variant}`}`;
}

function testFile(row: TestRow, testType: TestType): string {
  const { doc, run = '', ...fields } = row;
  const [folder = row.name] = row.name.split('.');
  const [area = folder] = folder.split('_');
  const code = testType === 'client' ? clientCode(folder, run) : serverCode(folder, run, row.syncCount ?? 1);
  const defaults = { author, testCategory: 'Functional', testClass: area };
  const notes = areaNotes[area] ?? [];
  return renderControlFile({ ...defaults, ...fields, testType, doc: [...doc, '', ...notes].join('\n'), code });
}

function clientCode(test: string, args: string): string {
  return `job.run_test(${pythonArguments(`'${test}'`, args)})`;
}

function serverCode(test: string, args: string, hosts: number): string {
  if (hosts === 1) {
    return [
      'def run(machine):',
      '    host = hosts.create_host(machine)',
      `    job.run_test(${pythonArguments(`'${test}'`, 'host=host', args)})`,
      '',
      '',
      'parallel_simple(run, machines)',
    ].join('\n');
  }
  return [
    'from autotest_lib.server import utils',
    '',
    '',
    'def run(group):',
    '    together = [hosts.create_host(machine) for machine in group]',
    `    job.run_test(${pythonArguments(`'${test}'`, 'hosts=together', args)})`,
    '',
    '',
    'groups, left_over, log = utils.form_ntuples_from_machines(machines, SYNC_COUNT)',
    'job.parallel_simple(run, groups, log=False)',
  ].join('\n');
}

function suiteFile({ name, time, doc, args = {} }: SuiteRow): string {
  const code = [
    'import common',
    'from autotest_lib.server.cros.dynamic_suite import dynamic_suite',
    '',
    `args_dict['name'] = '${name}'`,
    ...Object.entries(args).map(([key, value]) => `args_dict['${key}'] = ${value}`),
    "args_dict['job'] = job",
    '',
    'dynamic_suite.reimage_and_run(**args_dict)',
  ].join('\n');
  const kind = { testType: 'server', testCategory: 'General', testClass: 'suite' } as const;
  return renderControlFile({ author, name, time, ...kind, doc: doc.join('\n'), code });
}

function pythonArguments(...args: readonly string[]): string {
  return args.filter((arg) => arg !== '').join(', ');
}

async function writeCorpus(): Promise<void> {
  const files = corpusFiles();
  for (const [path, text] of files) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  console.log(`${files.size} control files written to examples/build`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeCorpus();
