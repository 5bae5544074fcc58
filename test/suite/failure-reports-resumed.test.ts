import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  openSuiteJob,
  reimageAndRun,
  type BugReporter,
  type FailureReport,
  type FiledReport,
  type SuiteEvent,
} from '../../src/index.js';
import { MemorySuiteJob, type EmbeddedLab } from '../../src/testing/index.js';
import { controlFile, marioLab } from '../support/labs.js';

let resultDir = '';
beforeEach(async () => {
  resultDir = await mkdtemp(join(tmpdir(), 'reports-'));
});
afterEach(async () => {
  await rm(resultDir, { recursive: true });
});

const names = ['a', 'b ü/c', 'd'];

/** A lab in which one job fails in three ways. */
function labWithFailures(): Promise<EmbeddedLab> {
  const subtests = names.map((name) => ({ name, status: 'FAIL', reason: `broken ${name}` }) as const);
  return marioLab(controlFile('a'), { a: { status: 'FAIL', subtests } });
}

interface Told {
  readonly reported: string[];
  readonly events: SuiteEvent[];
}

/** Runs the suite in a suite job whose files outlive it. */
async function run(
  lab: EmbeddedLab,
  tag: string,
  answer: (failure: FailureReport) => Promise<FiledReport | null>,
): Promise<Told> {
  const told: Told = { reported: [], events: [] };
  const bugReporter: BugReporter = {
    report(failure) {
      told.reported.push(failure.test);
      return answer(failure);
    },
  };
  await reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    job: await openSuiteJob({ tag, resultDir }),
    fileBugs: true,
    bugReporter,
    reportLimits: { maxReportsPerAnchor: 10 },
    onEvent: (event) => told.events.push(event),
  });
  return told;
}

test('a resumed suite files no bug again, whatever the test is called, and files those that are missing', async () => {
  const lab = await labWithFailures();
  const { tag } = lab.suiteJob();
  const first = await run(lab, tag, ({ test: name }) =>
    name === 'd' ? Promise.reject(new Error('tracker away')) : Promise.resolve({ bugId: `BUG-${name.slice(0, 1)}` }),
  );
  expect(first.reported).toEqual(names);

  const second = await run(lab, tag, () => Promise.resolve({ bugId: 'BUG-d' }));
  expect(second.events.some(({ type }) => type === 'job-adopted')).toBe(true);
  expect(second.reported).toEqual(['d']);
  expect(second.events.filter(({ type }) => type === 'failure-reported')).toHaveLength(1);

  const third = await run(lab, tag, () => Promise.resolve({ bugId: 'BUG-e' }));
  expect(third.reported).toEqual([]);
});

test('an e-mail leaves nothing to know it by, and is sent again', async () => {
  const lab = await labWithFailures();
  const { tag } = lab.suiteJob();
  const mailed = () => Promise.resolve({});
  expect((await run(lab, tag, mailed)).reported).toEqual(names);
  expect((await run(lab, tag, mailed)).reported).toEqual(names);
});

test('a bug of another job of the test is no reason to keep silent', async () => {
  const lab = await labWithFailures();
  const filed = () => Promise.resolve({ bugId: '7' });
  await run(lab, lab.suiteJob().tag, filed);
  // Another suite job, whose keyvals land in the same file: its jobs have other ids.
  expect((await run(lab, lab.suiteJob().tag, filed)).reported).toEqual(names);
});

test('without a way to read the keyvals, everything is told again', async () => {
  const lab = await labWithFailures();
  const job = new MemorySuiteJob(lab.suiteJob().tag);
  let reports = 0;
  const bugReporter: BugReporter = {
    report() {
      reports += 1;
      return Promise.resolve({ bugId: '7' });
    },
  };
  const options = { ...lab.suiteArguments('bvt', 'x86-mario'), job, fileBugs: true, bugReporter };
  await reimageAndRun(options);
  await reimageAndRun(options);
  expect(reports).toBe(2 * names.length);
});
