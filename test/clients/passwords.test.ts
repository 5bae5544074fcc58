import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { HttpAfeClient } from '../../src/clients/afe/http-afe-client.js';
import { HttpDevServerClient } from '../../src/clients/dev-server/http-dev-server-client.js';
import { HttpTkoClient } from '../../src/clients/tko/http-tko-client.js';
import { gotTransport } from '../../src/transport/got-transport.js';
import { FakeClock } from '../support/fake-clock.js';
import { deadUrl, rejectionOf, startServer, type LoopbackServer } from '../support/loopback-server.js';

const password = 'S3cr3t-of-the-lab';
const authorization = Buffer.from(`user:${password}`).toString('base64');
const withPassword = (url: string) => url.replace('//', `//user:${password}@`);

const servers: LoopbackServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Everything that a careless log could print of a value. */
function everythingOf(value: unknown): string {
  const names = typeof value === 'object' && value !== null ? Object.getOwnPropertyNames(value) : [];
  const parts = [
    String(value),
    JSON.stringify(value),
    JSON.stringify(value, names),
    inspect(value, { depth: 10, showHidden: true }),
  ];
  if (value instanceof Error)
    parts.push(String(value.stack), value.cause === undefined ? '' : everythingOf(value.cause));
  return parts.join('\n');
}

async function servingUrl(answer: Parameters<typeof startServer>[0]): Promise<string> {
  const server = await startServer(answer);
  servers.push(server);
  return server.url;
}

const failures: readonly (readonly [string, () => Promise<string>])[] = [
  ['nobody listens', deadUrl],
  ['port 1', async () => 'http://127.0.0.1:1/'],
  ['hang-up', () => servingUrl(({ socket }) => socket.destroy())],
  ['stall', () => servingUrl(() => {})],
  ['503', () => servingUrl((_, response) => response.writeHead(503).end('<html>'))],
  ['404', () => servingUrl((_, response) => response.writeHead(404).end('<html>'))],
  ['redirect', () => servingUrl((_, response) => response.writeHead(301, { location: '/x' }).end())],
  ['garbage', () => servingUrl((_, response) => response.end('<html>'))],
  ['a huge answer', () => servingUrl((_, response) => response.end('x'.repeat(10_000)))],
];

test.each(failures)('no error, event or log shows the password of a URL: %s', async (_, makeUrl) => {
  const url = withPassword(await makeUrl());
  const told: unknown[] = [];
  const tell = (...values: unknown[]) => void told.push(...values);
  const logger = { debug: tell, info: tell, warn: tell, error: tell };
  const options = {
    url,
    logger,
    clock: new FakeClock(),
    timeoutMs: 50,
    deadlineMs: 15_000,
    maxResponseBytes: 1_000,
    onCall: tell,
    onRetry: tell,
  };
  const clients = [new HttpAfeClient(options), new HttpTkoClient(options), new HttpDevServerClient(options)] as const;
  const [afe, tko, devServer] = clients;
  const request = { name: 'x', controlFile: 'pass', controlType: 'Server', priority: 10 } as const;
  const errors = [
    await rejectionOf(afe.getLabels({})),
    await rejectionOf(afe.createJob(request)),
    await rejectionOf(tko.getDetailedTestViews({ jobIds: [1] })),
    await rejectionOf(devServer.stage({ build: 'x-release/R1-1.0.0', artifacts: ['control_files'] })),
    await rejectionOf(devServer.resolveBuild('x-release/LATEST')),
  ];
  const shown = [...errors, ...told, ...clients].map(everythingOf).join('\n');
  expect(shown).not.toContain(password);
  expect(shown).not.toContain(authorization);
  for (const client of clients) client.close();
});

test('an error of the transport alone shows no password either', async () => {
  const transport = gotTransport();
  const request = {
    method: 'GET',
    url: withPassword('http://127.0.0.1:1/'),
    timeoutMs: 1_000,
    maxResponseBytes: 10,
  } as const;
  const shown = everythingOf(await rejectionOf(transport.request(request)));
  expect(shown).toContain('ECONNREFUSED');
  expect(shown).not.toContain(password);
  expect(shown).not.toContain(authorization);
  transport.close();
});

test('a URL that cannot be read is not repeated', () => {
  for (const Client of [HttpAfeClient, HttpTkoClient, HttpDevServerClient]) {
    let error: unknown;
    try {
      new Client({ url: `http://user:${password}@[broken/` });
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'ERR_CLIENT_OPTION' });
    expect(everythingOf(error)).not.toContain(password);
  }
});
