import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLabTime } from '../../src/clients/lab-time.js';
import { EntryKeys } from '../../src/results/entry-keys.js';
import { readStatusLog } from '../../src/results/read-status-log.js';
import { renderStatusEntry, type StatusCode, type StatusEntry } from '../../src/results/status-log.js';
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

/** START, result and END of a test, as a suite records them. */
function group(code: 'GOOD' | 'FAIL', operation: string, jobId: string): StatusEntry[] {
  const codes = ['START', code, `END ${code}`] as const;
  return codes.map((each) => ({
    ...entry(each, operation),
    fields: { job_id: jobId },
    key: keyOf(code, operation, jobId),
  }));
}

function keyOf(code: StatusCode, operation: string, jobId: string): string {
  return new EntryKeys().next({ code, operation, fields: { job_id: jobId } });
}

describe('opened again after a kill', () => {
  const tag = '1-lab/hostless';

  test('entries that the log has already are passed over, others are not', async () => {
    const options = { tag, resultDir: join(folder, 'results') };
    await (await openSuiteJob(options)).recordAll?.(group('FAIL', 'a\tb', '7'));
    const before = await statusLog();
    const again = await openSuiteJob(options);
    await again.recordAll?.(group('FAIL', 'a\tb', '7'));
    for (const each of group('FAIL', 'a\tb', '7')) await again.record(each);
    expect(await statusLog()).toEqual(before);
    await again.recordAll?.(group('FAIL', 'a\tb', '8'));
    await again.record(entry('INFO', 'without a key'));
    await again.record(entry('INFO', 'without a key'));
    expect(await statusLog()).toHaveLength(before.length + 5);
  });

  test('wherever the log was torn off, the entries are there once when they have been recorded again', async () => {
    const options = { tag, resultDir: join(folder, 'results') };
    const all = [...group('GOOD', 'a', '7'), ...group('FAIL', 'b', '8')];
    const record = async () => {
      const job = await openSuiteJob(options);
      for (let index = 0; index < all.length; index += 3) await job.recordAll?.(all.slice(index, index + 3));
    };
    await record();
    const path = join(folder, 'results', 'status.log');
    const whole = await readFile(path);
    for (let bytes = 0; bytes <= whole.length; bytes += 7) {
      await writeFile(path, whole.subarray(0, bytes));
      await record();
      expect((await readFile(path)).toString()).toBe(whole.toString());
    }
  });

  test('a START of somebody else stays open, and a suite’s own within it is cut off', async () => {
    const options = { tag, resultDir: join(folder, 'results') };
    const job = await openSuiteJob(options);
    await job.record(entry('START', 'outer'));
    await job.record({ ...entry('START', 'a'), fields: { job_id: '7' } });
    await (await openSuiteJob(options)).record(entry('INFO', 'b'));
    expect((await statusLog()).map((line) => line.split('\t----')[0])).toEqual(['START', '\tINFO']);
  });

  test('a torn keyval is cut off, and all there ever were can be read', async () => {
    const options = { tag, resultDir: join(folder, 'results') };
    const job = await openSuiteJob(options);
    for (const value of ['1', '1', '2', '1 # one']) await job.writeKeyvals({ key: value });
    await appendFile(join(folder, 'results', 'keyval'), 'torn=12');
    const again = await openSuiteJob(options);
    expect(await again.readKeyvals?.()).toEqual([
      ['key', '1'],
      ['key', '2'],
      ['key', '1 _ one'],
    ]);
    await again.writeKeyvals({ key: '1 # one', torn: '123' });
    expect(await readFile(join(folder, 'results', 'keyval'), 'utf8')).toBe('key=1\nkey=2\nkey=1 _ one\ntorn=123\n');
  });
});

test('any entry is known again from the line that tells of it', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, text, fc.constantFrom('INFO', 'GOOD', 'TEST_NA'), (operation, suite, reason, code) => {
      const given: StatusEntry = { ...entry(code, operation, reason), fields: { suite } };
      const line = `${renderStatusEntry(given, { labTime: createLabTime('UTC') })}\n`;
      const { keys, wholeBytes } = readStatusLog(Buffer.from(line));
      expect([...keys]).toEqual([new EntryKeys().next(given)]);
      expect(wholeBytes).toBe(Buffer.byteLength(line));
    }),
  );
});
