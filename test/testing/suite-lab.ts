import type { EmbeddedLab, EmbeddedLabOptions } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';

export const boards = ['x86-mario', 'lumpy'] as const;
export const buildOf = (board: string) => `${board}-release/R28-3993.0.0`;

/** Two boards with a suite of three tests: one good, one that fails at first, one that always fails. */
export async function suiteLab(options: EmbeddedLabOptions = {}): Promise<EmbeddedLab> {
  const builder = embeddedLab(options).test('flaky_Test', ['fail', 'good']).test('bad_Test', 'fail');
  for (const board of boards) {
    builder.board(board, { hosts: 2, pool: 'bvt' }).build(buildOf(board), {
      controlFiles: {
        ...Object.fromEntries(
          ['good_Test', 'flaky_Test', 'bad_Test'].map((name) => [`server/site_tests/${name}/control`, testFile(name)]),
        ),
        'test_suites/control.bvt': "NAME = 'bvt'\ndynamic_suite.reimage_and_run(**args_dict)\n",
        'test_suites/control.empty': '',
        'test_suites/control.foreign': Buffer.from("NAME = 'caf\u00e9'\n"),
      },
    });
  }
  return await builder.start();
}

function testFile(name: string): string {
  const lines = `AUTHOR = 'lab'\nDOC = 'x'\nTIME = 'SHORT'\nTEST_TYPE = 'server'\nSUITE = 'bvt'\nJOB_RETRIES = 1\n`;
  return `NAME = '${name}'\n${lines}`;
}

/** Arguments of `create_suite_job`. */
export function bvtOn(board: string, more: object = {}): Readonly<Record<string, unknown>> {
  return { name: 'bvt', board, build: buildOf(board), pool: 'bvt', job_retry: true, ...more };
}

export async function createSuiteJob(lab: EmbeddedLab, args: Readonly<Record<string, unknown>>): Promise<number> {
  return Number(await lab.afe.call('create_suite_job', args));
}
