import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  ConnectionError,
  type AfeClient,
  type CallOptions,
  type CrashServerClient,
  type DevServerClient,
  type Host,
  type JobFilter,
  type JobRequest,
  type TkoClient,
} from 'dynamic-suite';
import {
  FakeAfeClient,
  FakeCrashServerClient,
  FakeDevServerClient,
  FakeExpectationError,
  FakeTkoClient,
  inTurn,
  UnansweredCallError,
} from 'dynamic-suite/testing';

/** A lab tool: takes the old build's address off the hosts of a pool that wait for repair, and says which they are. */
async function forgetBuilds(afe: AfeClient, pool: string, options: CallOptions = {}): Promise<readonly string[]> {
  const hosts = await afe.getHosts({ labels: [`pool:${pool}`] }, options);
  const hostnames = hosts.filter(({ status }) => status === 'Repair Failed').map(({ hostname }) => hostname);
  if (hostnames.length > 0) await afe.setHostAttribute({ attribute: 'job_repo_url', value: null, hostnames }, options);
  return hostnames;
}

function aHost(hostname: string, changes: Partial<Host> = {}): Host {
  return { id: 1, hostname, status: 'Ready', locked: false, lockReason: '', labels: [], attributes: {}, ...changes };
}

const request: JobRequest = { name: 'x', controlFile: '', controlType: 'Server', priority: 10, hostless: true };

describe('a lab tool is tested with a fake', () => {
  test('that answers, and tells what it was asked', async () => {
    const afe = new FakeAfeClient({ getHosts: [aHost('host1'), aHost('host2', { status: 'Repair Failed' })] });

    expect(await forgetBuilds(afe, 'bvt')).toEqual(['host2']);

    expect(afe.callsOf('getHosts').map(([filter]) => filter)).toEqual([{ labels: ['pool:bvt'] }]);
    expect(afe.callsOf('setHostAttribute').map(([change]) => change)).toEqual([
      { attribute: 'job_repo_url', value: null, hostnames: ['host2'] },
    ]);
    afe.expectNothingLeft();
  });

  test('that has nothing to tell of a call that is not made', async () => {
    const afe = new FakeAfeClient({ getHosts: [aHost('host1')] });
    expect(await forgetBuilds(afe, 'bvt')).toEqual([]);
    expect(afe.calls.map(({ method }) => method)).toEqual(['getHosts']);
  });

  test('that fails', async () => {
    const failure = new ConnectionError({ url: 'http://afe.lab', method: 'POST', sent: false, reason: 'ECONNREFUSED' });
    const afe = new FakeAfeClient({ getHosts: failure });
    await expect(forgetBuilds(afe, 'bvt')).rejects.toBe(failure);
    expect(afe.callsOf('setHostAttribute')).toEqual([]);
  });

  test('that stops when it is told to', async () => {
    const controller = new AbortController();
    const afe = new FakeAfeClient({ getHosts: () => new Promise<never>(() => {}) });
    const call = forgetBuilds(afe, 'bvt', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });
});

describe('an answer is', () => {
  test('a value, for every call', async () => {
    const afe = new FakeAfeClient({ getNumJobs: 3 });
    expect([await afe.getNumJobs({}), await afe.getNumJobs({ ids: [] })]).toEqual([3, 3]);
    afe.expectNothingLeft();
  });

  test('what a function makes of the arguments, at once or later', async () => {
    const tko = new FakeTkoClient({ getDetailedTestViews: async ({ jobIds }) => (jobIds.length > 9 ? [] : []) });
    expect(await tko.getDetailedTestViews({ jobIds: [1] })).toEqual([]);
    const crashServer = new FakeCrashServerClient({ symbolicate: ({ filename }) => `stack of ${filename}` });
    expect(await crashServer.symbolicate({ build: 'b', dump: new Uint8Array(), filename: 'a.dmp' })).toBe(
      'stack of a.dmp',
    );
  });

  test('an error that a function throws', async () => {
    const afe = new FakeAfeClient({
      getLabels: () => {
        throw new Error('no labels today');
      },
    });
    await expect(afe.getLabels({})).rejects.toThrow('no labels today');
  });

  test('one of several, in turn', async () => {
    const afe = new FakeAfeClient({
      getNumJobs: inTurn(0, new Error('away'), ({ ids = [] }: JobFilter) => ids.length),
    });
    expect(await afe.getNumJobs({})).toBe(0);
    await expect(afe.getNumJobs({})).rejects.toThrow('away');
    expect(await afe.getNumJobs({ ids: [7, 8] })).toBe(2);
    afe.expectNothingLeft();
    await expect(afe.getNumJobs({})).rejects.toThrow('FakeAfeClient has 3 answers to getNumJobs');
  });

  test('undefined, where a function says so', async () => {
    const devServer = new FakeDevServerClient({ listSuiteControls: () => undefined });
    expect(await devServer.listSuiteControls({ build: 'b', suite: 's' })).toBeUndefined();
  });
});

describe('a call without an answer', () => {
  test('rejects with an error that says how to give one', async () => {
    const afe = new FakeAfeClient({ getHosts: undefined });
    const call = afe.getHosts({});
    await expect(call).rejects.toThrow(UnansweredCallError);
    await expect(call).rejects.toMatchObject({
      code: 'ERR_UNANSWERED_CALL',
      method: 'getHosts',
      message: 'FakeAfeClient has no answer to getHosts; give it one: new FakeAfeClient({ getHosts: ... })',
    });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['getJobs', () => new FakeAfeClient().getJobs({})],
    ['getNumJobs', () => new FakeAfeClient().getNumJobs({})],
    ['getHostQueueEntries', () => new FakeAfeClient().getHostQueueEntries({ jobIds: [] })],
    ['abortHostQueueEntries', () => new FakeAfeClient().abortHostQueueEntries({ jobIds: [1] })],
    ['getHosts', () => new FakeAfeClient().getHosts({})],
    ['getLabels', () => new FakeAfeClient().getLabels({})],
    ['getHostAttribute', () => new FakeAfeClient().getHostAttribute({ attribute: 'a', hostnames: [] })],
    ['getDetailedTestViews', () => new FakeTkoClient().getDetailedTestViews({ jobIds: [] })],
    ['listControlFiles', () => new FakeDevServerClient().listControlFiles({ build: 'b' })],
    ['getControlFile', () => new FakeDevServerClient().getControlFile({ build: 'b', path: 'p' })],
    ['listSuiteControls', () => new FakeDevServerClient().listSuiteControls({ build: 'b', suite: 's' })],
    ['resolveBuild', () => new FakeDevServerClient().resolveBuild('x86-mario-release/LATEST')],
    ['checkHealth', () => new FakeCrashServerClient().checkHealth()],
    [
      'symbolicate',
      () => new FakeCrashServerClient().symbolicate({ build: 'b', dump: new Uint8Array(), filename: 'f' }),
    ],
  ])('is refused by name: %s', async (method, call) => {
    await expect(call()).rejects.toMatchObject({ method });
  });

  test('is found at the end, also where the code under test kept it to itself', async () => {
    const afe = new FakeAfeClient();
    await afe.getHosts({}).catch(() => {});
    expect(() => afe.expectNothingLeft()).toThrow(FakeExpectationError);
    expect(() => afe.expectNothingLeft()).toThrow('  getHosts has no answer and was called 1 time');
  });

  test('is harmless where the port has but one thing to say', async () => {
    const afe = new FakeAfeClient();
    expect([await afe.createJob(request), await afe.createJob(request)]).toEqual([1, 2]);
    await afe.setHostAttribute({ attribute: 'a', value: 'b', hostnames: ['host1'] });
    afe.expectNothingLeft();
    const devServer = new FakeDevServerClient();
    await devServer.stage({ build: 'b', artifacts: ['stateful'] });
    expect(await devServer.resolveBuild('x86-mario-release/R19-1998.0.0')).toBe('x86-mario-release/R19-1998.0.0');
    const crashServer = new FakeCrashServerClient();
    await crashServer.stageSymbols({ build: 'b' });
    expect([devServer.calls.length, crashServer.callsOf('stageSymbols')]).toEqual([2, [[{ build: 'b' }]]]);
  });

  test('gets no such answer where the test gives one', async () => {
    const afe = new FakeAfeClient({ createJob: inTurn(7) });
    expect(await afe.createJob(request)).toBe(7);
    await expect(afe.createJob(request)).rejects.toThrow('FakeAfeClient has 1 answer to createJob');
  });
});

test('answers that nobody asked for are found, each with its method', async () => {
  const afe = new FakeAfeClient({ getHosts: [], getNumJobs: inTurn(0, 1, 2), getJobs: inTurn([]) });
  await afe.getNumJobs({});
  await afe.getJobs({});
  await afe.getJobs({}).catch(() => {});
  let problems: readonly string[] = [];
  try {
    afe.expectNothingLeft();
  } catch (error) {
    if (error instanceof FakeExpectationError) problems = error.problems;
  }
  expect(problems).toEqual([
    'getHosts has an answer and was not called',
    'getNumJobs has 3 answers and was called 1 time',
    'getJobs has 1 answer and was called 2 times',
  ]);
});

describe('a signal', () => {
  test('that is aborted already rejects with its reason and uses up no answer', async () => {
    const afe = new FakeAfeClient({ getNumJobs: inTurn(5) });
    const signal = AbortSignal.abort('enough');
    await expect(afe.getNumJobs({}, { signal })).rejects.toBe('enough');
    expect(await afe.getNumJobs({})).toBe(5);
    const crashServer = new FakeCrashServerClient();
    await expect(crashServer.checkHealth({ signal })).rejects.toBe('enough');
  });

  test('may be that of many calls', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning.name);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const afe = new FakeAfeClient({ getNumJobs: () => 1 });
    await Promise.all(Array.from({ length: 30 }, () => afe.getNumJobs({}, { signal })));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});

test('a server has the address that it is given, or the one of a lab', () => {
  expect(new FakeDevServerClient().url).toBe('http://devserver.lab:8082');
  expect(new FakeCrashServerClient({ url: 'http://other' }).url).toBe('http://other');
  new FakeDevServerClient({ url: 'http://other' }).expectNothingLeft();
});

test('calls and answers have the types of the port', () => {
  const afe = new FakeAfeClient();
  const created = afe.calls.filter((call) => call.method === 'createJob');
  expectTypeOf(created.map(({ args: [job] }) => job)).toEqualTypeOf<JobRequest[]>();
  expectTypeOf(afe.callsOf('createJob').map(([job]) => job)).toEqualTypeOf<JobRequest[]>();
  expectTypeOf(afe).toExtend<AfeClient>();
  expectTypeOf(new FakeTkoClient()).toExtend<TkoClient>();
  expectTypeOf(new FakeDevServerClient()).toExtend<DevServerClient>();
  expectTypeOf(new FakeCrashServerClient()).toExtend<CrashServerClient>();
  // @ts-expect-error a count is no list of hosts
  new FakeAfeClient({ getHosts: 3 });
  // @ts-expect-error there is no such method
  new FakeAfeClient({ getHost: [] });
  // @ts-expect-error each of the answers is checked
  new FakeAfeClient({ getNumJobs: inTurn(1, 'two') });
});
