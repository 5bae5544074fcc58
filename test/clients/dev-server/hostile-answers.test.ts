import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isDynamicSuiteError } from '../../../src/errors.js';
import { HttpDevServerClient } from '../../../src/clients/dev-server/http-dev-server-client.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startScriptedServer, status, type Answer, type ScriptedServer } from '../../support/scripted-server.js';

const build = 'x86-mario-release/R19-1998.0.0';
const artifacts = ['test_suites'];

/** Every call there is. */
const calls: Readonly<Record<string, (client: HttpDevServerClient) => Promise<unknown>>> = {
  checkHealth: (client) => client.checkHealth(),
  startStaging: (client) => client.startStaging({ build, artifacts }),
  isStaged: (client) => client.isStaged({ build, artifacts }),
  listControlFiles: (client) => client.listControlFiles({ build }),
  getControlFile: (client) => client.getControlFile({ build, path: 'a/control' }),
  listSuiteControls: (client) => client.listSuiteControls({ build, suite: 'bvt' }),
  locateFile: (client) => client.locateFile({ build, filename: 'control', artifacts }),
  getLatestBuild: (client) => client.getLatestBuild({ target: 'x86-mario-release' }),
  translateImagePath: (client) => client.translateImagePath('remote/x86-mario/latest-official'),
  resolveBuild: (client) => client.resolveBuild('x86-mario-release/LATEST'),
  listImageDir: (client) => client.listImageDir({ build }),
  getStaticFile: (client) => client.getStaticFile({ build, path: 'update.gz' }),
};
const names = Object.keys(calls);

let server: ScriptedServer;
let client: HttpDevServerClient;

beforeEach(async () => {
  server = await startScriptedServer();
  client = new HttpDevServerClient({
    url: server.url,
    clock: new FakeClock(),
    timeoutMs: 3_000,
    deadlineMs: 5_000,
    maxResponseBytes: 2 * 1024 * 1024,
    retry: { jitter: 0 },
  });
});
afterEach(async () => {
  client.close();
  await server.close();
});

async function outcomeOf(name: string, answer: Answer): Promise<unknown> {
  server.answers.push(answer, answer, answer);
  try {
    return { value: await calls[name]?.(client) };
  } catch (error) {
    return error;
  }
}

/** Written for as long as anybody reads: 100 MB, without being built in memory here either. */
function endless(code: number): Answer {
  return (response: ServerResponse) => {
    const chunk = Buffer.alloc(256 * 1024, 'x');
    let left = 400;
    response.writeHead(code, { 'content-length': String(left * chunk.length) });
    const write = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= 1;
        if (!response.write(chunk)) {
          response.once('drain', write);
          return;
        }
      }
      response.end();
    };
    write();
  };
}

const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));

describe.each(names)('%s', (name) => {
  test.each([200, 500])('gives up a body of 100 MB, with status %i', async (code) => {
    const before = process.memoryUsage().arrayBuffers;
    const error = await outcomeOf(name, endless(code));
    expect(error).toSatisfy((found) => isDynamicSuiteError(found));
    expect(error).toMatchObject(
      name === 'startStaging'
        ? { code: 'ERR_STAGING', cause: { code: 'ERR_RESPONSE_TOO_LARGE' } }
        : { code: 'ERR_RESPONSE_TOO_LARGE' },
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 1024 * 1024);
  });

  test('gives up a small body that unpacks to 100 MB', async () => {
    const error = await outcomeOf(name, (response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    const tooLarge = { code: 'ERR_RESPONSE_TOO_LARGE' };
    expect(error).toMatchObject(name === 'startStaging' ? { cause: tooLarge } : tooLarge);
  });

  test('understands no page, and no answer of another kind', async () => {
    const takesAnyFile = name === 'getControlFile' || name === 'getStaticFile';
    const takesAnyText = takesAnyFile || name === 'listControlFiles';
    const takesPaths = name === 'locateFile' || name === 'translateImagePath';
    for (const body of ['<html>Log in</html>', '{"error": ["x", 7]}', '[[', '\0\u0001', '-1']) {
      const outcome = await outcomeOf(name, body);
      server.answers.length = 0;
      if (takesAnyFile || (takesAnyText && !body.startsWith('<')) || (takesPaths && body === '-1')) continue;
      // An object without a word of health is told from a server by its nulls.
      if (name === 'checkHealth' && (body.startsWith('{') || body === '-1')) {
        expect(outcome).toMatchObject({ value: { freeDiskGb: null, cpuPercent: null } });
        continue;
      }
      expect(outcome).toSatisfy((found) => isDynamicSuiteError(found));
    }
  });

  test('understands an error page, whatever it says', async () => {
    const page = `<h2>500</h2><p>${'&lt;x'.repeat(50_000)}</p><pre id="traceback">Traceback\n${'  x\n'.repeat(50_000)}`;
    const outcome = await outcomeOf(name, status(500, page));
    expect(outcome).toSatisfy((found) => isDynamicSuiteError(found));
    expect(String(outcome).length).toBeLessThan(5_000);
  });
});

test.each(['checkHealth', 'isStaged', 'getLatestBuild', 'translateImagePath', 'locateFile'])(
  'of the answer to %s, a word or a line, no more than 1 MiB is read, whatever the client may read',
  async (name) => {
    expect(await outcomeOf(name, endless(200))).toMatchObject({ maxResponseBytes: 1024 * 1024 });
  },
);
