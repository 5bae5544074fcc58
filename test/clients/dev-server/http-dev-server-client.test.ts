import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpDevServerClient } from '../../../src/clients/dev-server/http-dev-server-client.js';
import type { HttpDevServerClientOptions } from '../../../src/clients/dev-server/dev-server-options.js';
import recordings from '../../fixtures/recordings/devserver.json' with { type: 'json' };
import { FakeClock } from '../../support/fake-clock.js';
import { deadUrl, rejectionOf } from '../../support/loopback-server.js';
import {
  hangUp,
  recordedAnswers,
  stall,
  startScriptedServer,
  type Answer,
  type ScriptedServer,
} from '../../support/scripted-server.js';

const build = 'x86-mario-release/R19-1998.0.0';
const recorded = recordedAnswers(recordings);

let server: ScriptedServer;
let client: HttpDevServerClient;
let clock: FakeClock;
/** The answers to come, in turn. */
let answers: Answer[];

beforeEach(async () => {
  server = await startScriptedServer();
  answers = server.answers;
  open();
});

function open(options: Partial<HttpDevServerClientOptions> = {}): void {
  clock = new FakeClock();
  client = new HttpDevServerClient({ url: server.url, clock, timeoutMs: 5_000, retry: { jitter: 0 }, ...options });
}

afterEach(async () => {
  client.close();
  await server.close();
});

const paths = () => server.requests.map(({ url }) => url);
const artifacts = ['control_files', 'test_suites'];
const query =
  'archive_url=gs%3A%2F%2Fchromeos-image-archive%2Fx86-mario-release%2FR19-1998.0.0&artifacts=control_files%2Ctest_suites&files=';

describe('staging', () => {
  test('asks for it, and then, at once and every 5 s, whether it is there', async () => {
    answers.push('Success', 'False', 'False', 'True');
    await client.stage({ build, artifacts });
    expect(paths()).toEqual([
      `/stage?${query}&async=True`,
      `/is_staged?${query}`,
      `/is_staged?${query}`,
      `/is_staged?${query}`,
    ]);
    expect(clock.sleeps).toEqual([5_000, 5_000]);
  });

  test('knows the image archive and the interval it is given', async () => {
    open({ imageArchive: 'gs://own/', pollIntervalMs: 1_000 });
    answers.push('Success', 'False', 'True');
    await client.stage({ build, artifacts });
    expect(paths()[0]).toContain('archive_url=gs%3A%2F%2Fown%2Fx86');
    expect(clock.sleeps).toEqual([1_000]);
  });

  test('does not take the failure of an earlier staging for its own', async () => {
    answers.push('Success', recorded('stage build not in storage (sync)'), 'False', 'True');
    await client.stage({ build, artifacts });
    expect(server.requests).toHaveLength(4);
  });

  test('fails when the failure is confirmed', async () => {
    const failure = recorded('stage build not in storage (sync)');
    answers.push('Success', failure, failure);
    const error = await rejectionOf(client.stage({ build, artifacts }));
    expect(error).toMatchObject({
      name: 'StagingError',
      code: 'ERR_STAGING',
      build,
      artifacts,
      cause: { code: 'ERR_DEV_SERVER', status: 500 },
    });
    expect(String(error)).toContain('Could not find test_suites.tar.bz2 in Google Storage');
  });

  test('fails at once when the server has said "not yet" before it failed', async () => {
    answers.push('Success', 'False', recorded('two missing is_staged (sync ones)'));
    const error = await rejectionOf(client.stage({ build, artifacts }));
    expect(error).toMatchObject({ code: 'ERR_STAGING' });
    expect(server.requests).toHaveLength(3);
  });

  test('fails at once for an artifact that the server does not know', async () => {
    answers.push(recorded('stage unknown artifact (async)'));
    const error = await rejectionOf(client.stage({ build, artifacts: ['bogus'] }));
    expect(error).toMatchObject({ code: 'ERR_STAGING', cause: { message: "KeyError: 'bogus'" } });
    expect(server.requests).toHaveLength(1);
  });

  test('goes on while the server cannot be reached', async () => {
    answers.push(hangUp, recorded('again'), 'Success', hangUp, recorded('again'), 'True');
    await client.stage({ build, artifacts });
    expect(clock.sleeps).toEqual([3_000, 6_000, 5_000, 5_000]);
  });

  test('goes on after a question that stalls', async () => {
    open({ timeoutMs: 60 });
    answers.push('Success', stall, 'True');
    await client.stage({ build, artifacts });
    expect(server.requests).toHaveLength(3);
  });

  test('ends at its deadline when the server says "not yet" for ever', async () => {
    open({ deadlineMs: 60_000 });
    answers.push('Success', ...Array.from({ length: 100 }, () => 'False'));
    const startedMs = clock.now();
    const error = await rejectionOf(client.stage({ build, artifacts }));
    expect(error).toMatchObject({ code: 'ERR_STAGING', cause: { code: 'ERR_DEADLINE', deadlineMs: 60_000 } });
    expect(clock.now() - startedMs).toBeLessThan(60_000);
  });

  test('ends at its deadline when the server is away', async () => {
    client = new HttpDevServerClient({ url: await deadUrl(), clock, deadlineMs: 30_000 });
    const error = await rejectionOf(client.stage({ build, artifacts }));
    expect(error).toMatchObject({ code: 'ERR_STAGING', cause: { code: 'ERR_DEADLINE' } });
  });

  test.each([[['<html>Log in</html>']], [['Success', 'perhaps']]])(
    'refuses answers that are none: %j',
    async (given) => {
      answers.push(...given);
      const error = await rejectionOf(client.stage({ build, artifacts }));
      expect(error).toMatchObject({ code: 'ERR_STAGING', cause: { code: 'ERR_BAD_RESPONSE' } });
    },
  );

  test('of nothing is refused', async () => {
    await expect(client.stage({ build, artifacts: [] })).rejects.toThrow(TypeError);
  });

  test('stops on an abort, in a request and in a wait', async () => {
    const inRequest = new AbortController();
    answers.push('Success', () => inRequest.abort('enough'));
    expect(await rejectionOf(client.stage({ build, artifacts }, { signal: inRequest.signal }))).toBe('enough');

    const inWait = new AbortController();
    open({ clock: new FakeClock({ onSleep: () => inWait.abort('enough') }) });
    answers.push('Success', 'False');
    expect(await rejectionOf(client.stage({ build, artifacts }, { signal: inWait.signal }))).toBe('enough');
    expect(server.requests).toHaveLength(4);
  });
});

describe('listing control files', () => {
  test('gives the paths', async () => {
    answers.push(recorded('suite_name=dummy'), 'a\r\n\n b \n');
    expect(await client.listControlFiles({ build, suite: 'dummy' })).toContain('client/site_tests/dummy_Pass/control');
    expect(await client.listControlFiles({ build })).toEqual(['a', 'b']);
    expect(paths()).toEqual([
      '/controlfiles?build=x86-mario-release%2FR19-1998.0.0&suite_name=dummy',
      '/controlfiles?build=x86-mario-release%2FR19-1998.0.0&suite_name=',
    ]);
  });

  test('encodes what it asks for', async () => {
    answers.push('');
    expect(await client.listControlFiles({ build: '../a b&c=d#e', suite: 'a+b%é' })).toEqual([]);
    expect(paths()).toEqual(['/controlfiles?build=..%2Fa%20b%26c%3Dd%23e&suite_name=a%2Bb%25%C3%A9']);
  });

  test('of a build that is not staged is the error that the server states', async () => {
    answers.push(recorded('controlfiles no build'));
    const error = await rejectionOf(client.listControlFiles({ build }));
    expect(error).toMatchObject({ code: 'ERR_DEV_SERVER', status: 500, message: 'Error: build= is required!' });
    expect(Object.keys(Object(error))).not.toContain('page');
    expect(Object(error).page).toContain('<html>');
    expect(server.requests).toHaveLength(1);
  });

  test('refuses a page for a list', async () => {
    answers.push('<html>Log in</html>');
    expect(await rejectionOf(client.listControlFiles({ build }))).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  });
});

describe('a control file', () => {
  test('comes byte for byte', async () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x23, 0xff, 0x0a, 0x0d, 0x00]);
    answers.push((response) => response.end(bytes));
    expect(Buffer.from(await client.getControlFile({ build, path: 'a/control' }))).toEqual(bytes);
    expect(paths()).toEqual(['/controlfiles?build=x86-mario-release%2FR19-1998.0.0&control_path=a%2Fcontrol']);
  });

  test.each(['control_path not found', 'control_path, build not staged'])(
    'that is not there is an error, never its text: %s',
    async (name) => {
      answers.push(recorded(name));
      const error = await rejectionOf(client.getControlFile({ build, path: 'client/site_tests/nope/control' }));
      expect(error).toMatchObject({
        name: 'ControlFileNotFoundError',
        code: 'ERR_CONTROL_FILE_NOT_FOUND',
        build,
        path: 'client/site_tests/nope/control',
      });
    },
  );

  test('without a path is not there either', async () => {
    expect(await rejectionOf(client.getControlFile({ build, path: '' }))).toMatchObject({
      code: 'ERR_CONTROL_FILE_NOT_FOUND',
    });
    expect(server.requests).toHaveLength(0);
  });
});

describe('all control files of a suite at once', () => {
  test('come by path', async () => {
    answers.push('{"a/control": "NAME = \'a\'", "b/control": ""}');
    const files = await client.listSuiteControls({ build, suite: 'bvt' });
    expect(files).toEqual(
      new Map([
        ['a/control', "NAME = 'a'"],
        ['b/control', ''],
      ]),
    );
    expect(paths()).toEqual(['/list_suite_controls?build=x86-mario-release%2FR19-1998.0.0&suite_name=bvt']);
  });

  test('are undefined from a server that does not know the call, which is not asked again', async () => {
    answers.push(recorded('unknown endpoint (2016-04 names on Jan server) list_suite_controls'));
    expect(await client.listSuiteControls({ build, suite: 'bvt' })).toBeUndefined();
    expect(await client.listSuiteControls({ build, suite: 'cq' })).toBeUndefined();
    expect(server.requests).toHaveLength(1);
    answers.push('{}');
    open();
    expect(await client.listSuiteControls({ build, suite: 'bvt' })).toEqual(new Map());
  });

  test.each([
    ['<html>', 'expected JSON'],
    ['[]', 'expected an object'],
    ['{"a": 1}', 'expected a string: 1'],
    ['['.repeat(100_000), 'expected JSON'],
  ])('are refused when they are not: %.20s', async (body, message) => {
    answers.push(body);
    const error = await rejectionOf(client.listSuiteControls({ build, suite: 'bvt' }));
    expect(error).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
    expect(String(error)).toContain(message);
  });

  test('that the server fails to list are its error', async () => {
    answers.push(recorded('controlfiles no build'));
    expect(await rejectionOf(client.listSuiteControls({ build, suite: 'bvt' }))).toMatchObject({ status: 500 });
  });
});

describe('the name of a build', () => {
  test('that is real comes back unchanged, without a request', async () => {
    expect(await client.resolveBuild(build)).toBe(build);
    expect(server.requests).toHaveLength(0);
  });

  test.each([
    ['xbuddy_translate latest-official', build],
    ['xbuddy_translate LATEST file with trailing newline', 'lumpy-release/R65-6583.0.0'],
  ])('that stands for the newest is translated: %s', async (name, expected) => {
    answers.push(recorded(name));
    expect(await client.resolveBuild('x86-mario-release/LATEST')).toBe(expected);
    expect(paths()).toEqual([
      '/xbuddy_translate/remote/x86-mario/latest-official?image_dir=gs%3A%2F%2Fchromeos-image-archive%2F',
    ]);
  });

  test.each(['../../etc/passwd', '<html>', 'x/R1-1\nEvil: 1/image'])('is never taken from %j', async (answer) => {
    answers.push(answer);
    expect(await rejectionOf(client.resolveBuild('x86-mario-release/LATEST'))).toMatchObject({
      code: 'ERR_BAD_RESPONSE',
    });
  });

  test('of an unknown board is the error that the server states', async () => {
    answers.push(recorded('xbuddy_translate unknown board'));
    const error = await rejectionOf(client.resolveBuild('nope-release/LATEST'));
    expect(error).toMatchObject({ code: 'ERR_DEV_SERVER', status: 500 });
    expect(String(error)).toContain('CommandException: No URLs matched');
  });
});

describe('every call', () => {
  test.each([
    ['a hang-up', hangUp],
    ['503 of the front server', recorded('again')],
  ])('is repeated after %s', async (_, answer) => {
    answers.push(answer, answer, 'a/control');
    expect(await client.listControlFiles({ build })).toEqual(['a/control']);
    expect(clock.sleeps).toEqual([3_000, 6_000]);
  });

  test('is final after a 4xx', async () => {
    answers.push(recorded('query with space unescaped (malformed request line)'));
    const error = await rejectionOf(client.listControlFiles({ build }));
    expect(error).toMatchObject({ status: 400, message: 'HTTP status 400: Malformed Request-Line' });
    expect(server.requests).toHaveLength(1);
  });

  test('follows no redirect', async () => {
    const location = 'http://user:secret@login.lab/elsewhere?token=secret';
    answers.push((response) => response.writeHead(302, { location }).end('<p>Found</p>'));
    const error = await rejectionOf(client.listControlFiles({ build }));
    expect(error).toMatchObject({
      status: 302,
      message: 'HTTP status 302: it leads to http://login.lab/elsewhere, and is not followed',
    });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['a huge answer', 'x'.repeat(200_000), {}],
    ['one that grows huge', gzipSync(Buffer.alloc(5_000_000)), { 'content-encoding': 'gzip' }],
  ])('gives up %s', async (_, body, headers) => {
    open({ maxResponseBytes: 100_000 });
    answers.push((response) => response.writeHead(200, headers).end(body));
    expect(await rejectionOf(client.listControlFiles({ build }))).toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' });
  });

  test('ends at the deadline', async () => {
    answers.push(...Array.from({ length: 10 }, () => recorded('again')));
    const error = await rejectionOf(client.listControlFiles({ build }, { deadlineMs: 10_000 }));
    expect(error).toMatchObject({ code: 'ERR_DEADLINE', tries: 3, cause: { status: 503 } });
  });
});

test('the URL of the client has no credentials, which are sent all the same', async () => {
  open({ url: server.url.replace('//', '//user:secret@') });
  answers.push('a');
  await client.listControlFiles({ build });
  expect(client.url).toBe(server.url);
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`);
});
