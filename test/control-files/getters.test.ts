import { linkSync, mkdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ControlFileNotFoundError } from '../../src/clients/dev-server/errors.js';
import type { DevServerClient } from '../../src/clients/dev-server/types.js';
import { devServerControlFiles } from '../../src/control-files/dev-server-control-files.js';
import { ControlFileFolderError, fileSystemControlFiles } from '../../src/control-files/file-system-control-files.js';
import { memoryControlFiles } from '../../src/control-files/memory-control-files.js';

describe('control files in memory', () => {
  const files = new Map([['a/control', 'x']]);
  const getter = memoryControlFiles(files);

  test('are listed and read', async () => {
    expect(await getter.list()).toEqual(['a/control']);
    expect(await getter.read('a/control')).toBe('x');
  });

  test('are a copy', async () => {
    files.set('later', 'y');
    expect(await getter.list()).toEqual(['a/control']);
  });

  test.each(['b/control', '__proto__', 'toString'])('%s is not found', async (path) => {
    await expect(memoryControlFiles({ a: 'x' }).read(path)).rejects.toMatchObject({
      code: 'ERR_CONTROL_FILE_NOT_FOUND',
      path,
    });
  });

  test('heed an abort', async () => {
    const signal = AbortSignal.abort('no');
    await expect(getter.list({ signal })).rejects.toBe('no');
    await expect(getter.read('a/control', { signal })).rejects.toBe('no');
  });
});

test('control files of a dev server are those of its build', async () => {
  const asked: unknown[] = [];
  const unused = () => Promise.reject(new Error('not asked for'));
  const client: DevServerClient = {
    url: 'http://devserver',
    stage: unused,
    resolveBuild: unused,
    listControlFiles: async (request) => {
      asked.push(request);
      return ['a'];
    },
    getControlFile: async (request) => {
      asked.push(request);
      return Buffer.from('x');
    },
    listSuiteControls: async (request, options) => {
      asked.push(request, options);
      return new Map([['a', 'x']]);
    },
  };
  const { signal } = new AbortController();
  const getter = devServerControlFiles({ client, build: 'link-release/R46-1.0.0' });
  expect(await getter.list({ suite: 'bvt' })).toEqual(['a']);
  expect(await getter.read('a')).toEqual(Buffer.from('x'));
  expect(await getter.readSuite?.('bvt', { signal })).toEqual(new Map([['a', 'x']]));
  const build = 'link-release/R46-1.0.0';
  expect(asked).toEqual([{ build, suite: 'bvt' }, { build, path: 'a' }, { build, suite: 'bvt' }, { signal }]);
});

describe('control files in folders', () => {
  let folder: string;
  let root: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'control-files-'));
    root = join(folder, 'autotest');
    await mkdir(root);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(...paths: readonly string[]) {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), `# ${path}`);
    }
  }
  const list = () => fileSystemControlFiles({ root }).list();
  const read = (path: string) => fileSystemControlFiles({ root }).read(path);

  test('are found in the four folders of tests only', async () => {
    await write(
      'autotest/server/site_tests/a/control',
      'autotest/client/site_tests/b/sub/control.fast',
      'autotest/server/tests/c/control.srv',
      'autotest/client/tests/d/control',
      'autotest/client/deps/e/control',
      'autotest/client/tests/d/controlx',
      'autotest/client/tests/d/control.',
      'autotest/client/tests/d/d.py',
      'autotest/control',
    );
    expect(await list()).toEqual([
      'client/site_tests/b/sub/control.fast',
      'client/tests/d/control',
      'server/site_tests/a/control',
      'server/tests/c/control.srv',
    ]);
    expect(Buffer.from(await read('client/tests/d/control')).toString()).toBe('# autotest/client/tests/d/control');
  });

  test('links are followed below the root, never in a circle, never out of it', async () => {
    await write('autotest/client/tests/a/control', 'elsewhere/x/control', 'autotest/other/control');
    const tests = join(root, 'client/tests');
    await symlink(join(root, 'client'), join(tests, 'a/loop'));
    await symlink('..', join(tests, 'a/up'));
    await symlink('circle', join(tests, 'circle'));
    await symlink(join(folder, 'elsewhere'), join(tests, 'out'));
    await symlink(join(folder, 'elsewhere/x/control'), join(tests, 'a/control.out'));
    await symlink(join(root, 'other'), join(tests, 'b'));
    await symlink('control', join(tests, 'a/control.link'));
    await symlink('nowhere', join(tests, 'a/control.gone'));
    expect(await list()).toEqual(['client/tests/a/control', 'client/tests/a/control.link', 'client/tests/b/control']);
    for (const path of ['client/tests/a/control.out', 'client/tests/out/x/control', 'client/tests/circle']) {
      await expect(read(path)).rejects.toBeInstanceOf(ControlFileNotFoundError);
    }
  });

  test('a root that is itself a link is fine', async () => {
    await write('autotest/client/tests/a/control');
    await symlink(root, join(folder, 'current'));
    const getter = fileSystemControlFiles({ root: join(folder, 'current') });
    expect(await getter.list()).toEqual(['client/tests/a/control']);
    expect(await getter.read('client/tests/a/control')).toHaveLength('# autotest/client/tests/a/control'.length);
  });

  test.each(['client/tests/nosuch/control', '../secret', 'client', '', 'client/tests/a/control/x', 'a\0b'])(
    'there is no control file %j',
    async (path) => {
      await write('secret', 'autotest/client/tests/a/control');
      await expect(read(path)).rejects.toBeInstanceOf(ControlFileNotFoundError);
    },
  );

  test('a root that is not there is an error that names it', async () => {
    const getter = fileSystemControlFiles({ root: join(folder, 'nosuch') });
    await expect(getter.list()).rejects.toMatchObject({
      code: 'ERR_CONTROL_FILE_FOLDER',
      folder: join(folder, 'nosuch'),
    });
    await expect(getter.read('a')).rejects.toBeInstanceOf(ControlFileFolderError);
  });

  test('a root without tests has none', async () => {
    expect(await list()).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('a folder that cannot be read is an error that names it', async () => {
    await write('autotest/client/tests/a/control');
    const closed = join(root, 'client/tests/a');
    await chmod(closed, 0o000);
    await expect(list()).rejects.toMatchObject({ code: 'ERR_CONTROL_FILE_FOLDER', folder: closed });
    await chmod(closed, 0o700);
  });

  test('are found in a tree of 20,000 files, each once and in order', async () => {
    await write('autotest/x');
    for (let folder = 0; folder < 200; folder++) {
      const tests = join(root, `client/site_tests/test_${folder}`);
      mkdirSync(tests, { recursive: true });
      // A hard link costs a fraction of a file.
      for (let file = 0; file < 100; file++) {
        linkSync(join(root, 'x'), join(tests, file < 50 ? `control.${file}` : `data.${file}`));
      }
    }
    await symlink(join(root, 'client/site_tests'), join(root, 'client/tests'));
    const listed = await list();
    expect(listed).toHaveLength(10_000);
    expect(listed).toEqual([...new Set(listed)].sort());
    expect(listed[0]).toBe('client/site_tests/test_0/control.0');
  });

  test('are found however deep they lie', async () => {
    const deep = `client/tests/${'a/'.repeat(100)}control`;
    await write(`autotest/${deep}`);
    expect(await list()).toEqual([deep]);
    expect(await read(deep)).toHaveLength(`# autotest/${deep}`.length);
  });

  test('of an endless file only the start is read', async () => {
    await write('autotest/client/tests/a/control');
    const getter = fileSystemControlFiles({ root, maxBytes: 5 });
    expect(await getter.read('client/tests/a/control')).toHaveLength(6);
  });

  test('heed an abort', async () => {
    const signal = AbortSignal.abort('no');
    await expect(fileSystemControlFiles({ root }).list({ signal })).rejects.toBe('no');
    await expect(fileSystemControlFiles({ root }).read('x', { signal })).rejects.toBe('no');
  });
});
