import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resultFilesInFolder } from '../../src/crashes/result-files-in-folder.js';
import { rejectionOf } from '../support/loopback-server.js';

const jobTag = '123-chromeos-test/chromeos1-rack2';
let root: string;
let warnings: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'results-'));
  warnings = [];
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, content = 'x'): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

function open(options: { readonly maxFiles?: number; readonly maxDepth?: number } = {}) {
  const ignore = () => {};
  const warn = (message: string) => void warnings.push(message);
  return resultFilesInFolder({ root, logger: { debug: ignore, info: ignore, warn, error: ignore }, ...options });
}

const pathsOf = async (files: ReturnType<typeof open>, options = {}) => {
  return (await files.list(jobTag, options)).map(({ path }) => path).sort();
};
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test('the files of a job are listed with their sizes, those of another are not', async () => {
  await put(`${jobTag}/status.log`, 'GOOD');
  await put(`${jobTag}/login_Crash/sysinfo/crash/a.dmp`, 'MDMP..');
  await put('124-chromeos-test/chromeos1-rack2/b.dmp');
  const files = await open().list(jobTag);
  expect([...files].sort((a, b) => a.sizeBytes - b.sizeBytes)).toEqual([
    { path: 'status.log', sizeBytes: 4 },
    { path: 'login_Crash/sysinfo/crash/a.dmp', sizeBytes: 6 },
  ]);
  expect(warnings).toEqual([]);
});

test('a job that left nothing has no files', async () => {
  expect(await open().list(jobTag)).toEqual([]);
});

test('the beginning of a file can be read', async () => {
  await put(`${jobTag}/a/b.dmp`, '0123456789');
  const files = open();
  expect(textOf(await files.read(jobTag, 'a/b.dmp', { maxBytes: 100 }))).toBe('0123456789');
  expect(textOf(await files.read(jobTag, 'a/b.dmp', { maxBytes: 4 }))).toBe('0123');
});

test('a file larger than one piece is read whole', async () => {
  const content = 'abc'.repeat(3 * 1024 * 1024);
  await put(`${jobTag}/a.dmp`, content);
  expect(textOf(await open().read(jobTag, 'a.dmp', { maxBytes: 1e9 })) === content).toBe(true);
});

test('a written file is there as a whole, replaces what was there, and leaves nothing else', async () => {
  await put(`${jobTag}/a/b.dmp`);
  const files = open();
  await files.write(jobTag, 'a/b.dmp.txt', 'first');
  await files.write(jobTag, 'a/b.dmp.txt', 'Thread 0 é');
  expect(await readFile(join(root, jobTag, 'a/b.dmp.txt'), 'utf8')).toBe('Thread 0 é');
  expect((await readdir(join(root, jobTag, 'a'))).sort()).toEqual(['b.dmp', 'b.dmp.txt']);
});

test('a write that fails is an error and leaves nothing behind', async () => {
  await mkdir(join(root, jobTag, 'a/b.dmp.txt/full'), { recursive: true });
  const error = await rejectionOf(open().write(jobTag, 'a/b.dmp.txt', 'stack'));
  expect(error).toMatchObject({ code: 'ERR_RESULT_FILES', jobTag, path: 'a/b.dmp.txt' });
  expect(await readdir(join(root, jobTag, 'a'))).toEqual(['b.dmp.txt']);
  expect(await rejectionOf(open().write(jobTag, 'nowhere/b.txt', 'x'))).toMatchObject({ code: 'ERR_RESULT_FILES' });
  expect(await rejectionOf(open().write('9-lab/host', 'b.txt', 'x'))).toMatchObject({ code: 'ERR_RESULT_FILES' });
});

test.each([
  '',
  '..',
  '../..',
  '123-lab',
  '123-lab/',
  '123-lab/..',
  '123-lab/.',
  '/123-lab/host',
  '../123-lab/host',
  '123-lab/../124-lab',
  '123-lab/host/..',
  '123-lab/host\0',
  '123-lab/ho st',
  '123-lab\n/host',
  'lab-123/host',
  '-lab/host',
  '123-../../host',
  `123-lab/${'h'.repeat(400)}`,
])('the tag %j leads nowhere', async (tag) => {
  await put('124-lab/host/a.dmp');
  const files = open();
  const expected = { code: 'ERR_RESULT_FILES', jobTag: tag };
  expect(await rejectionOf(files.list(tag))).toMatchObject(expected);
  expect(await rejectionOf(files.read(tag, 'a.dmp', { maxBytes: 10 }))).toMatchObject(expected);
  expect(await rejectionOf(files.write(tag, 'a.dmp.txt', 'x'))).toMatchObject(expected);
});

test.each([
  '',
  '.',
  '..',
  '../b.txt',
  'a/../../b.txt',
  '/etc/passwd',
  'a//b',
  'a/',
  '..\\b.txt',
  'a\0.txt',
  `${'a/'.repeat(3_000)}b`,
])('the path %j leads nowhere', async (path) => {
  await put(`${jobTag}/a/b.txt`);
  const files = open();
  const expected = { code: 'ERR_RESULT_FILES', path };
  expect(await rejectionOf(files.read(jobTag, path, { maxBytes: 10 }))).toMatchObject(expected);
  expect(await rejectionOf(files.write(jobTag, path, 'x'))).toMatchObject(expected);
});

test('tags and paths as the lab has them are fine', async () => {
  const files = open();
  for (const tag of ['1-a/hostless', '2-some.body@lab.example/192.168.231.100', '3-lab/a_b:22']) {
    await put(`${tag}/a b/c "d" é.dmp`);
    const [file] = await files.list(tag);
    expect(file?.path).toBe('a b/c "d" é.dmp');
    expect(textOf(await files.read(tag, 'a b/c "d" é.dmp', { maxBytes: 10 }))).toBe('x');
  }
});

test('no symbolic link leads out of the folder of a job, and none is listed', async () => {
  await put('secret/passwords.dmp', 'secret');
  await put(`${jobTag}/inside/a.dmp`, 'inside');
  await symlink(join(root, 'secret'), join(root, jobTag, 'folder'));
  await symlink(join(root, 'secret/passwords.dmp'), join(root, jobTag, 'link.dmp'));
  await symlink('.', join(root, jobTag, 'circle'));
  const files = open();
  expect(await pathsOf(files)).toEqual(['inside/a.dmp']);
  for (const path of ['folder/passwords.dmp', 'link.dmp']) {
    expect(await rejectionOf(files.read(jobTag, path, { maxBytes: 10 }))).toMatchObject({ code: 'ERR_RESULT_FILES' });
  }
  expect(await rejectionOf(files.write(jobTag, 'folder/new.txt', 'x'))).toMatchObject({ code: 'ERR_RESULT_FILES' });
  await files.write(jobTag, 'link.dmp', 'replaced');
  expect(await readFile(join(root, 'secret/passwords.dmp'), 'utf8')).toBe('secret');
  expect(await readdir(join(root, 'secret'))).toEqual(['passwords.dmp']);
});

test('a job whose folder is a link out of the results is refused', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
  await mkdir(join(root, '123-chromeos-test'));
  await symlink(elsewhere, join(root, jobTag));
  const error = await rejectionOf(open().list(jobTag));
  expect(error).toMatchObject({ code: 'ERR_RESULT_FILES', path: null });
  expect(String(error)).toContain('a link that leads elsewhere');
  await rm(elsewhere, { recursive: true });
});

test('what is no file is not listed and not waited for', async () => {
  await put(`${jobTag}/a.dmp`);
  await mkdir(join(root, jobTag, 'folder.dmp'));
  execFileSync('mkfifo', [join(root, jobTag, 'pipe.dmp')]);
  const files = open();
  expect(await pathsOf(files)).toEqual(['a.dmp']);
  for (const path of ['pipe.dmp', 'folder.dmp', 'missing.dmp']) {
    expect(await rejectionOf(files.read(jobTag, path, { maxBytes: 10 }))).toMatchObject({ code: 'ERR_RESULT_FILES' });
  }
});

test('a tree with too many files is cut, its upper levels first, with one warning', async () => {
  for (let folder = 0; folder < 20; folder += 1) {
    for (let file = 0; file < 10; file += 1) await put(`${jobTag}/f${folder}/${file}.log`);
  }
  await put(`${jobTag}/top.dmp`);
  const paths = await pathsOf(open({ maxFiles: 50 }));
  expect(paths).toContain('top.dmp');
  expect(paths).toHaveLength(50 - 20);
  expect(warnings).toEqual(['A job has too many files; some are left out']);
});

test('a tree of exactly as many files is no cause for a warning', async () => {
  await put(`${jobTag}/a/1.log`);
  await put(`${jobTag}/2.log`);
  expect(await pathsOf(open({ maxFiles: 3 }))).toEqual(['2.log', 'a/1.log']);
  expect(warnings).toEqual([]);
});

test('a tree that is too deep is cut with a warning', async () => {
  await put(`${jobTag}/1/2/in.dmp`);
  await put(`${jobTag}/1/2/3/out.dmp`);
  expect(await pathsOf(open({ maxDepth: 2 }))).toEqual(['1/2/in.dmp']);
  expect(warnings).toEqual(['Folders of a job that lie too deep are left out']);
});

test('a folder that cannot be read does not hide the others', async () => {
  await put(`${jobTag}/open/b.dmp`);
  // Deeper than a path can be long.
  const name = 'd'.repeat(250);
  const cwd = join(root, jobTag);
  execFileSync('sh', ['-c', `for i in $(seq 18); do mkdir ${name} && cd -P ${name}; done; touch deepest.dmp`], { cwd });
  try {
    expect(await pathsOf(open())).toEqual(['open/b.dmp']);
    expect(warnings).toEqual(['A folder of a job cannot be read and is left out']);
  } finally {
    execFileSync('rm', ['-rf', name], { cwd });
  }
});

test('no results at all, or a job that is no folder, is a clear error', async () => {
  await put('123-chromeos-test/chromeos1-rack2', 'a file');
  expect(String(await rejectionOf(open().list(jobTag)))).toContain('the folder cannot be read: ENOTDIR');
  await rm(root, { recursive: true });
  expect(String(await rejectionOf(open().list(jobTag)))).toContain('the folder of all results cannot be read: ENOENT');
});

test('listing and reading stop on an abort', async () => {
  await put(`${jobTag}/a/b.dmp`);
  const signal = AbortSignal.abort('enough');
  expect(await rejectionOf(open().list(jobTag, { signal }))).toBe('enough');
  expect(await rejectionOf(open().read(jobTag, 'a/b.dmp', { maxBytes: 10, signal }))).toBe('enough');

  const inWalk = new AbortController();
  const listing = open().list(jobTag, { signal: inWalk.signal });
  inWalk.abort('enough');
  expect(await rejectionOf(listing)).toBe('enough');
});
