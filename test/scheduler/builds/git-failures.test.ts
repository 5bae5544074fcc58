import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manifestVersions, type BuildSource, type ManifestVersionsOptions } from '../../../src/index.js';
import { VirtualClock } from '../../../src/testing/index.js';
import { createRepository, git, temporaryFolder } from '../../support/git-repository.js';
import { rejectionOf, startServer, type LoopbackServer } from '../../support/loopback-server.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let clock: VirtualClock;
let server: LoopbackServer | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new VirtualClock();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await folder.remove();
});

function open(url: string, changes: Partial<ManifestVersionsOptions> = {}): BuildSource {
  return manifestVersions({ repositories: [url], folder: join(folder.path, 'clones'), clock, ...changes });
}

/** The processes of this machine whose arguments name a text. */
async function processesWith(text: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(text)) found.push(command.replaceAll('\0', ' '));
  }
  return found;
}

test('a server that never answers is left when the caller has had enough, and no process stays behind', async () => {
  const controller = new AbortController();
  const reason = new Error('had enough');
  server = await startServer(() => controller.abort(reason));
  const refresh = open(`${server.url}/manifests`).refresh({ signal: controller.signal });
  expect(await rejectionOf(refresh)).toBe(reason);
  expect(server.requests).toHaveLength(1);
  expect(await processesWith(`${server.url}/manifests`)).toEqual([]);
});

test('a server that never answers is given up when its time is over', async () => {
  server = await startServer(() => {});
  const source = open(`${server.url}/manifests`, { timeoutMs: 500, cloneForMs: 0 });
  await expect(source.refresh()).rejects.toMatchObject({
    code: 'ERR_GIT',
    command: 'fetch',
    detail: 'it has not come to an end in 500 ms',
  });
  expect(await processesWith(`${server.url}/manifests`)).toEqual([]);
});

test('a first clone is tried for an hour, less and less often', async () => {
  server = await startServer((_, response) => response.writeHead(503).end());
  const startedMs = clock.now();
  await expect(open(server.url).refresh()).rejects.toMatchObject({ code: 'ERR_GIT' });
  const tookMs = clock.now() - startedMs;
  expect(tookMs).toBeLessThanOrEqual(3_600_000);
  expect(tookMs).toBeGreaterThan(3_200_000);
  expect(server.requests.length).toBeLessThan(20);
});

test('a first clone goes well as soon as the repository can be had', async () => {
  const repository = await createRepository(join(folder.path, 'origin'));
  await repository.commit([{ add: ['build-name/link-release/pass/20/1.0.0.xml'], atMs: 0 }]);
  await git([`--git-dir=${repository.path}`, 'update-server-info']);
  let failures = 3;
  server = await startServer(async ({ url }, response) => {
    if ((failures -= 1) >= 0) return response.writeHead(503).end();
    const file = await readFile(join(repository.path, url.replace(/\?.*/, ''))).catch(() => undefined);
    return file === undefined ? response.writeHead(404).end() : response.end(file);
  });
  const source = open(server.url);
  const startedMs = clock.now();
  await source.refresh();
  expect(clock.now() - startedMs).toBe(5_000 + 10_000 + 20_000);
  expect(await source.latest({ board: 'link', type: 'release' })).toMatchObject({ name: 'link-release/R20-1.0.0' });
});

test('a repository that is not there is said so at once', async () => {
  server = await startServer((_, response) => response.writeHead(404).end());
  for (const url of [`${server.url}/nothing`, join(folder.path, 'nothing'), `file://${folder.path}/nothing`]) {
    const startedMs = clock.now();
    await expect(open(url).refresh()).rejects.toMatchObject({ code: 'ERR_GIT', repository: url });
    expect(clock.now()).toBe(startedMs);
  }
});

test('a branch that is not there is said so at once', async () => {
  const repository = await createRepository(join(folder.path, 'origin'));
  await repository.commit([{ add: ['x'], atMs: 0 }]);
  const source = manifestVersions({
    repositories: [{ url: repository.path, branch: 'nothing' }],
    folder: join(folder.path, 'clones'),
    clock,
  });
  await expect(source.refresh()).rejects.toThrow(/couldn't find remote ref refs\/heads\/nothing/);
});

test('what comes first into an empty repository is new', async () => {
  const repository = await createRepository(join(folder.path, 'origin'));
  const source = open(repository.path);
  await source.refresh();
  const boards = ['link'];
  const { cursor } = await source.passedSince({ boards, cursor: null });
  // Long before it was pushed.
  await repository.commit([{ add: ['build-name/link-release/pass/20/1.0.0.xml'], atMs: 0 }]);
  await source.refresh();
  const { builds } = await source.passedSince({ boards, cursor });
  expect(builds.map(({ name }) => name)).toEqual(['link-release/R20-1.0.0']);
});

test('a password goes to the server, and neither into a message nor to those who look at processes', async () => {
  const authorized: (string | undefined)[] = [];
  let seen: readonly string[] = [];
  server = await startServer(async ({ headers }, response) => {
    authorized.push(headers.authorization);
    seen = await processesWith('manifests-of-passwords');
    response.writeHead(403).end();
  });
  const url = server.url.replace('http://', 'http://me:s3cret@');
  const error = await rejectionOf(open(`${url}/manifests-of-passwords`).refresh());
  expect(error).toMatchObject({ code: 'ERR_GIT', repository: `${server.url}/manifests-of-passwords` });
  expect(authorized).toEqual([`Basic ${Buffer.from('me:s3cret').toString('base64')}`]);
  expect(seen.length).toBeGreaterThan(0);
  expect(`${String(error)} ${JSON.stringify(error)} ${seen.join(' ')}`).not.toMatch(/s3cret|bWU6/);
});

test('a machine without git is told to have none', async () => {
  const source = open('https://example.com/manifests', { git: '/nowhere/git' });
  const startedMs = clock.now();
  await expect(source.refresh()).rejects.toMatchObject({ code: 'ERR_GIT_NOT_FOUND', program: '/nowhere/git' });
  expect(clock.now()).toBe(startedMs);
});

test('asked before anything was fetched, it says so, and every board is unanswered', async () => {
  const source = open('https://example.com/manifests');
  await expect(source.latest({ board: 'link', type: 'release' })).rejects.toMatchObject({
    code: 'ERR_NO_BUILDS_FETCHED',
    message: expect.stringContaining('call refresh() first'),
  });
  const { builds, unanswered } = await source.passedBetween({ boards: ['link'], afterMs: 0, upToMs: 1 });
  expect(builds).toEqual([]);
  expect(unanswered).toMatchObject([{ board: 'link', error: { code: 'ERR_NO_BUILDS_FETCHED' } }]);
});

test.each([
  '',
  '--upload-pack=touch /tmp/x',
  '-x',
  '-host:path',
  'me@-host:path',
  'ext::sh -c touch% /tmp/x',
  'fd::17',
  'relative/path',
  './relative',
  'http://',
  'ftp://example.com/x',
  'ssh://-oProxyCommand=x/y',
  'ssh://-oProxyCommand=x@host/y',
  'ssh://me:password@host/y',
  'https://example.com/\nx',
  'https://example.com/\u0000',
  `https://example.com/${'x'.repeat(3_000)}`,
])('%j is no place to fetch from', (url) => {
  expect(() => open(url)).toThrow(
    expect.objectContaining({ code: 'ERR_BUILD_SOURCE_OPTION', option: 'repositories[0].url' }),
  );
});

test.each(['', '-x', 'a..b', 'a b', 'a:b', '+x', 'x.lock', 'a/'])('%j is no name of a branch', (branch) => {
  const options = { repositories: [{ url: '/x', branch }], folder: '/x' };
  expect(() => manifestVersions(options)).toThrow(expect.objectContaining({ option: 'repositories[0].branch' }));
});

test.each([
  [{ repositories: [] }, 'repositories'],
  [{ repositories: ['/x', { url: '/x' }] }, 'repositories'],
  [{ folder: '' }, 'folder'],
  [{ timeoutMs: 0 }, 'timeoutMs'],
  [{ cloneForMs: Number.NaN }, 'cloneForMs'],
  [{ gitConfig: { 'not a setting': 'x' } }, 'gitConfig'],
])('the options %j cannot work', (changes, option) => {
  expect(() => open('/x', changes)).toThrow(expect.objectContaining({ code: 'ERR_BUILD_SOURCE_OPTION', option }));
});
