import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpTkoClient } from '../../../src/clients/tko/http-tko-client.js';
import recordings from '../../fixtures/recordings/tko.json' with { type: 'json' };
import { FakeClock } from '../../support/fake-clock.js';
import { rejectionOf } from '../../support/loopback-server.js';
import { misbehaviours, startRpcServer, type RpcAnswer, type RpcServer } from '../../support/rpc-server.js';

let server: RpcServer;
let client: HttpTkoClient;
let answers: RpcAnswer[];

beforeEach(async () => {
  answers = [];
  server = await startRpcServer(() => answers.shift() ?? { result: [] });
  client = new HttpTkoClient({ url: server.url, clock: new FakeClock(), user: 'chromeos-test' });
});

afterEach(async () => {
  client.close();
  await server.close();
});

function recorded(name: string) {
  const recording = recordings.find((candidate) => candidate.name === `get_detailed_test_views ${name}`);
  if (recording === undefined) throw new Error(`no recorded answer ${name}`);
  return { result: recording.answer.result, args: recording.request.params[0] };
}

test('the rows of jobs are asked for by their ids, unfiltered', async () => {
  const { result, args } = recorded('afe_job_id__in');
  answers.push({ result });
  const views = await client.getDetailedTestViews({ jobIds: [2, 3] });
  expect(views).toHaveLength(result.length);
  expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/new_tko/server/noauth/rpc/' });
  expect(server.requests[0]?.headers.authorization).toBe('chromeos-test');
  expect(server.calls[0]).toMatchObject({ method: 'get_detailed_test_views', args });
});

test('a row is read', async () => {
  answers.push({ result: recorded('good_Test').result });
  const views = await client.getDetailedTestViews({ jobIds: [2] });
  expect(views.map(({ testName }) => testName)).toEqual(['SERVER_JOB', 'good_Test']);
  expect(views[1]).toEqual({
    testIdx: 5,
    testName: 'good_Test',
    status: 'GOOD',
    reason: 'completed successfully',
    subdir: 'good_Test',
    hostname: 'chromeos1-rack1-host1',
    jobTag: '2-chromeos-test/chromeos1-rack1-host1',
    jobId: 2,
    jobName: 'x86-mario-release/R28-3993.0.0/bvt/good_Test',
    startedMs: Date.UTC(2026, 10, 21, 17, 15, 36),
    finishedMs: Date.UTC(2026, 10, 21, 17, 15, 37),
    invalid: false,
    jobKeyvals: expect.objectContaining({ experimental: 'False', suite: 'bvt' }),
    attributes: expect.objectContaining({ lab_attr: 'yes' }),
  });
});

test.each(['client_Test', 'noresult_Test', 'retry_Test', 'infra_Test'])('the rows of %s are read', async (name) => {
  const { result } = recorded(name);
  answers.push({ result });
  const views = await client.getDetailedTestViews({ jobIds: [9] });
  expect(views.map(({ subdir, invalid }) => ({ subdir, invalid }))).toEqual(
    result.map(({ subdir, invalid }) => ({ subdir, invalid })),
  );
});

test('rows come in the order they were written, whatever the order of the answers', async () => {
  const [row] = recorded('good_Test').result;
  answers.push(
    {
      result: [
        { ...row, test_idx: 9 },
        { ...row, test_idx: 2 },
      ],
    },
    { result: [{ ...row, test_idx: 5 }] },
  );
  const views = await client.getDetailedTestViews({ jobIds: Array.from({ length: 101 }, (_, index) => index) });
  expect(views.map(({ testIdx }) => testIdx)).toEqual([2, 5, 9]);
  expect(server.calls).toHaveLength(2);
});

test('rows of no job are no request', async () => {
  expect(await client.getDetailedTestViews({ jobIds: [] })).toEqual([]);
  expect(server.calls).toHaveLength(0);
});

describe('odd rows', () => {
  test('with empty fields are read (S5)', async () => {
    const [row] = recorded('good_Test').result;
    const odd = { reason: null, hostname: null, test_started_time: 'None', test_finished_time: null, status: 'ODD' };
    answers.push({ result: [{ ...row, ...odd }] });
    expect(await client.getDetailedTestViews({ jobIds: [2] })).toMatchObject([
      { reason: '', hostname: '', startedMs: null, finishedMs: null, status: 'ODD' },
    ]);
  });

  test('without what they need are refused by the field', async () => {
    const [row] = recorded('good_Test').result;
    answers.push({ result: [{ ...row, test_name: 5 }] });
    expect(await rejectionOf(client.getDetailedTestViews({ jobIds: [2] }))).toMatchObject({
      code: 'ERR_BAD_RESPONSE',
      call: 'get_detailed_test_views',
      field: 'result[0].test_name',
    });
  });
});

test('a call is sent again while the server is away', async () => {
  answers.push(misbehaviours.hangUp, misbehaviours.unavailable, { result: recorded('good_Test').result });
  expect(await client.getDetailedTestViews({ jobIds: [2] })).toHaveLength(2);
});

test('any other method can be called in the words of TKO', async () => {
  answers.push({ result: 27 });
  expect(await client.call('get_num_test_views', { afe_job_id: 3 })).toBe(27);
});
