import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpDevServerClientOptions } from '../../../src/clients/dev-server/dev-server-options.js';
import { HttpDevServerClient } from '../../../src/clients/dev-server/http-dev-server-client.js';
import type { StagingProgress } from '../../../src/clients/dev-server/staging-operation.js';
import { embeddedLab } from '../../../src/testing/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { deadUrl, rejectionOf } from '../../support/loopback-server.js';
import {
  hangUp,
  startScriptedServer,
  status,
  type Answer,
  type ScriptedServer,
} from '../../support/scripted-server.js';
import { decoded, recordedCalls } from './recorded-calls.js';

const build = 'x86-mario-release/R19-1998.0.0';
const request = { build, artifacts: ['control_files', 'test_suites'] };

let server: ScriptedServer;
let client: HttpDevServerClient;
let clock: FakeClock;
let answers: Answer[];

beforeEach(async () => {
  server = await startScriptedServer();
  answers = server.answers;
  clock = new FakeClock();
  client = open();
});
afterEach(async () => {
  client.close();
  await server.close();
});

function open(options: Partial<HttpDevServerClientOptions> = {}): HttpDevServerClient {
  return new HttpDevServerClient({ url: server.url, clock, timeoutMs: 5_000, retry: { jitter: 0 }, ...options });
}

/** The recorded page of a staging that failed, in the words of the one with that message. */
function failure(message = 'Could not find nosuch.txt in Google Storage'): Answer {
  const recording = recordedCalls.find(({ name }) => name === 'is_staged after sync failure');
  return status(500, recording?.body.replace(/Could not find [^<\n]*/, message) ?? '');
}

const asked = () => server.requests.map(({ url }) => decoded(url).path);

describe('a staging', () => {
  test('is under way when it has been asked for, and says so without a request', async () => {
    answers.push('Success');
    const staging = await client.startStaging(request);
    expect(staging).toMatchObject({ state: 'staging', error: undefined, url: server.url, request });
    expect(asked()).toEqual(['stage']);
  });

  test('is asked about once by each poll, and no more once it is certain', async () => {
    answers.push('Success', 'False', 'True');
    const staging = await client.startStaging(request);
    expect(await staging.poll()).toBe('staging');
    expect(await staging.poll()).toBe('staged');
    expect(await staging.poll()).toBe('staged');
    await staging.wait();
    expect(asked()).toEqual(['stage', 'is_staged', 'is_staged']);
    expect(clock.sleeps).toEqual([]);
  });

  test('that is refused never begins', async () => {
    answers.push(failure("KeyError: 'bogus'"));
    expect(await rejectionOf(client.startStaging(request))).toMatchObject({ code: 'ERR_STAGING', noAnswer: false });
  });

  test('may be of single files, and of the factory image where that is stored', async () => {
    answers.push('Success', 'Success');
    await client.startStaging({ build, artifacts: [], files: ['a.bin', 'b.bin'] });
    await client.startStaging({ build, artifacts: ['factory_image'] });
    const [files, factory] = server.requests.map(({ url }) => decoded(url).parameters);
    expect(files?.get('files')).toBe('a.bin,b.bin');
    expect(files?.get('archive_url')).toBe(`gs://chromeos-image-archive/${build}`);
    expect(factory?.get('archive_url')).toBe(`gs://chromeos-releases/canary-channel/${build}`);
  });

  test.each([{ artifacts: [] }, { artifacts: [''] }, { artifacts: ['a,b'] }, { artifacts: ['a'], files: ['b,c'] }])(
    'of what the server would take for something else is refused: %j',
    async (parts) => {
      expect(await rejectionOf(client.startStaging({ build, ...parts }))).toBeInstanceOf(TypeError);
      expect(server.requests).toEqual([]);
    },
  );

  test('tells after each question what is known', async () => {
    const told: StagingProgress[] = [];
    answers.push('Success', 'False', hangUp, 'True');
    const staging = await client.startStaging(request, { onProgress: (progress) => told.push(progress) });
    await staging.wait();
    expect(told).toEqual([
      { state: 'staging', polls: 1, elapsedMs: 0, problem: undefined },
      { state: 'staging', polls: 2, elapsedMs: 5_000, problem: expect.objectContaining({ code: 'ERR_CONNECTION' }) },
      { state: 'staged', polls: 3, elapsedMs: 10_000, problem: undefined },
    ]);
  });

  test('goes on when who is told fails', async () => {
    answers.push('Success', 'True');
    const staging = await client.startStaging(request, {
      onProgress: () => {
        throw new Error('no paper');
      },
    });
    expect(await staging.poll()).toBe('staged');
  });
});

describe('the failure of an earlier staging', () => {
  test('is not taken for that of the new one', async () => {
    answers.push('Success', failure(), 'True');
    const staging = await client.startStaging(request);
    expect(await staging.poll()).toBe('staging');
    expect(await staging.poll()).toBe('staged');
  });

  test('is not taken for it either when the first questions found no server', async () => {
    answers.push('Success', hangUp, status(503, 'down'), failure(), 'True');
    await (await client.startStaging(request)).wait();
    expect(answers).toEqual([]);
  });

  test('that comes again is that of the new one', async () => {
    answers.push('Success', failure('one'), failure('two'));
    const staging = await client.startStaging(request);
    const error = await rejectionOf(staging.wait());
    expect(staging).toMatchObject({ state: 'failed', error });
    expect(error).toMatchObject({ code: 'ERR_STAGING', failures: ['two'], noAnswer: false });
    expect(await staging.poll()).toBe('failed');
    expect(server.requests).toHaveLength(3);
  });

  test('is only ever a 500', async () => {
    answers.push('Success', status(404, 'who?'));
    const error = await rejectionOf((await client.startStaging(request)).wait());
    expect(error).toMatchObject({ code: 'ERR_STAGING', cause: { status: 404 } });
  });

  test('is passed over in the recorded course of things, and what follows is believed', async () => {
    const race = recordedCalls.filter(({ name }) => name.startsWith('race 0'));
    const recordedAnswers = race.map((recording) => status(recording.status, recording.body));
    // Staged, failed; staged again, the old failure, there.
    answers.push(...recordedAnswers.slice(0, 2), ...recordedAnswers.slice(1, 2), ...recordedAnswers.slice(2));
    const file = { build: 'race-release/R1-1.0.0', artifacts: [], files: ['late.txt'] };
    const first = await rejectionOf(client.stage(file));
    expect(first).toMatchObject({ code: 'ERR_STAGING', failures: [expect.stringMatching(/^Could not find late.txt/)] });
    await client.stage(file);
    expect(answers).toEqual([]);
  });

  test('is passed over on a server that fails once', async () => {
    const lab = await embeddedLab()
      .build(build, { stagingFails: { times: 1, message: 'disk full' } })
      .start();
    const error = await rejectionOf(lab.devServer.stage({ build, artifacts: ['stateful'] }));
    expect(error).toMatchObject({ code: 'ERR_STAGING', failures: ['disk full'] });
    await lab.devServer.stage({ build, artifacts: ['stateful'] });
    expect(await lab.devServer.isStaged({ build, artifacts: ['stateful'] })).toBe(true);
  });
});

describe('a wait', () => {
  test('of a limited time leaves the staging as it is, to be waited for again', async () => {
    answers.push('Success', 'False', 'False', 'False', 'True');
    const staging = await client.startStaging(request);
    expect(await rejectionOf(staging.wait({ timeoutMs: 12_000 }))).toMatchObject({
      code: 'ERR_STAGING',
      cause: { code: 'ERR_DEADLINE', deadlineMs: 12_000 },
    });
    expect(staging).toMatchObject({ state: 'staging', error: undefined });
    await staging.wait();
    expect(staging.state).toBe('staged');
  });

  test('ends with the deadline of the staging, which has failed then', async () => {
    answers.push('Success', ...Array.from({ length: 20 }, () => 'False'));
    const staging = await client.startStaging(request, { deadlineMs: 30_000 });
    const error = await rejectionOf(staging.wait());
    expect(error).toMatchObject({ cause: { code: 'ERR_DEADLINE', deadlineMs: 30_000 }, noAnswer: false });
    expect(staging.state).toBe('failed');
  });

  test('that nobody ends is ended by the deadline, polls by hand included', async () => {
    answers.push('Success', ...Array.from({ length: 20 }, () => 'False'));
    const staging = await client.startStaging(request, { deadlineMs: 30_000 });
    for (let polls = 0; (await staging.poll()) === 'staging'; polls += 1) {
      clock.advance(7_000);
      expect(polls).toBeLessThan(10);
    }
    expect(staging.error).toMatchObject({ code: 'ERR_STAGING', cause: { code: 'ERR_DEADLINE' } });
  });

  test('tells a server that is away from one that never gets ready', async () => {
    answers.push('Success', ...Array.from({ length: 20 }, () => hangUp));
    const staging = await client.startStaging(request, { deadlineMs: 30_000 });
    expect(await rejectionOf(staging.wait())).toMatchObject({ noAnswer: true });
    const away = open({ url: await deadUrl(), deadlineMs: 10_000 });
    expect(await rejectionOf(away.stage(request))).toMatchObject({ code: 'ERR_STAGING', noAnswer: true });
  });

  test('gives up a silent server earlier where that is asked for, and counts silence from the last answer', async () => {
    answers.push('Success', hangUp, hangUp, 'False', ...Array.from({ length: 20 }, () => hangUp));
    const error = await rejectionOf(client.stage(request, { maxSilenceMs: 15_000 }));
    expect(error).toMatchObject({ code: 'ERR_STAGING', noAnswer: true, cause: { code: 'ERR_CONNECTION' } });
    expect(clock.sleeps).toEqual(Array.from({ length: 5 }, () => 5_000));
  });

  test('stops on an abort, and another one goes on', async () => {
    answers.push('Success', 'False', 'True');
    const stop = new AbortController();
    const staging = await client.startStaging(request);
    const stopped = new FakeClock({ onSleep: () => stop.abort('enough') });
    const again = new HttpDevServerClient({ url: server.url, clock: stopped }).resumeStaging(staging.token);
    expect(await rejectionOf(again.wait({ signal: stop.signal }))).toBe('enough');
    expect(again.state).toBe('staging');
    expect(await rejectionOf(staging.poll({ signal: stop.signal }))).toBe('enough');
    await staging.wait();
  });

  test('beside another one does not ask at the same time', async () => {
    let open = 0;
    let most = 0;
    const slow = (text: string) => async (response: { end(text: string): unknown }) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      response.end(text);
    };
    answers.push('Success', slow('False'), slow('True'));
    const staging = await client.startStaging(request);
    expect(await Promise.all([staging.poll(), staging.poll(), staging.poll()])).toEqual([
      'staging',
      'staged',
      'staged',
    ]);
    expect(most).toBe(1);
  });
});

describe('a token', () => {
  test('takes a staging up in another process, with its deadline', async () => {
    answers.push('Success', ...Array.from({ length: 20 }, () => 'False'));
    const { token } = await client.startStaging(request, { deadlineMs: 60_000 });
    clock.advance(40_000);
    const resumed = open({ imageArchive: 'gs://other' }).resumeStaging(token);
    expect(resumed).toMatchObject({ state: 'staging', request });
    expect(await rejectionOf(resumed.wait())).toMatchObject({ cause: { code: 'ERR_DEADLINE', deadlineMs: 60_000 } });
    expect(clock.sleeps).toEqual([5_000, 5_000, 5_000]);
    // Where the build is stored goes with it.
    expect(decoded(server.requests.at(-1)?.url ?? '').parameters.get('archive_url')).toContain('gs://chromeos-image');
  });

  test('knows whether the server has answered already', async () => {
    answers.push('Success', 'False', failure('broken'), 'Success', failure('old'), 'True');
    const answered = await client.startStaging(request);
    await answered.poll();
    expect(await open().resumeStaging(answered.token).poll()).toBe('failed');
    const fresh = await client.startStaging(request);
    const resumed = open().resumeStaging(fresh.token);
    expect([await resumed.poll(), await resumed.poll()]).toEqual(['staging', 'staged']);
  });

  test('holds no password', async () => {
    answers.push('Success');
    const secret = open({ url: server.url.replace('//', '//user:s3cret@') });
    expect((await secret.startStaging(request)).token).not.toContain('s3cret');
  });

  test('of another server is refused', async () => {
    answers.push('Success');
    const { token } = await client.startStaging(request);
    expect(() => open({ url: 'http://elsewhere' }).resumeStaging(token)).toThrow('of another server');
  });

  test('from a clock that is ahead has a deadline all the same', async () => {
    answers.push('Success', ...Array.from({ length: 100 }, () => 'False'));
    const { token } = await client.startStaging(request, { deadlineMs: 60_000 });
    const ahead = JSON.stringify({ ...(JSON.parse(token) as object), startedMs: 9e15 });
    const resumed = open().resumeStaging(ahead);
    expect(await rejectionOf(resumed.wait())).toMatchObject({ cause: { code: 'ERR_DEADLINE' } });
  });

  test.each([
    '',
    'nonsense',
    'null',
    '[]',
    '{}',
    '{"version":2}',
    '{"version":1,"url":"http://x","archiveUrl":"gs://x","startedMs":0,"deadlineMs":1,"hasAnswered":false}',
    '{"version":1,"url":"http://x","archiveUrl":"gs://x","startedMs":0,"deadlineMs":null,"hasAnswered":false,"request":{"build":"b","artifacts":["a"]}}',
    '{"version":1,"url":"http://x","archiveUrl":"gs://x","startedMs":0,"deadlineMs":1,"hasAnswered":false,"request":{"build":"b","artifacts":[1]}}',
    `"${'x'.repeat(100_000)}"`,
    '['.repeat(60_000),
  ])('that is none is refused: %#', (token) => {
    expect(() => client.resumeStaging(token)).toThrow(expect.objectContaining({ option: 'token' }));
  });
});
