import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jsonReport } from '../../src/reports/json-report.js';
import { junitReport } from '../../src/reports/junit-report.js';
import { writeReports } from '../../src/reports/write-reports.js';
import { everyConclusion } from '../support/outcomes.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reports-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('all reports are written, into a folder that need not be there, and nothing else', async () => {
  const outcome = everyConclusion();
  const paths = await writeReports(outcome, { dir: join(dir, 'a/b') });

  expect(paths).toEqual({
    html: join(dir, 'a/b/report.html'),
    json: join(dir, 'a/b/report.json'),
    junit: join(dir, 'a/b/junit.xml'),
    tap: join(dir, 'a/b/report.tap'),
  });
  expect((await readdir(join(dir, 'a/b'))).sort()).toEqual(['junit.xml', 'report.html', 'report.json', 'report.tap']);
  expect(await readFile(join(dir, 'a/b/junit.xml'), 'utf8')).toBe(await junitReport(outcome));
});

test('only what was asked for is written, over what an earlier run left', async () => {
  await writeFile(join(dir, 'report.json'), 'old, and longer than what comes'.repeat(10_000));
  const outcome = everyConclusion();
  expect(await writeReports(outcome, { dir, formats: ['json', 'json'] })).toEqual({ json: join(dir, 'report.json') });
  expect(await readdir(dir)).toEqual(['report.json']);
  expect(await readFile(join(dir, 'report.json'), 'utf8')).toBe(jsonReport(outcome));
});

test('a file that cannot be written is an error, and leaves no draft', async () => {
  await writeReports(everyConclusion(), { dir: join(dir, 'report.tap'), formats: [] });
  await expect(writeReports(everyConclusion(), { dir, formats: ['tap'] })).rejects.toThrow();
  expect(await readdir(dir)).toEqual(['report.tap']);
});
