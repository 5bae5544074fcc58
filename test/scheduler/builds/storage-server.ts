import type { ServerResponse } from 'node:http';
import { startServer, type LoopbackServer } from '../../support/loopback-server.js';

/** A storage with one bucket, `archive`, that is listed in pages. */
export interface StorageServer extends LoopbackServer {
  /** Object → text and time. */
  readonly objects: Map<string, { readonly text: string; readonly updatedMs: number }>;
  /** Puts down an image of a build, and `LATEST-<version>` with the version in it. */
  addBuild(name: string, atMs: number): void;
  connect(isConnected: boolean): void;
}

export async function startStorage(options: { readonly pageSize: number }): Promise<StorageServer> {
  const objects = new Map<string, { readonly text: string; readonly updatedMs: number }>();
  let isConnected = true;
  const server = await startServer(({ url, socket }, response) => {
    if (!isConnected) return socket.destroy();
    const { pathname, searchParams } = new URL(url, 'http://storage');
    const name = decodeURIComponent(/^(?:\/storage\/v1\/b\/archive\/o|\/archive)\/(.+)$/.exec(pathname)?.[1] ?? '');
    if (name !== '') return sendObject(name, response);
    if (pathname !== '/archive' && pathname !== '/storage/v1/b/archive/o') return response.writeHead(404).end();
    const isJson = pathname !== '/archive';
    const after = searchParams.get(isJson ? 'pageToken' : 'marker') ?? '';
    const page = pageOf(searchParams.get('prefix') ?? '', after, options.pageSize);
    response.end(isJson ? JSON.stringify(jsonOf(page)) : xmlOf(page));
  });

  const sendObject = (name: string, response: ServerResponse) => {
    const object = objects.get(name);
    if (object === undefined) response.writeHead(404).end();
    else response.end(object.text);
  };
  const pageOf = (prefix: string, after: string, size: number): Page => {
    const names = [...objects.keys()].filter((name) => name.startsWith(prefix));
    const entries = [
      ...new Set(names.map((name) => prefix + (/^[^/]*\/?/.exec(name.slice(prefix.length))?.[0] ?? ''))),
    ];
    const left = entries.sort().filter((entry) => entry > after);
    const shown = left.slice(0, size);
    return {
      folders: shown.filter((entry) => entry.endsWith('/')),
      items: shown
        .filter((entry) => !entry.endsWith('/'))
        .map((name) => ({ name, updated: new Date(objects.get(name)?.updatedMs ?? 0).toISOString() })),
      next: left.length > size ? shown.at(-1) : undefined,
    };
  };
  return {
    ...server,
    objects,
    addBuild(name, atMs) {
      const [target = '', version = ''] = name.split('/');
      objects.set(`${name}/image.zip`, { text: '', updatedMs: atMs });
      objects.set(`${target}/LATEST-${version.replace(/^R\d+-/, '')}`, { text: version, updatedMs: atMs });
    },
    connect(value) {
      isConnected = value;
    },
  };
}

interface Page {
  readonly items: readonly { readonly name: string; readonly updated: string }[];
  readonly folders: readonly string[];
  readonly next: string | undefined;
}

/** As the service does, it leaves out what is empty. */
function jsonOf({ items, folders, next }: Page): object {
  return {
    kind: 'storage#objects',
    ...(next === undefined ? {} : { nextPageToken: next }),
    ...(folders.length === 0 ? {} : { prefixes: folders }),
    ...(items.length === 0 ? {} : { items }),
  };
}

function xmlOf({ items, folders, next }: Page): string {
  const contents = items.map(
    ({ name, updated }) =>
      `<Contents><Key>${name}</Key><LastModified>${updated}</LastModified><Size>9</Size></Contents>`,
  );
  const prefixes = folders.map((folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`);
  const end = `<IsTruncated>${String(next !== undefined)}</IsTruncated>${next === undefined ? '' : `<NextMarker>${next}</NextMarker>`}`;
  const name =
    "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'>";
  return `${name}<Name>archive</Name>${end}${contents.join('')}${prefixes.join('')}</ListBucketResult>`;
}
