import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifestVersions, type BuildSource, type ManifestVersionsOptions } from '../../../src/index.js';
import { VirtualClock } from '../../../src/testing/index.js';
import { createRepository, git, temporaryFolder, type TestRepository } from '../../support/git-repository.js';
import { manifestOf } from './manifests.js';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 0, 5, 9);
const boards = ['link', 'x86-alex'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let origin: TestRepository;
let clock: VirtualClock;

beforeEach(async () => {
  folder = await temporaryFolder();
  origin = await createRepository(join(folder.path, 'origin'));
  clock = new VirtualClock({ startMs });
});
afterEach(() => folder.remove());

function open(changes: Partial<ManifestVersionsOptions> = {}): BuildSource {
  return manifestVersions({ repositories: [origin.path], folder: join(folder.path, 'clones'), clock, ...changes });
}

async function opened(changes: Partial<ManifestVersionsOptions> = {}): Promise<BuildSource> {
  const source = open(changes);
  await source.refresh();
  return source;
}

async function namesSince(source: BuildSource, cursor: string): Promise<{ names: readonly string[]; cursor: string }> {
  const { builds, cursor: next } = await source.passedSince({ boards, cursor });
  return { names: builds.map(({ name }) => name), cursor: next };
}

async function cursorOf(source: BuildSource): Promise<string> {
  return (await source.passedSince({ boards, cursor: null })).cursor;
}

/** The folder of the one clone. */
async function cloneFolder(): Promise<string> {
  const clones = join(folder.path, 'clones');
  const [name = ''] = await readdir(clones);
  return join(clones, name);
}

const build = (patch: number, board = 'link') => `${board}-release/R20-2057.0.${String(patch)}`;
const passed = (patch: number, atMs = startMs) => ({ add: [manifestOf(build(patch))], atMs });

describe('the history of a repository', () => {
  test('a manifest that is moved to where builds have passed is a build that passed then', async () => {
    await origin.commit([{ add: ['build-name/link-release/inflight/20/2057.0.1.xml'], atMs: startMs }]);
    const source = await opened();
    const cursor = await cursorOf(source);
    await origin.commit([
      {
        remove: ['build-name/link-release/inflight/20/2057.0.1.xml'],
        add: [manifestOf(build(1))],
        atMs: startMs + 60_000,
      },
    ]);
    await source.refresh();
    expect((await namesSince(source, cursor)).names).toEqual([build(1)]);
    expect(await source.latest({ board: 'link', type: 'release' })).toMatchObject({ passedAtMs: startMs + 60_000 });
  });

  test('a build that is taken back is not the latest any more', async () => {
    await origin.commit([passed(1), passed(2)]);
    const source = await opened();
    await origin.commit([{ remove: [manifestOf(build(2))], atMs: startMs + 1_000 }]);
    await source.refresh();
    expect(await source.latest({ board: 'link', type: 'release' })).toMatchObject({ name: build(1) });
  });

  test('what a merge brings came with the merge', async () => {
    await origin.commit([passed(1)]);
    const source = await opened();
    const cursor = await cursorOf(source);
    const at = String((startMs + 120_000) / 1_000);
    const side = `commit refs/heads/side\ncommitter B <b@c> ${String(startMs / 1_000)} +0000\ndata 0\nfrom refs/heads/main^0\nM 100644 inline ${manifestOf(build(2))}\ndata 0\n\n`;
    const merge = `commit refs/heads/main\ncommitter B <b@c> ${at} +0000\ndata 0\nfrom refs/heads/main^0\nmerge refs/heads/side\nM 100644 inline ${manifestOf(build(2))}\ndata 0\n\n`;
    await git([`--git-dir=${origin.path}`, 'fast-import', '--quiet'], [Buffer.from(side + merge)]);
    await source.refresh();
    const { builds } = await source.passedSince({ boards, cursor });
    expect(builds).toMatchObject([{ name: build(2), passedAtMs: startMs + 120_000 }]);
  });

  test('a group of builds counts as builds of its board', async () => {
    await origin.commit([{ add: ['build-name/x86-alex-release-group/pass/20/2057.0.9.xml'], atMs: startMs }]);
    const source = await opened();
    expect(await source.latest({ board: 'x86-alex', type: 'release' })).toMatchObject({
      name: 'x86-alex-release/R20-2057.0.9',
    });
  });

  test('hostile names of files are passed over, and the others are not', async () => {
    const pass = 'build-name/link-release/pass/20';
    const hostile = [
      `${pass}/1\n@1700000000.xml`,
      `${pass}/2057.0.3\n.xml`,
      `${pass}/"quoted".xml`,
      `${pass}/...xml`,
      `${pass}/-.xml`,
      `${pass}/2057.0.3;rm -rf.xml`,
      `${pass}/${'9'.repeat(3_000)}.xml`,
      `build-name/${'a/'.repeat(2_000)}2057.0.3.xml`,
      `build-name/link-release/pass/${'9'.repeat(30)}/1.0.xml`,
      'build-name/../link-release/pass/20/2057.0.3.xml'.replace('/../', '/ ../'),
      '@1700000000',
      Buffer.from('6275696c642d6e616d652fff2d72656c656173652f706173732f32302f312e302e786d6c', 'hex'),
    ];
    await origin.commit([{ add: [...hostile, manifestOf(build(1))], atMs: startMs }, passed(2, startMs + 1_000)]);
    const source = await opened();
    const { builds } = await source.passedBetween({ boards: ['link'], afterMs: 0, upToMs: clock.now() + hourMs });
    expect(builds.map(({ name }) => name)).toEqual([build(1), build(2)]);
  });

  test('a hundred thousand manifests are read, and one more is found among them', async () => {
    const add = Array.from({ length: 100_000 }, (_, at) => {
      return `build-name/board${String(at % 200)}-release/pass/${String(20 + (at % 10))}/${String(at)}.0.0.xml`;
    });
    await origin.commit([{ add, atMs: startMs - hourMs }]);
    const source = await opened();
    expect(await source.latest({ board: 'board199', type: 'release' })).toMatchObject({ version: '99999.0.0' });
    const cursor = await cursorOf(source);
    await origin.commit([passed(1)]);
    await source.refresh();
    expect((await namesSince(source, cursor)).names).toEqual([build(1)]);
    const lastHour = await source.passedBetween({ boards: ['link'], afterMs: startMs - 1, upToMs: startMs });
    expect(lastHour.builds.map(({ name }) => name)).toEqual([build(1)]);
  });

  test('the top of the tree is the highest milestone, and not that of firmware', async () => {
    await origin.commit([
      { add: [manifestOf('link-release/R50-7800.0.0'), manifestOf('link-firmware/R99-1.0.0')], atMs: startMs },
    ]);
    expect(await (await opened()).topOfTree()).toBe(50);
    expect(await (await opened({ topOfTree: async () => 51 })).topOfTree()).toBe(51);
  });
});

describe('what happens to a clone', () => {
  test('a look at a repository that has not changed is one fetch, and the history is not read again', async () => {
    const log = join(folder.path, 'log');
    const program = join(folder.path, 'git.sh');
    await writeFile(program, `#!/bin/sh\necho "$*" >> '${log}'\nexec git "$@"\n`);
    await chmod(program, 0o755);
    await origin.commit([passed(1)]);
    const source = await opened({ git: program });
    const cursor = await cursorOf(source);
    await rm(log);
    await source.refresh();
    await namesSince(source, cursor);
    await source.passedBetween({ boards, afterMs: 0, upToMs: clock.now() });
    await source.latest({ board: 'link', type: 'release' });
    const commands = (await readFile(log, 'utf8'))
      .split('\n')
      .map((line) => / (fetch|log|diff-tree|for-each-ref) /.exec(line)?.[1]);
    expect(commands.filter((command) => command !== undefined)).toEqual(['fetch', 'for-each-ref']);
  });

  test('a push by force loses nothing and doubles nothing', async () => {
    await origin.commit([passed(1), passed(2)]);
    const source = await opened();
    const cursor = await cursorOf(source);
    await origin.rewrite([passed(1), passed(2), passed(3)]);
    await source.refresh();
    const next = await namesSince(source, cursor);
    expect(next.names).toEqual([build(3)]);
    expect((await namesSince(source, next.cursor)).names).toEqual([]);
  });

  test('a revision that is gone stands for its time: nothing that came since is lost', async () => {
    await origin.commit([passed(1, startMs - 5 * hourMs)]);
    const cursor = await cursorOf(await opened());
    await clock.sleep(hourMs);
    await origin.rewrite([passed(1, startMs - 5 * hourMs), passed(2, clock.now())]);
    await rm(join(folder.path, 'clones'), { recursive: true });
    const source = await opened();
    const next = await namesSince(source, cursor);
    expect(next.names).toEqual([build(2)]);
    expect((await namesSince(source, next.cursor)).names).toEqual([]);
  });

  test('a clone that vanishes is made again', async () => {
    await origin.commit([passed(1)]);
    const source = await opened();
    const cursor = await cursorOf(source);
    await rm(join(folder.path, 'clones'), { recursive: true });
    await origin.commit([passed(2)]);
    await source.refresh();
    expect((await namesSince(source, cursor)).names).toEqual([build(2)]);
  });

  test.each([
    ['its objects are gone', (clone: string) => rm(join(clone, 'objects'), { recursive: true })],
    ['its HEAD is garbage', (clone: string) => writeFile(join(clone, 'HEAD'), '\0garbage')],
    ['its configuration is garbage', (clone: string) => writeFile(join(clone, 'config'), '[[[')],
    ['its revision is garbage', (clone: string) => writeFile(join(clone, 'refs/dynamic-suite/head'), 'garbage')],
    ['its revision is empty', (clone: string) => writeFile(join(clone, 'refs/dynamic-suite/head'), '')],
    [
      'its packs are cut short',
      async (clone: string) => {
        const objects = await readdir(join(clone, 'objects'), { recursive: true, withFileTypes: true });
        for (const entry of objects) {
          const file = join(entry.parentPath, entry.name);
          if (entry.isFile()) await chmod(file, 0o644).then(() => writeFile(file, 'x'));
        }
      },
    ],
  ])('a damaged clone is made anew: %s', async (_, damage) => {
    await origin.commit([passed(1)]);
    const source = await opened();
    const cursor = await cursorOf(source);
    await damage(await cloneFolder());
    await origin.commit([passed(2)]);
    await source.refresh();
    const next = await namesSince(source, cursor);
    expect(next.names).toEqual([build(2)]);
    expect((await namesSince(await opened(), next.cursor)).names).toEqual([]);
  });

  test('a damage that shows only when the history is read is mended too', async () => {
    await origin.commit([passed(1, startMs - hourMs), passed(2)]);
    const cursor = await cursorOf(await opened());
    const clone = await cloneFolder();
    const newest = (await git([`--git-dir=${clone}`, 'rev-parse', 'refs/dynamic-suite/head'])).trim();
    const older = (await git([`--git-dir=${clone}`, 'rev-parse', `${newest}^`])).trim();
    const files = await readdir(join(clone, 'objects'), { recursive: true });
    const lost = files.filter((name) => name.replace('/', '') === older);
    expect(lost).toHaveLength(1);
    for (const name of lost) await rm(join(clone, 'objects', name));
    const source = await opened();
    expect(await source.latest({ board: 'link', type: 'release' })).toMatchObject({ name: build(2) });
    expect((await namesSince(source, cursor)).names).toEqual([]);
  });

  test('a lock that a killed git has left does no harm', async () => {
    await origin.commit([passed(1)]);
    const source = await opened();
    const cursor = await cursorOf(source);
    await writeFile(join(await cloneFolder(), 'refs/dynamic-suite/head.lock'), '');
    await origin.commit([passed(2)]);
    await source.refresh();
    expect((await namesSince(source, cursor)).names).toEqual([build(2)]);
  });

  test('a folder that holds something else is left alone', async () => {
    await opened();
    const clone = await cloneFolder();
    await rm(clone, { recursive: true });
    await mkdir(clone);
    await writeFile(join(clone, 'thesis.txt'), 'years of work');
    await expect(open().refresh()).rejects.toMatchObject({ code: 'ERR_CLONE_FOLDER', folder: clone });
    expect(await readdir(clone)).toEqual(['thesis.txt']);
  });

  test('a folder that is a git repository itself is refused', async () => {
    const refused = open({ folder: origin.path }).refresh();
    await expect(refused).rejects.toMatchObject({ code: 'ERR_CLONE_FOLDER', folder: origin.path });
  });

  test('a process that starts without the network tells what the one before it had fetched', async () => {
    await origin.commit([passed(1)]);
    const cursor = await cursorOf(await opened());
    await rm(origin.path, { recursive: true });
    const source = open();
    await expect(source.refresh()).rejects.toMatchObject({ code: 'ERR_GIT' });
    expect(await source.latest({ board: 'link', type: 'release' })).toMatchObject({ name: build(1) });
    const { builds, unanswered, cursor: next } = await source.passedSince({ boards, cursor });
    expect(builds).toEqual([]);
    expect(unanswered.map(({ board }) => board)).toEqual(boards);
    expect(JSON.parse(next)).toMatchObject({ revisions: JSON.parse(cursor).revisions });
  });
});

describe('several repositories', () => {
  let inner: TestRepository;
  const both = () => ({ repositories: [origin.path, { url: inner.path, branch: 'main' }] });
  beforeEach(async () => {
    inner = await createRepository(join(folder.path, 'inner'));
  });

  test('a build that is in both is one build, told when it is in the first', async () => {
    await origin.commit([passed(1)]);
    await inner.commit([passed(8)]);
    const source = await opened(both());
    const cursor = await cursorOf(source);
    await origin.commit([passed(2, startMs + 1_000)]);
    await inner.commit([passed(1, startMs + 2_000), passed(2, startMs + 2_000), passed(9, startMs + 3_000)]);
    await source.refresh();
    const next = await namesSince(source, cursor);
    expect(next.names).toEqual([build(2), build(9)]);
    await origin.commit([passed(9, startMs + 4_000)]);
    await source.refresh();
    expect((await namesSince(source, next.cursor)).names).toEqual([]);
    const later = await source.passedBetween({ boards, afterMs: startMs + 1_000, upToMs: startMs + 9_000 });
    expect(later.builds.map(({ name }) => name)).toEqual([build(9)]);
  });

  test('while one of them is away the others are told, every board is unanswered, and nothing is lost', async () => {
    await origin.commit([passed(1)]);
    await inner.commit([passed(1, startMs)]);
    const source = await opened(both());
    const cursor = await cursorOf(source);
    await inner.commit([passed(3)]);
    const innerFiles = await readFile(join(inner.path, 'HEAD'));
    await writeFile(join(inner.path, 'HEAD'), 'garbage');
    await origin.commit([passed(2)]);
    await source.refresh();
    const found = await source.passedSince({ boards, cursor });
    expect(found.builds.map(({ name }) => name)).toEqual([build(2)]);
    expect(found.unanswered).toMatchObject([
      { board: 'link', error: { code: 'ERR_GIT' } },
      { board: 'x86-alex', error: { code: 'ERR_GIT' } },
    ]);
    await writeFile(join(inner.path, 'HEAD'), innerFiles);
    await source.refresh();
    const next = await source.passedSince({ boards, cursor: found.cursor });
    expect(next.builds.map(({ name }) => name)).toEqual([build(3)]);
    expect(next.unanswered).toEqual([]);
  });
});
