import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpDevServerClient } from '../../../src/clients/dev-server/http-dev-server-client.js';
import { FakeClock } from '../../support/fake-clock.js';
import { rejectionOf } from '../../support/loopback-server.js';
import { startScriptedServer, status, type Answer, type ScriptedServer } from '../../support/scripted-server.js';

const build = 'x86-mario-release/R19-1998.0.0';

let server: ScriptedServer;
let client: HttpDevServerClient;
let answers: Answer[];

beforeEach(async () => {
  server = await startScriptedServer();
  answers = server.answers;
  client = new HttpDevServerClient({ url: server.url, clock: new FakeClock(), retry: { jitter: 0 } });
});
afterEach(async () => {
  client.close();
  await server.close();
});

describe('a static file', () => {
  test('comes byte for byte, by the URL that a device would use', async () => {
    const bytes = Buffer.from([0x1f, 0x8b, 0x00, 0xff, 0x0a]);
    answers.push((response) => response.end(bytes));
    const file = { build, path: 'autotest/packages/a b.tar' };
    expect(Buffer.from(await client.getStaticFile(file))).toEqual(bytes);
    expect(client.staticUrl(file)).toBe(`${server.url}${server.requests[0]?.url ?? ''}`);
    expect(server.requests[0]?.url).toBe('/static/x86-mario-release/R19-1998.0.0/autotest/packages/a%20b.tar');
  });

  test.each(['', '/', 'a//b', '../x', 'a/../../b', 'a/./b', 'folder/'])(
    'is never looked for outside of the build: %j',
    async (path) => {
      expect(await rejectionOf(client.getStaticFile({ build, path }))).toBeInstanceOf(TypeError);
      expect(await rejectionOf(client.getStaticFile({ build: path, path: 'a' }))).toBeInstanceOf(TypeError);
      expect(() => client.staticUrl({ build, path })).toThrow(TypeError);
      expect(server.requests).toEqual([]);
    },
  );

  test('that is not there is told by build and path', async () => {
    answers.push(status(404, '<h1>Not Found</h1>'));
    expect(await rejectionOf(client.getStaticFile({ build, path: 'nope.bin' }))).toMatchObject({
      name: 'StagedFileNotFoundError',
      code: 'ERR_STAGED_FILE_NOT_FOUND',
      build,
      path: 'nope.bin',
      cause: { status: 404 },
    });
  });
});

describe('the list of a build’s folder', () => {
  test('tells paths and sizes, and passes over what it does not know', async () => {
    answers.push(
      [
        `Listing contents of :/srv/static/${build} `,
        `Name: /srv/static/${build}/a b Accessed: 1.txt Accessed: 2026-11-21 16:51:24.9 Modified: 2026-11-21 16:45:35 Size: 4096 bytes.`,
        `Name: /srv/static/${build}/.hidden Accessed: 2026-11-21 16:51:24 Modified: 2026-11-21 16:45:35 Size: 0 bytes.`,
        'Name: /etc/passwd Accessed: 2026 Modified: 2026 Size: 1 bytes.',
        `Name: /srv/static/${build}/odd Accessed: 2026 Modified: 2026 Size: many bytes.`,
        'and more',
        '',
      ].join('\n'),
    );
    expect(await client.listImageDir({ build })).toEqual([
      { path: 'a b Accessed: 1.txt', sizeBytes: 4_096 },
      { path: '.hidden', sizeBytes: 0 },
    ]);
  });

  test('is none of a build that is not staged', async () => {
    answers.push(`gs://chromeos-image-archive/${build} has not been staged on this devserver.`);
    expect(await client.listImageDir({ build })).toBeUndefined();
  });

  test('is not taken from a page', async () => {
    answers.push('<html>Log in</html>');
    expect(await rejectionOf(client.listImageDir({ build }))).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  });
});

test.each(['/etc/passwd', '../x', 'a\nb', '', '<html>', `a/${'x'.repeat(2_000)}`])(
  'a path or an image that a server makes up is not believed: %.20j',
  async (answer) => {
    const file = { build, filename: 'control', artifacts: ['test_suites'] };
    answers.push(answer, answer);
    expect(await rejectionOf(client.locateFile(file))).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
    expect(await rejectionOf(client.translateImagePath('remote/x'))).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  },
);

test.each(['xml', 'R20', 'R20-1/../..', 'R20-1\nR21-1', '', '<html>', `R20-${'1'.repeat(5_000)}`])(
  'a version that a server makes up is not believed: %.20j',
  async (answer) => {
    answers.push(answer);
    const latest = client.getLatestBuild({ target: 'x86-mario-release' });
    expect(await rejectionOf(latest)).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  },
);
