import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { googleStorageBuilds, topOfTreeFromFile, type GoogleStorageBuildsOptions } from '../../../src/index.js';
import { readJsonPage, readXmlPage } from '../../../src/scheduler/builds/storage-listing.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startServer } from '../../support/loopback-server.js';
import { startStorage, type StorageServer } from './storage-server.js';

let storage: StorageServer;
beforeEach(async () => {
  storage = await startStorage({ pageSize: 1_000 });
});
afterEach(() => storage.close());

function open(changes: Partial<GoogleStorageBuildsOptions> = {}) {
  return googleStorageBuilds({ url: storage.url, bucket: 'archive', clock: new FakeClock(), ...changes });
}

const atMs = Date.UTC(2026, 0, 5);
const link = { board: 'link', type: 'release' };

describe('LATEST- files', () => {
  test('one of a version that has a folder is not read', async () => {
    storage.addBuild('link-release/R20-2057.0.9', atMs);
    expect(await open().latest(link)).toMatchObject({ name: 'link-release/R20-2057.0.9', passedAtMs: atMs });
    expect(storage.requests).toHaveLength(1);
  });

  test('that of a branch is read, again when it is written again, and a build keeps its first time', async () => {
    const write = (text: string, updatedMs: number) =>
      storage.objects.set('link-release/LATEST-master', { text, updatedMs });
    write('R20-2057.0.9\n', atMs);
    const source = open();
    const boards = ['link'];
    const { cursor } = await source.passedSince({ boards, cursor: null });
    await source.refresh();
    await source.latest(link);
    expect(storage.requests.filter(({ url }) => url.includes('alt=media'))).toHaveLength(1);
    write('R20-2057.0.9\n', atMs + 3_600_000);
    await source.refresh();
    expect((await source.passedSince({ boards, cursor })).builds).toEqual([]);
    write('R20-2057.0.10\n', atMs + 7_200_000);
    await source.refresh();
    const { builds } = await source.passedSince({ boards, cursor });
    expect(builds).toMatchObject([{ name: 'link-release/R20-2057.0.10', passedAtMs: atMs + 7_200_000 }]);
  });

  test('one that names no build is left out, and the others are not', async () => {
    storage.addBuild('link-release/R20-2057.0.9', atMs);
    for (const [at, text] of ['', 'garbage', '../../etc', 'R20-', 'R20-..', `R20-${'9'.repeat(5_000)}`].entries()) {
      storage.objects.set(`link-release/LATEST-branch${String(at)}`, { text, updatedMs: atMs });
    }
    const { builds } = await open().passedBetween({ boards: ['link'], afterMs: 0, upToMs: atMs });
    expect(builds.map(({ name }) => name)).toEqual(['link-release/R20-2057.0.9']);
  });

  test('a prefix stands before the folders of builds', async () => {
    const updatedMs = atMs;
    storage.objects.set('canary-channel/link-release/LATEST-1', { text: 'R20-1.0.0', updatedMs });
    expect(await open({ prefix: 'canary-channel/', api: 'xml' }).latest(link)).toMatchObject({ version: '1.0.0' });
  });
});

describe('a server that is no storage', () => {
  test.each([
    ['a page without end', 'json', '{"nextPageToken":"x"}'],
    [
      'a page without end',
      'xml',
      '<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>x</NextMarker></ListBucketResult>',
    ],
    ['HTML', 'json', '<html>Sign in</html>'],
    ['HTML', 'xml', '<html>Sign in</html>'],
    ['a list', 'json', '[]'],
    ['other types', 'json', '{"items":{}}'],
    ['deep JSON', 'json', '['.repeat(100_000)],
    ['deep XML', 'xml', '<a>'.repeat(100_000)],
    ['a document type', 'xml', '<!DOCTYPE a [<!ENTITY b "c">]><ListBucketResult>&b;</ListBucketResult>'],
  ] as const)('%s is a clear error (%s)', async (_, api, answer) => {
    const server = await startServer((__, response) => response.end(answer));
    try {
      const source = googleStorageBuilds({ url: server.url, bucket: 'archive', api, clock: new FakeClock() });
      await expect(source.latest(link)).rejects.toMatchObject({ code: 'ERR_BAD_RESPONSE', call: 'list' });
      expect(server.requests.length).toBeLessThanOrEqual(2);
    } finally {
      await server.close();
    }
  });

  test.each(['json', 'xml'] as const)('a listing of 100 MB is given up long before its end (%s)', async (api) => {
    const piece = Buffer.alloc(1024 * 1024, 0x20);
    let sent = 0;
    const server = await startServer((_, response) => {
      const more = () => {
        while (sent < 100 && !response.destroyed) {
          sent += 1;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    try {
      const source = googleStorageBuilds({ url: server.url, bucket: 'archive', api, clock: new FakeClock() });
      await expect(source.latest(link)).rejects.toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' });
      expect(sent).toBeLessThan(60);
    } finally {
      await server.close();
    }
  });

  test('a bucket that is not there is a clear error', async () => {
    await expect(open({ bucket: 'nothing' }).latest(link)).rejects.toThrow(/there is no such bucket/);
  });
});

test('what is of no use in a listing is passed over', async () => {
  const items = [null, 7, {}, { name: 'a', updated: 'yesterday' }, { name: 'b', updated: '2026-01-05T00:00:00.000Z' }];
  expect(readJsonPage(JSON.stringify({ items, prefixes: ['x/', 7] }))).toEqual({
    objects: [
      { name: 'a', updatedMs: null },
      { name: 'b', updatedMs: atMs },
    ],
    folders: ['x/'],
    next: undefined,
  });
  const xml = '<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>007</Key></Contents></ListBucketResult>';
  expect(await readXmlPage(xml)).toEqual({ objects: [{ name: '007', updatedMs: null }], folders: [], next: '007' });
  expect(await readXmlPage('<ListBucketResult/>')).toEqual({ objects: [], folders: [], next: undefined });
});

test.each([{ bucket: '' }, { bucket: 'a/b' }, { types: [] }])('the options %j cannot work', (changes) => {
  expect(() => open(changes)).toThrow(expect.objectContaining({ code: 'ERR_BUILD_SOURCE_OPTION' }));
});

describe('the top of the tree', () => {
  const topOfTree = () => topOfTreeFromFile({ url: `${storage.url}/archive/LATEST`, clock: new FakeClock() });

  test('is the milestone in a LATEST file', async () => {
    storage.objects.set('LATEST', { text: 'R50-7800.0.0\n', updatedMs: atMs });
    expect(await topOfTree()()).toBe(50);
    expect(await open({ topOfTree: topOfTree() }).topOfTree()).toBe(50);
  });

  test('is not known where there is no such file', async () => {
    expect(await topOfTree()()).toBeNull();
  });

  test('is never a guess', async () => {
    storage.objects.set('LATEST', { text: '<html>R50-7800.0.0</html>', updatedMs: atMs });
    await expect(topOfTree()()).rejects.toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  });
});
