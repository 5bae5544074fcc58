import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { atMost, median, type Figure, type FigureGroup } from './figure.js';

/** What `lab-start-process.mjs` sends; all in milliseconds. */
interface LabStartAnswer {
  /** Each start of a small lab. */
  readonly startsMs: readonly number[];
  /** Each test, the first one first. */
  readonly testsMs: readonly number[];
  /** The processor's time for all the tests. */
  readonly testsCpuMs: number;
}

const runs = 5;
const builtLibrary = new URL('../dist/index.js', import.meta.url).href;
const builtTesting = new URL('../dist/testing/index.js', import.meta.url).href;

/** What a lab costs somebody's tests: its start, and twenty tests in a process that has only just begun. */
export async function labTestFigures(): Promise<readonly FigureGroup[]> {
  const title = 'The embedded lab in tests, in a new process each time';
  if (!existsSync(fileURLToPath(builtTesting))) {
    return [
      { title, figures: names.map((name) => ({ name, value: null, unit: 'ms', note: 'not built: npm run build' })) },
    ];
  }
  const answers: LabStartAnswer[] = [];
  for (let run = 0; run < runs; run++) answers.push(await runTests());
  const values = [
    median(answers.flatMap(({ startsMs }) => startsMs)),
    median(answers.map(({ testsMs }) => testsMs.reduce((sum, ms) => sum + ms, 0))),
    median(answers.map(({ testsCpuMs }) => testsCpuMs)),
    median(answers.map(({ testsMs }) => testsMs[0] ?? Number.NaN)),
    median(answers.map(({ testsMs }) => testsMs.at(-1) ?? Number.NaN)),
  ];
  const targets = [atMost(5), atMost(1000)];
  return [
    {
      title,
      figures: names.map((name, index): Figure => {
        const [value, target] = [values[index] ?? null, targets[index]];
        return { name, value, unit: 'ms', ...(target === undefined ? {} : { target }) };
      }),
    },
  ];
}

const names = [
  'start of a small lab',
  'twenty tests of a suite with a retry',
  "the processor's time for them",
  'the first of them',
  'the last of them',
];

/** The package as it is built, on a bare node: what reads TypeScript would be measured as well. */
function runTests(): Promise<LabStartAnswer> {
  const program = fileURLToPath(new URL('lab-start-process.mjs', import.meta.url));
  const child = fork(program, [builtLibrary, builtTesting], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('message', (answer: LabStartAnswer) => resolve(answer));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it answered`)));
  });
}
