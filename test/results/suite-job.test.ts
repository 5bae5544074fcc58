import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StatusCode, StatusEntry } from '../../src/results/status-log.js';
import { openSuiteJob } from '../../src/results/suite-job.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'suite-job-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function entry(code: StatusCode, operation: string, reason = ''): StatusEntry {
  return { code, subdir: null, operation, reason, timeMs: 0 };
}

async function statusLog(): Promise<string[]> {
  const text = await readFile(join(folder, 'results', 'status.log'), 'utf8');
  return text.replace(/\n$/u, '').split('\n');
}

test('makes its folder and writes both files in the format of the lab', async () => {
  const job = await openSuiteJob({ tag: '123-lab/hostless', resultDir: join(folder, 'results'), timeZone: 'UTC' });
  await job.record(entry('INFO', 'Start bvt'));
  await job.writeKeyvals({ suite: 'bvt' });
  expect(job.tag).toBe('123-lab/hostless');
  expect(await statusLog()).toEqual(['INFO\t----\tStart bvt\ttimestamp=0\tlocaltime=Jan 01 00:00:00\t']);
  expect(await readFile(join(folder, 'results', 'keyval'), 'utf8')).toBe('suite=bvt\n');
});

test('what happens between START and END is indented, END itself is not', async () => {
  const job = await openSuiteJob({ tag: '1-lab/hostless', resultDir: join(folder, 'results') });
  for (const each of [
    entry('START', 'a'),
    entry('FAIL', 'a', 'x\nEND GOOD'),
    entry('END FAIL', 'a'),
    entry('INFO', 'b'),
  ]) {
    await job.record(each);
  }
  const starts = (await statusLog()).map((line) => line.split('\t----')[0]);
  expect(starts).toEqual(['START', '\tFAIL', '  END GOOD', 'END FAIL', 'INFO']);
});

test('opened again it goes on at the depth where the log ends', async () => {
  const options = { tag: '1-lab/hostless', resultDir: join(folder, 'results') };
  await (await openSuiteJob(options)).record(entry('START', 'a'));
  const again = await openSuiteJob(options);
  await again.record(entry('GOOD', 'a', 'fine\nEND OF STORY'));
  await (await openSuiteJob(options)).record(entry('END GOOD', 'a'));
  const starts = (await statusLog()).map((line) => line.split('\t----')[0]);
  expect(starts).toEqual(['START', '\tGOOD', '  END OF STORY', 'END GOOD']);
});
