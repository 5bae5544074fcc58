import type * as fileSystem from 'node:fs/promises';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';

// Tests may run as root, for whom every folder can be read, so the file system has to be told to refuse.
const { refused } = vi.hoisted(() => ({ refused: new Map<string, string>() }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fileSystem>();
  const refusing =
    <Arguments extends readonly unknown[], Result>(call: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      const code = refused.get(String(args[0]));
      if (code !== undefined) throw Object.assign(new Error(`${code}: refused`), { code });
      return call(...args);
    };
  return { ...real, readdir: refusing(real.readdir), open: refusing(real.open), stat: refusing(real.stat) };
});

// Test files share their modules; this one needs those that have got the refusing file system.
vi.resetModules();
const { fileSystemControlFiles } = await import('../../src/control-files/file-system-control-files.js');
afterAll(() => vi.resetModules());

let root: string;
let folder: string;
let file: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'control-files-'));
  folder = join(root, 'client/tests/a');
  file = join(folder, 'control');
  await mkdir(folder, { recursive: true });
  await writeFile(file, 'x');
});
afterEach(async () => {
  refused.clear();
  await rm(root, { recursive: true });
});

test('a folder that cannot be read is an error that names it, since a test may be missed', async () => {
  refused.set(folder, 'EACCES');
  await expect(fileSystemControlFiles({ root }).list()).rejects.toMatchObject({
    code: 'ERR_CONTROL_FILE_FOLDER',
    folder,
    message: `cannot read ${folder}: EACCES: refused`,
    cause: { code: 'EACCES' },
  });
});

test('a file that cannot be read is an error that names it, not a file that is not there', async () => {
  refused.set(file, 'EACCES');
  const reading = fileSystemControlFiles({ root }).read('client/tests/a/control');
  await expect(reading).rejects.toMatchObject({ code: 'ERR_CONTROL_FILE_FOLDER', folder: file });
});

test('a file that is gone before it is opened is not there', async () => {
  const getter = fileSystemControlFiles({ root });
  expect(await getter.list()).toEqual(['client/tests/a/control']);
  refused.set(file, 'ENOENT');
  await expect(getter.read('client/tests/a/control')).rejects.toMatchObject({ code: 'ERR_CONTROL_FILE_NOT_FOUND' });
});
