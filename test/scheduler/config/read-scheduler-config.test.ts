import { mkdtemp, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSchedulerConfig } from '../../../src/scheduler/config/read-scheduler-config.js';
import { readWholeFile } from '../../../src/scheduler/config/read-whole-file.js';
import { FakeClock } from '../../support/fake-clock.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scheduler-config-'));
  path = join(folder, 'suites.ini');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const section = (name: string, suite = 'bvt') => `[${name}]\nsuite: ${suite}\nrun_on: nightly\n`;

async function config() {
  const read = await readSchedulerConfig(path);
  const { reread } = read;
  if (reread === undefined) throw new Error('a configuration of a file can be read again');
  return { read, reread };
}

describe('a configuration file', () => {
  test('is read with its problems', async () => {
    await writeFile(path, `${section('A')}[B]\n`);
    const { tasks, problems } = await readSchedulerConfig(path);
    expect([tasks.map(({ name }) => name), problems.map((problem) => problem.section)]).toEqual([['A'], ['B']]);
  });

  test('may name events of one’s own', async () => {
    await writeFile(path, '[A]\nsuite: s\nrun_on: lab_idle\n');
    expect((await readSchedulerConfig(path, { events: ['lab_idle'] })).tasks).toHaveLength(1);
  });

  test('may have comments in any encoding', async () => {
    await writeFile(path, Buffer.concat([Buffer.from([0x23, 0xfc, 0xff, 0x0a]), Buffer.from(section('A'))]));
    expect((await readSchedulerConfig(path)).tasks).toHaveLength(1);
  });

  test('is read while a virtual clock stands still', async () => {
    await writeFile(path, section('A'));
    const clock = new FakeClock();
    const reading = readSchedulerConfig(path, { clock });
    expect(clock.holds).toBe(1);
    await reading;
    expect(clock.holds).toBe(0);
  });

  test('is not read when the signal has aborted', async () => {
    await writeFile(path, section('A'));
    const reason = new Error('enough');
    await expect(readSchedulerConfig(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const { reread } = await config();
    await expect(reread({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('that is not there, or is none, is a clear error', async () => {
    const missing = {
      code: 'ERR_SCHEDULER_CONFIG',
      file: path,
      message: expect.stringMatching(/suites\.ini: cannot be read: ENOENT/),
    };
    await expect(readSchedulerConfig(path)).rejects.toMatchObject(missing);
    await expect(readSchedulerConfig(folder)).rejects.toThrow(`${folder}: is not a file`);
  });

  test('that is too large is not even read', async () => {
    await writeFile(path, '');
    await truncate(path, 10_000_001);
    await expect(readSchedulerConfig(path)).rejects.toThrow('suites.ini: is larger than 10000000 bytes');
  });
});

describe('reading it again', () => {
  test('gives the same object while nothing has changed', async () => {
    await writeFile(path, section('A'));
    const { read, reread } = await config();
    expect([await reread(), await reread(), await reread()]).toEqual([read, read, read]);
    expect(await reread()).toBe(read);
  });

  test('gives the same object for a file that was only touched, or replaced by its like', async () => {
    await writeFile(path, section('A'));
    const { read, reread } = await config();
    await utimes(path, 1, 1);
    expect(await reread()).toBe(read);
    await writeFile(`${path}.new`, section('A'));
    await rename(`${path}.new`, path);
    expect(await reread()).toBe(read);
  });

  test('gives new tasks for a new text, and then goes on from there', async () => {
    await writeFile(path, section('A'));
    const { read, reread } = await config();
    await writeFile(path, section('Longer'));
    const second = await reread();
    expect(second.tasks.map(({ name }) => name)).toEqual(['Longer']);
    expect(second).not.toBe(read);
    expect(await second.reread?.()).toBe(second);
    expect(await reread()).toBe(second);
  });

  test('misses no change that was made in the same moment as the one before', async () => {
    await writeFile(path, section('A'));
    const { reread } = await config();
    const { atime, mtime } = await stat(path);
    // Same size, same time, same file: as if the clock of the file system had not moved on.
    await utimes(path, atime, mtime);
    expect((await reread()).tasks[0]?.name).toBe('A');
    await writeFile(path, section('B'));
    await utimes(path, atime, mtime);
    expect((await reread()).tasks[0]?.name).toBe('B');
  });

  test('does not read a file that has been the same for two looks', async () => {
    await writeFile(path, section('A'));
    await utimes(path, 1, 1);
    const { read, reread } = await config();
    expect(await reread()).toBe(read);
    await writeFile(path, section('B'));
    await utimes(path, 1, 1);
    // The state of the file is as it was: only its text tells, and that was not read.
    expect(await reread()).toBe(read);
  });

  test('rejects while the file is gone or broken, and then goes on', async () => {
    await writeFile(path, section('A'));
    const { read, reread } = await config();
    await rm(path);
    await expect(reread()).rejects.toThrow('cannot be read: ENOENT');
    await writeFile(path, `${section('A')}what\n`);
    await expect(reread()).rejects.toThrow('suites.ini, line 4: "what" is no section');
    await expect(reread()).rejects.toThrow('suites.ini, line 4: "what" is no section');
    await writeFile(path, section('A'));
    expect(await reread()).toBe(read);
    await writeFile(path, section('C'));
    expect((await reread()).tasks[0]?.name).toBe('C');
  });
});

describe('a file that is being written', () => {
  test('and is still empty ends no task', async () => {
    await writeFile(path, section('A'));
    const { read, reread } = await config();
    await writeFile(path, '# soon\n');
    await expect(reread()).rejects.toThrow(`${path}: has no section`);
    await writeFile(path, section('A'));
    expect(await reread()).toBe(read);
  });

  test('is read again until it stands still', async () => {
    await writeFile(path, section('A'));
    const reads = [null, { text: 'whole', stamp: '1' }];
    expect(await readWholeFile(path, async () => reads.shift() ?? null)).toEqual({ text: 'whole', stamp: '1' });
  });

  test('all the time is a clear error', async () => {
    await writeFile(path, section('A'));
    await expect(readWholeFile(path, async () => null)).rejects.toThrow(`${path}: is being written`);
  });
});
