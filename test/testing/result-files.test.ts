import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ResultFilesError } from '../../src/crashes/result-files.js';
import { resultFilesInFolder } from '../../src/crashes/result-files-in-folder.js';
import type { EmbeddedLab, EmbeddedLabOptions, TestScript } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';
import { build, jobRequest } from './job-request.js';

const maxBytes = 1e6;
const host = 'chromeos1-rack1-host1';
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lab-results-'));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
const newFolder = () => join(root, String(++folders));

/** A lab that has run one job of a test with that script, and the job's tag. */
async function labAfter(script: TestScript, options: EmbeddedLabOptions = {}, name = 'browser_Tabs') {
  const lab = await embeddedLab(options).board('x86-mario', { pool: 'bvt' }).test(name, script).start();
  const id = await lab.afe.createJob(jobRequest(name, { keyvals: { build, suite: 'bvt' } }));
  await lab.clock.sleep(3_600_000);
  return { lab, tag: `${id}-chromeos-test/${host}` };
}

async function read(lab: EmbeddedLab, tag: string, path: string): Promise<string> {
  return new TextDecoder().decode(await lab.resultFiles.read(tag, path, { maxBytes }));
}

const crashed: TestScript = {
  status: 'FAIL',
  reason: 'no\ttabs\nat all',
  durationMs: 60_000,
  crashes: [
    { process: 'chrome', function: 'browser::Tab::Close' },
    { process: 'chrome', function: 'main' },
  ],
};

describe.each([
  ['in memory', () => ({})],
  ['on disk', () => ({ resultsDir: newFolder() })],
])('result files %s', (_, options) => {
  test('a job that has ended left its logs, and a dump for each crash', async () => {
    const { lab, tag } = await labAfter(crashed, options());
    const files = await lab.resultFiles.list(tag);
    const dumps = [0, 1].map((more) => `browser_Tabs/sysinfo/crash/chrome.20260105.010810.${5444 + more}.dmp`);
    expect(files.map(({ path }) => path).sort()).toEqual([...dumps, 'debug/autoserv.DEBUG', 'keyval', 'status.log']);
    for (const { path, sizeBytes } of files) expect((await read(lab, tag, path)).length).toBe(sizeBytes);
    expect((await read(lab, tag, dumps[0] ?? '')).slice(0, 4)).toBe('MDMP');
    expect(await lab.resultFiles.read(tag, 'status.log', { maxBytes: 5 })).toHaveLength(5);
  });

  test('the logs tell what the results database tells', async () => {
    const { lab, tag } = await labAfter(crashed, options());
    const job = 'timestamp=1767604090\tlocaltime=Jan 05 01:08:10';
    expect((await read(lab, tag, 'status.log')).split('\n').map((line) => line.split('timestamp')[0])).toEqual([
      'START\t----\t----\t',
      '\tSTART\tbrowser_Tabs\tbrowser_Tabs\t',
      '\t\tFAIL\tbrowser_Tabs\tbrowser_Tabs\t',
      '  at all',
      '\tEND FAIL\tbrowser_Tabs\tbrowser_Tabs\t',
      '\tINFO\t----\t----\t',
      '\tINFO\t----\tNew Crash Dump\t',
      '\tINFO\t----\tNew Crash Dump\t',
      '\tINFO\t----\t----\t',
      'END FAIL\t----\t----\t',
      '',
    ]);
    expect(await read(lab, tag, 'status.log')).toContain(`START\t----\t----\t${job}\t\n`);
    expect(await read(lab, tag, 'status.log')).toContain('\tno        tabs\n  at all\n');
    expect((await read(lab, tag, 'keyval')).split('\n')).toEqual(
      expect.arrayContaining([`build=${build}`, 'suite=bvt', `hostname=${host}`, 'user=chromeos-test']),
    );
    expect(await read(lab, tag, 'debug/autoserv.DEBUG')).toContain('INFO | browser_Tabs: FAIL no tabs at all\n');
  });

  test('a job that was never run, or still runs, has left nothing', async () => {
    const lab = await embeddedLab(options()).board('x86-mario', { pool: 'bvt' }).test('x', crashed).start();
    const id = await lab.afe.createJob(jobRequest('x'));
    expect(await lab.resultFiles.list(`${id}-chromeos-test/${host}`)).toEqual([]);
    expect(await lab.resultFiles.list(`99-chromeos-test/${host}`)).toEqual([]);
    await lab.clock.sleep(3_600_000);
    expect(await lab.resultFiles.list(`${id}-chromeos-test/elsewhere`)).toEqual([]);
    expect(await lab.resultFiles.list(`${id}-chromeos-test/${host}`)).toHaveLength(5);
  });

  test('what is put beside a dump stays there', async () => {
    const { lab, tag } = await labAfter(crashed, options());
    const dump = (await lab.resultFiles.list(tag)).find(({ path }) => path.endsWith('.dmp'));
    const path = `${dump?.path ?? ''}.txt`;
    await lab.resultFiles.write(tag, path, 'größe');
    await lab.resultFiles.write(tag, path, 'größer');
    expect(await read(lab, tag, path)).toBe('größer');
    expect(await lab.resultFiles.list(tag)).toContainEqual({ path, sizeBytes: 8 });
  });

  test('nothing can be put where no folder is', async () => {
    const { lab, tag } = await labAfter('good', options());
    const write = (jobTag: string, path: string) => lab.resultFiles.write(jobTag, path, 'x');
    await expect(write(tag, 'nope/x')).rejects.toThrow(ResultFilesError);
    await expect(write(tag, 'debug')).rejects.toThrow(ResultFilesError);
    await expect(write(`99-me/${host}`, 'x')).rejects.toThrow(ResultFilesError);
    await expect(read(lab, tag, 'nope')).rejects.toThrow(ResultFilesError);
  });

  test('names that lead elsewhere are refused', async () => {
    const { lab, tag } = await labAfter('good', options());
    for (const odd of ['', '1-me', '1-me/..', '../1-me/x', '1-me/x/y', 'x-me/host']) {
      await expect(lab.resultFiles.list(odd)).rejects.toThrow(ResultFilesError);
    }
    for (const odd of ['', '..', '../keyval', '/keyval', 'debug//x', './keyval', '..\\x', 'a\0b', 'x'.repeat(5_000)]) {
      await expect(read(lab, tag, odd)).rejects.toThrow(ResultFilesError);
      await expect(lab.resultFiles.write(tag, odd, 'x')).rejects.toThrow(ResultFilesError);
    }
  });

  test('names of tests and programs lead nowhere either', async () => {
    const crashes = [{ process: '../../x y', function: 'f' }];
    const { lab, tag } = await labAfter({ status: 'GOOD', crashes }, options(), '../..');
    const paths = (await lab.resultFiles.list(tag)).map(({ path }) => path);
    expect(paths).toContainEqual(expect.stringMatching(/^_[^/]*\/sysinfo\/crash\/_[^/]*x_y\.[\d.]+\.dmp$/));
  });

  test('who has given up gets the reason', async () => {
    const { lab, tag } = await labAfter('good', options());
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(lab.resultFiles.list(tag, { signal })).rejects.toThrow('enough');
    await expect(lab.resultFiles.read(tag, 'keyval', { maxBytes, signal })).rejects.toThrow('enough');
  });

  test.each([
    ['machine-failure', 'FAIL', 'Lab: could not reach the DUT'],
    ['abort', 'ABORT', 'Lab: test aborted'],
  ] as const)('a job that ends as %s left its logs, and no dump', async (script, status, reason) => {
    const { lab, tag } = await labAfter(script, options());
    expect(await lab.resultFiles.list(tag)).toHaveLength(3);
    expect(await read(lab, tag, 'status.log')).toMatch(new RegExp(`\t${status}\t.*\t${reason}\n`));
  });
});

test('every job has its own files: a retry by its tag, a suite job without a host', async () => {
  const lab = await embeddedLab()
    .board('x86-mario', { pool: 'bvt' })
    .test('x', [{ status: 'FAIL', crashes: [{ process: 'chrome', function: 'f' }] }, 'good'])
    .start();
  const suite = lab.suiteJob();
  const ids: number[] = [];
  for (const keyvals of [{ build }, { build, retry_original_job_id: String(suite.id + 1) }]) {
    ids.push(await lab.afe.createJob(jobRequest('x', { keyvals })));
    await lab.clock.sleep(3_600_000);
  }
  expect(await lab.resultFiles.list(suite.tag)).toEqual([]);
  suite.finish();
  await lab.clock.sleep(60_000);
  const counts = await Promise.all(
    [...ids.map((id) => `${id}-chromeos-test/${host}`), suite.tag].map(
      async (tag) => (await lab.resultFiles.list(tag)).length,
    ),
  );
  expect(counts).toEqual([4, 3, 3]);
});

test('a lab keeps no more in memory than it has room for', async () => {
  const { lab, tag } = await labAfter('good');
  const text = 'x'.repeat(30 * 1024 * 1024);
  await lab.resultFiles.write(tag, 'a', text);
  await lab.resultFiles.write(tag, 'b', text);
  await lab.resultFiles.write(tag, 'b', text);
  await expect(lab.resultFiles.write(tag, 'c', text)).rejects.toThrow('no more room');
  expect((await lab.resultFiles.list(tag)).map(({ path }) => path)).not.toContain('c');
});

test('whoever reads a file cannot change it', async () => {
  const { lab, tag } = await labAfter('good');
  await lab.resultFiles.write(tag, 'note', 'abc');
  (await lab.resultFiles.read(tag, 'note', { maxBytes })).fill(0);
  expect(await read(lab, tag, 'note')).toBe('abc');
});

describe('a folder for results', () => {
  test('gets the files of all jobs that have ended, for whoever looks into it', async () => {
    const resultsDir = newFolder();
    const { lab, tag } = await labAfter(crashed, { resultsDir });
    await expect(readdir(resultsDir)).rejects.toThrow('ENOENT');
    await lab.writeResults();
    const files = await resultFilesInFolder({ root: resultsDir }).list(tag);
    expect([...files].sort(byPath)).toEqual([...(await lab.resultFiles.list(tag))].sort(byPath));
    expect(files).toHaveLength(5);
  });

  test('is written to once: what somebody changes there stays', async () => {
    const resultsDir = newFolder();
    const { lab, tag } = await labAfter('good', { resultsDir });
    await Promise.all([lab.resultFiles.list(tag), lab.writeResults(), lab.resultFiles.list(tag)]);
    await writeFile(join(resultsDir, tag, 'keyval'), 'mine=1\n');
    await lab.writeResults();
    expect(await read(lab, tag, 'keyval')).toBe('mine=1\n');
  });

  test('that cannot be written says so, each time', async () => {
    const file = newFolder();
    await writeFile(file, '');
    const { lab, tag } = await labAfter('good', { resultsDir: file });
    for (let turn = 0; turn < 2; turn++) await expect(lab.resultFiles.list(tag)).rejects.toThrow();
    expect(await readFile(file, 'utf8')).toBe('');
  });

  test('is needed to write into', async () => {
    const { lab } = await labAfter('good');
    await expect(lab.writeResults()).rejects.toMatchObject({ code: 'ERR_LAB_DESCRIPTION' });
  });
});

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}
