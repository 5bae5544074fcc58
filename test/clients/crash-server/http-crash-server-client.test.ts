import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpCrashServerClientOptions } from '../../../src/clients/crash-server/crash-server-options.js';
import { HttpCrashServerClient } from '../../../src/clients/crash-server/http-crash-server-client.js';
import type { HttpTransport } from '../../../src/transport/types.js';
import recordings from '../../fixtures/recordings/crash-server.json' with { type: 'json' };
import { FakeClock } from '../../support/fake-clock.js';
import { deadUrl, rejectionOf } from '../../support/loopback-server.js';
import {
  hangUp,
  recordedAnswers,
  stall,
  startScriptedServer,
  status,
  type Answer,
  type ScriptedServer,
} from '../../support/scripted-server.js';

const build = 'x86-mario-release/R19-1998.0.0';
const archiveUrl = 'gs%3A%2F%2Fchromeos-image-archive%2Fx86-mario-release%2FR19-1998.0.0';
const dump = Buffer.from('MDMP and so on');
const request = { build, dump, filename: 'sysinfo/crash/crasher.dmp' };
const recorded = recordedAnswers(recordings);

let server: ScriptedServer;
let client: HttpCrashServerClient;
let clock: FakeClock;
/** The answers to come, in turn. */
let answers: Answer[];

beforeEach(async () => {
  server = await startScriptedServer();
  answers = server.answers;
  open();
});

function open(options: Partial<HttpCrashServerClientOptions> = {}): void {
  clock = new FakeClock();
  client = new HttpCrashServerClient({ url: server.url, clock, retry: { jitter: 0 }, random: () => 0, ...options });
}

afterEach(async () => {
  client.close();
  await server.close();
});

describe('a symbolication', () => {
  test.each(['ok', 'ok with octet-stream'])('gives the stack as the server prints it: %s', async (name) => {
    answers.push(recorded(name));
    const stack = await client.symbolicate(request);
    expect(stack).toMatch(/^Operating system: Linux\n/);
    expect(stack).toContain(' 0  crasher!main [crasher.cc : 42 + 0x5]\n');
  });

  test('sends the dump as a file of a form, byte for byte, with its length and unchunked', async () => {
    const received: { url: string | undefined; headers: IncomingHttpHeaders; body: Buffer }[] = [];
    const raw = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        received.push({ url: incoming.url, headers: incoming.headers, body: Buffer.concat(chunks) });
        response.end('Thread 0 (crashed)\n');
      });
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const { port } = raw.address() as AddressInfo;
    open({ url: `http://user:pass@127.0.0.1:${port}`, headers: { 'x-lab': 'yes' } });
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256);
    await client.symbolicate({ build, dump: bytes, filename: 'a/b "c".dmp' });
    client.close();
    raw.closeAllConnections();
    await new Promise((resolve) => raw.close(resolve));

    const boundary = 'dynamic-suite-000000000000000000000000-0';
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="minidump"; filename="b__c_.dmp"\r\n`),
      Buffer.from('Content-Type: application/octet-stream\r\n\r\n'),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    expect(received).toHaveLength(1);
    const [only] = received;
    expect(only?.url).toBe(`/symbolicate_dump?archive_url=${archiveUrl}`);
    expect(only?.headers['content-type']).toBe(`multipart/form-data; boundary=${boundary}`);
    expect(only?.headers['content-length']).toBe(String(body.length));
    expect(only?.headers['transfer-encoding']).toBeUndefined();
    expect(only?.headers.authorization).toBe(`Basic ${Buffer.from('user:pass').toString('base64')}`);
    expect(only?.headers['x-lab']).toBe('yes');
    expect(only?.body.equals(body)).toBe(true);
  });

  test('is a POST to the image archive it is told', async () => {
    open({ imageArchive: 'gs://own/' });
    answers.push('Thread 0 (crashed)');
    await client.symbolicate({ ...request, build: 'x-release/R1-1.0.0&a=b' });
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/symbolicate_dump?archive_url=gs%3A%2F%2Fown%2Fx-release%2FR1-1.0.0%26a%3Db',
    });
  });

  test.each(['malformed minidump', 'empty minidump'])(
    'of a dump that the server cannot read is an error of its own: %s',
    async (name) => {
      answers.push(recorded(name));
      const error = await rejectionOf(client.symbolicate(request));
      expect(error).toMatchObject({
        name: 'SymbolicationError',
        code: 'ERR_SYMBOLICATION',
        build,
        filename: request.filename,
        cause: { code: 'ERR_DEV_SERVER', status: 500 },
      });
      expect(String(error)).toContain('Minidump header signature mismatch');
      expect(String(error)).not.toContain('\n');
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([
    ['wrong field name', 404, 'Nothing matches the given URI'],
    ['POST without body or type', 404, 'Nothing matches the given URI'],
    ['no filename in part', 500, "AttributeError: 'unicode' object has no attribute 'file'"],
    ['multipart truncated', 500, 'EOFError: Illegal end of multipart body.'],
    ['no archive_url', 500, 'DevServerError: Requires archive_url or local_path to be specified.'],
    [
      'build not in storage',
      500,
      'ArtifactDownloadError: Could not find debug.tgz in Google Storage at gs://chromeos-image-archive/nope-release/R1-1.0.0',
    ],
  ])('takes what the server states for final: %s', async (name, code, message) => {
    answers.push(recorded(name));
    const error = await rejectionOf(client.symbolicate(request));
    expect(error).toMatchObject({ code: 'ERR_DEV_SERVER', status: code, message });
    expect(server.requests).toHaveLength(1);
  });

  test('goes on while the server cannot be reached', async () => {
    const apacheOnly = recorded('check_health, only Apache is up');
    answers.push(hangUp, apacheOnly, status(502, ''), status(504, ''), recorded('ok'));
    expect(await client.symbolicate(request)).toContain('crasher!main');
    expect(clock.sleeps).toEqual([3_000, 6_000, 12_000, 24_000]);
  });

  test('ends after 10 minutes when the server is away', async () => {
    open({ url: await deadUrl() });
    const startedMs = clock.now();
    const error = await rejectionOf(client.symbolicate(request));
    expect(error).toMatchObject({
      code: 'ERR_DEADLINE',
      deadlineMs: 600_000,
      cause: { code: 'ERR_CONNECTION', sent: false },
    });
    expect(clock.now() - startedMs).toBeLessThanOrEqual(600_000);
  });

  test('that takes all its time is not tried again', async () => {
    open({ symbolicateTimeoutMs: 80 });
    answers.push(stall);
    expect(await rejectionOf(client.symbolicate(request))).toMatchObject({ code: 'ERR_TIMEOUT', timeoutMs: 80 });
    expect(server.requests).toHaveLength(1);
  });

  test('may take longer than the other calls', async () => {
    const given: number[] = [];
    const body = Buffer.from('{}');
    const transport: HttpTransport = {
      request: async ({ timeoutMs }) => (given.push(timeoutMs), { status: 200, headers: {}, body }),
    };
    open({ transport, timeoutMs: 1_000 });
    await client.checkHealth();
    await client.symbolicate(request);
    await client.symbolicate(request, { deadlineMs: 300_000 });
    expect(given).toEqual([1_000, 600_000, 300_000]);
  });

  test('takes the deadline that it is given for a call', async () => {
    answers.push(stall);
    const error = await rejectionOf(client.symbolicate(request, { deadlineMs: 60 }));
    expect(error).toMatchObject({ code: 'ERR_TIMEOUT', timeoutMs: 60 });
  });

  test('never takes half an answer for a stack', async () => {
    const truncated: Answer = (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('Thread 0 (crashed)\n 0  crash', () => response.socket?.destroy());
    };
    answers.push(truncated, recorded('ok'));
    expect(await client.symbolicate(request)).toContain('size: 10244');
    expect(server.requests).toHaveLength(2);
  });

  test.each(['', ' \n', '<html><body>Log in</body></html>', '\n <!DOCTYPE html>'])(
    'refuses an answer that is no stack: %j',
    async (answer) => {
      answers.push(answer);
      expect(await rejectionOf(client.symbolicate(request))).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
      expect(server.requests).toHaveLength(1);
    },
  );

  test('gives up an answer that is too large, and one that only looks small', async () => {
    open({ maxResponseBytes: 10_000 });
    const large = 'x'.repeat(20_000);
    answers.push(large, (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(large)));
    for (let round = 0; round < 2; round += 1) {
      expect(await rejectionOf(client.symbolicate(request))).toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' });
    }
  });

  test('stops on an abort, in a request and in a wait', async () => {
    const inRequest = new AbortController();
    answers.push(() => inRequest.abort('enough'));
    expect(await rejectionOf(client.symbolicate(request, { signal: inRequest.signal }))).toBe('enough');

    const inWait = new AbortController();
    open({ clock: new FakeClock({ onSleep: () => inWait.abort('enough') }) });
    answers.push(hangUp);
    expect(await rejectionOf(client.symbolicate(request, { signal: inWait.signal }))).toBe('enough');
    expect(server.requests).toHaveLength(2);
  });

  test('is told to the hooks as a call of the crash server', async () => {
    const events: unknown[] = [];
    open({ onCall: (event) => events.push(event) });
    answers.push(recorded('ok'));
    await client.symbolicate(request);
    expect(events).toMatchObject([{ service: 'crash server', method: 'symbolicate_dump', tries: 1, outcome: 'ok' }]);
  });
});

describe('staging symbols', () => {
  test('asks for them and waits until they are there', async () => {
    answers.push('Success', 'False', 'True');
    await client.stageSymbols({ build });
    const query = `archive_url=${archiveUrl}&artifacts=symbols&files=`;
    expect(server.requests.map(({ url }) => url)).toEqual([
      `/stage?${query}&async=True`,
      `/is_staged?${query}`,
      `/is_staged?${query}`,
    ]);
    expect(clock.sleeps).toEqual([5_000]);
  });

  test('fails as staging does', async () => {
    const failure = recorded('build has no debug.tgz');
    answers.push('Success', 'False', failure);
    expect(await rejectionOf(client.stageSymbols({ build }))).toMatchObject({
      code: 'ERR_STAGING',
      build,
      artifacts: ['symbols'],
    });
  });
});

describe('the health of a server', () => {
  test.each([
    ['check_health', { freeDiskGb: 78, cpuPercent: 52.7 }],
    ['check_health, CPU at 100 %', { cpuPercent: 100, diskBytesPerSecond: 4_186_555.9490731293 }],
    ['check_health, little disk traffic', { diskBytesPerSecond: 818.309679605505, networkBytesPerSecond: 0 }],
  ])('is what it says: %s', async (name, health) => {
    answers.push(recorded(name));
    expect(await client.checkHealth()).toMatchObject(health);
    // Any argument at all is a 404.
    expect(server.requests[0]?.url).toMatch(/^\/check_health\??$/);
  });

  test('is unknown where the answer does not tell, or tells nonsense', async () => {
    answers.push('{"cpu_percent": "12", "free_disk": -1, "network_total_bytes_per_second": 1e999}', '[]', 'null');
    const unknown = { freeDiskGb: null, cpuPercent: null, diskBytesPerSecond: null, networkBytesPerSecond: null };
    for (let round = 0; round < 3; round += 1) expect(await client.checkHealth()).toMatchObject(unknown);
  });

  test('that is no JSON is an error', async () => {
    answers.push('<html>');
    expect(await rejectionOf(client.checkHealth())).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  });

  test('is waited for no longer than 6 s', async () => {
    open({ url: await deadUrl() });
    expect(await rejectionOf(client.checkHealth())).toMatchObject({ code: 'ERR_DEADLINE', deadlineMs: 6_000 });
    expect(clock.sleeps).toEqual([3_000]);
  });
});

test('no error shows the password of the URL', async () => {
  const told: unknown[] = [];
  const tell = (...values: unknown[]) => void told.push(...values);
  const options = { logger: { debug: tell, info: tell, warn: tell, error: tell }, onCall: tell, onRetry: tell };
  for (const url of [server.url, await deadUrl()]) {
    open({ ...options, url: url.replace('//', '//user:S3cr3t@') });
    answers.push(recorded('malformed minidump'), recorded('wrong field name'), '<html>');
    for (let round = 0; round < 3; round += 1) told.push(await rejectionOf(client.symbolicate(request)));
    told.push(client, client.url);
  }
  const shown = inspect(told, { depth: 10, showHidden: true });
  expect(shown).toContain('SymbolicationError');
  expect(shown).not.toContain('S3cr3t');
});

test('options that cannot work are refused', () => {
  const bad = () => new HttpCrashServerClient({ url: server.url, symbolicateTimeoutMs: 0 });
  expect(bad).toThrow(/symbolicateTimeoutMs: must be a number from 1/);
  expect(() => new HttpCrashServerClient({ url: 'crash.lab' })).toThrow(/url: not a URL/);
});
