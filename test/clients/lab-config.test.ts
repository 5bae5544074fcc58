import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { closestName } from '../../src/clients/closest-name.js';
import { DevServerPool } from '../../src/clients/dev-server/dev-server-pool.js';
import { ClientOptionError } from '../../src/clients/errors.js';
import { labFromConfig, type LabConfig, type LabConnections } from '../../src/clients/lab-config.js';
import { reimageAndRun } from '../../src/suite/reimage-and-run.js';
import { MemorySuiteJob } from '../../src/testing/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { controlFile, marioBuild, marioLab } from '../support/labs.js';
import { rejectionOf, startServer, type LoopbackServer } from '../support/loopback-server.js';
import { startProxy } from '../support/proxy-server.js';
import { startRpcServer, misbehaviours } from '../support/rpc-server.js';
import { site, startTlsServer } from '../support/tls.js';

const servers: { close(): Promise<void> }[] = [];
const labs: LabConnections[] = [];

afterEach(async () => {
  for (const lab of labs.splice(0)) lab.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function open(...given: Parameters<typeof labFromConfig>): LabConnections {
  const lab = labFromConfig(...given);
  labs.push(lab);
  return lab;
}

function keep<T extends { close(): Promise<void> }>(server: T): T {
  servers.push(server);
  return server;
}

async function serve(answer: string): Promise<LoopbackServer> {
  return keep(await startServer((_, response) => response.end(answer)));
}

const minimal = { afe: 'http://afe.lab', devServer: 'http://devserver.lab:8082' } satisfies LabConfig;

/** The error for a configuration that is wrong. */
function refusalOf(config: unknown): ClientOptionError {
  try {
    labFromConfig(config as LabConfig);
  } catch (error) {
    if (error instanceof ClientOptionError) return error;
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('a lab from its configuration', () => {
  test('needs an AFE and a dev server, and sends nothing', () => {
    const lab = open(minimal);
    expect(lab.devServer.url).toBe('http://devserver.lab:8082');
    expect(lab.devServer).toBe(lab.devServers[0]);
    expect(lab).toMatchObject({ user: undefined, timeZone: 'America/Los_Angeles', crashServers: [] });
  });

  test('may hold everything', () => {
    const lab = open({
      afe: 'https://afe.lab/site/',
      tko: 'https://tko.lab',
      devServers: ['http://ds1.lab:8082/', 'http://ds2.lab:8082/base/'],
      restrictedSubnets: ['10.1.0.0/16'],
      crashServers: ['http://crash.lab:8083'],
      user: 'chromeos-test',
      headers: { 'x-site': 'one' },
      timeZone: 'Europe/Berlin',
      certificateAuthority: [site.authority, site.otherAuthority],
      proxy: { url: 'http://bob:secret@proxy:3128', bypass: ['*.lab', 'localhost'] },
      timeouts: { perTryMs: 1_000, deadlineMs: 60_000 },
      concurrency: 2,
      imageArchive: 'gs://other-archive',
    } satisfies LabConfig);
    expect(lab.devServers.map(({ url }) => url)).toEqual(['http://ds1.lab:8082', 'http://ds2.lab:8082/base']);
    expect(lab.devServer).toBeInstanceOf(DevServerPool);
    expect(lab.devServer).toMatchObject({ servers: lab.devServers, url: 'http://ds1.lab:8082' });
    expect(lab.crashServers.map(({ url }) => url)).toEqual(['http://crash.lab:8083']);
    expect(lab).toMatchObject({ user: 'chromeos-test', timeZone: 'Europe/Berlin' });
    expect(inspect(lab, { depth: 10 })).not.toContain('secret');
  });

  test('sends login and headers, and finds services below a path', async () => {
    const rpc = keep(await startRpcServer(() => ({ result: [] })));
    const devServer = await serve('a\nb');
    const lab = open({
      afe: `${rpc.url}/site/`,
      devServer: `${devServer.url}/base`,
      user: 'alice',
      headers: { 'X-Site': 'one' },
    });
    await lab.afe.getHosts({});
    await lab.tko.getDetailedTestViews({ jobIds: [1] });
    await lab.devServer.listControlFiles({ build: marioBuild });
    expect(rpc.requests.map(({ url }) => url)).toEqual([
      '/site/afe/server/noauth/rpc/',
      '/site/new_tko/server/noauth/rpc/',
    ]);
    expect(rpc.requests[0]?.headers).toMatchObject({ authorization: 'alice', 'x-site': 'one' });
    expect(devServer.requests[0]).toMatchObject({ headers: { 'x-site': 'one' } });
    expect(devServer.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(devServer.requests[0]?.url).toMatch(/^\/base\/controlfiles\?/);
  });

  test('reads times in the lab’s zone', async () => {
    const rpc = keep(await startRpcServer(() => ({ result: [] })));
    const lab = open({ afe: rpc.url, devServer: minimal.devServer, timeZone: 'UTC' });
    await lab.afe.getJobs({ createdSinceMs: Date.UTC(2026, 10, 21, 17, 15) });
    expect(rpc.calls[0]?.args).toMatchObject({ created_on__gte: '2026-11-21 17:15:00' });
  });

  test('gives up a try and a call when its time-outs say so', async () => {
    const rpc = keep(await startRpcServer(() => misbehaviours.stall));
    const clock = new FakeClock();
    const config = { afe: rpc.url, devServer: minimal.devServer, timeouts: { perTryMs: 20, deadlineMs: 25_000 } };
    const lab = open(config, { clock, retry: { firstDelayMs: 10_000, factor: 1, jitter: 0 } });
    expect(await rejectionOf(lab.afe.getHosts({}))).toMatchObject({
      code: 'ERR_DEADLINE',
      deadlineMs: 25_000,
      cause: { code: 'ERR_TIMEOUT', timeoutMs: 20 },
    });
    expect(clock.sleeps).toEqual([10_000, 10_000]);
  });

  test('tells a hook of its calls', async () => {
    const rpc = keep(await startRpcServer(() => ({ result: [] })));
    const methods: string[] = [];
    const lab = open({ ...minimal, afe: rpc.url }, { onCall: ({ method }) => methods.push(method) });
    await lab.afe.getHosts({});
    await lab.tko.getDetailedTestViews({ jobIds: [1] });
    expect(methods).toEqual(['get_hosts', 'get_detailed_test_views']);
  });

  test('goes through its proxy, and past it where that is said', async () => {
    const proxy = keep(await startProxy());
    const rpc = keep(await startRpcServer(() => ({ result: [] })));
    const direct = await serve('a');
    const lab = open({
      afe: rpc.url,
      devServer: direct.url.replace('127.0.0.1', 'localhost'),
      proxy: { url: proxy.url, bypass: ['localhost'] },
    });
    await lab.afe.getHosts({});
    expect(proxy.requests).toEqual([`POST ${rpc.url}/afe/server/noauth/rpc/`]);
    await lab.devServer.listControlFiles({ build: marioBuild });
    expect(proxy.requests).toHaveLength(1);
  });

  test('trusts the site’s own authority', async () => {
    const server = keep(await startTlsServer());
    const lab = open({ ...minimal, devServer: server.url, certificateAuthority: site.authority });
    expect(await lab.devServer.listControlFiles({ build: marioBuild })).toEqual([`hello localhost:${server.port}`]);
  });

  test('a certificate that cannot be trusted ends a call at once, not after half an hour of tries', async () => {
    const server = keep(await startTlsServer());
    const clock = new FakeClock();
    const lab = open({ afe: server.url, devServer: server.url }, { clock });
    const job = { name: 'a', controlFile: 'b', controlType: 'Server', priority: 40 } as const;
    const calls = [
      () => lab.afe.getHosts({}),
      () => lab.afe.createJob(job),
      () => lab.devServer.listControlFiles({ build: marioBuild }),
    ];
    for (const call of calls) {
      expect(await rejectionOf(call())).toMatchObject({ code: 'ERR_CONNECTION', permanent: true });
    }
    expect(clock.sleeps).toEqual([]);
  });

  test('closes its connections', async () => {
    const rpc = keep(await startRpcServer(() => ({ result: [] })));
    const lab = open({ ...minimal, afe: rpc.url });
    await lab.afe.getHosts({});
    const closed = new Promise((resolve) => rpc.requests[0]?.socket.once('close', resolve));
    lab.close();
    await closed;
    await lab.afe.getHosts({});
    expect(rpc.connections()).toBe(2);
  });

  test('is what a suite runs in', async () => {
    const embedded = keep(await marioLab(controlFile('power_Idle')));
    const urls = await embedded.listen();
    const lab = open(
      { afe: urls.afe, tko: urls.tko, devServer: urls.devServer, user: 'chromeos-test' },
      { clock: embedded.clock },
    );
    const outcome = await reimageAndRun({
      name: 'bvt',
      board: 'x86-mario',
      builds: { 'cros-version': marioBuild },
      devserverUrl: lab.devServer.url,
      job: new MemorySuiteJob(embedded.suiteJob().tag),
      lab,
      clock: embedded.clock,
    });
    expect(outcome.exitCode).toBe(0);
    expect(outcome.test('power_Idle').conclusion).toBe('passed');
  });
});

describe('a configuration that cannot work', () => {
  test.each([
    [null, 'lab', 'must be an object, not null'],
    [[minimal], 'lab', 'must be an object, not a list'],
    ['http://afe.lab', 'lab', 'must be an object, not of type string'],
    [{ devServer: 'http://ds.lab' }, 'lab.afe', 'is missing'],
    [{ afe: 'http://afe.lab' }, 'lab.devServer', 'is missing'],
    [{ ...minimal, afe: 7 }, 'lab.afe', 'must be a text, not of type number'],
    [{ ...minimal, afe: 'afe.lab' }, 'lab.afe', 'not a URL'],
    [{ ...minimal, afe: 'http://afe.lab/?x=1' }, 'lab.afe', 'must be a base URL'],
    [{ ...minimal, tko: 'ftp://tko.lab' }, 'lab.tko', 'must be http: or https:'],
    [{ ...minimal, tko: null }, 'lab.tko', 'must be a text, not null'],
    [{ ...minimal, devServers: ['http://ds.lab'] }, 'lab.devServers', 'must not be given together with "devServer"'],
    [{ afe: 'http://afe.lab', devServers: [] }, 'lab.devServers', 'is missing'],
    [{ afe: 'http://afe.lab', devServers: 'http://ds.lab' }, 'lab.devServers', 'must be a list'],
    [{ afe: 'http://afe.lab', devServers: ['http://ds.lab', 'nonsense'] }, 'lab.devServers[1]', 'not a URL'],
    [{ ...minimal, restrictedSubnets: '10.1.0.0/16' }, 'lab.restrictedSubnets', 'must be a list'],
    [{ ...minimal, restrictedSubnets: ['10.1.0.0'] }, 'lab.restrictedSubnets[0]', 'must be a subnet'],
    [{ ...minimal, crashServers: ['nonsense'] }, 'lab.crashServers[0]', 'not a URL'],
    [{ ...minimal, user: '' }, 'lab.user', 'must be a login name'],
    [{ ...minimal, headers: ['x'] }, 'lab.headers', 'must be an object, not a list'],
    [{ ...minimal, headers: { 'x-a': 1 } }, 'lab.headers.x-a', 'must be a text'],
    [{ ...minimal, headers: { 'x-a': 'ü' } }, 'lab.headers.x-a', 'printable ASCII'],
    [{ ...minimal, timeZone: 'Mars/Olympus' }, 'lab.timeZone', 'not a time zone: "Mars/Olympus"'],
    [{ ...minimal, certificateAuthority: '/etc/ca.pem' }, 'lab.certificateAuthority', 'not the name of a file'],
    [{ ...minimal, certificateAuthority: [7] }, 'lab.certificateAuthority[0]', 'must be a text'],
    [{ ...minimal, proxy: 'http://proxy:3128' }, 'lab.proxy', 'must be an object'],
    [{ ...minimal, proxy: {} }, 'lab.proxy.url', 'not a URL'],
    [{ ...minimal, proxy: { url: 'socks5://proxy' } }, 'lab.proxy.url', 'must be http:'],
    [
      { ...minimal, proxy: { url: 'http://proxy', bypass: ['a b'] } },
      'lab.proxy.bypass[0]',
      'must be the name of a host',
    ],
    [{ ...minimal, timeouts: { perTryMs: 0 } }, 'lab.timeouts.perTryMs', 'must be a number from 1'],
    [{ ...minimal, timeouts: { deadlineMs: '5' } }, 'lab.timeouts.deadlineMs', 'must be a number, not of type string'],
    [{ ...minimal, timeouts: { deadlineMs: -5 } }, 'lab.timeouts.deadlineMs', 'must be a number from 1'],
    [{ ...minimal, concurrency: 1.5 }, 'lab.concurrency', 'must be a whole number'],
    [{ ...minimal, imageArchive: '' }, 'lab.imageArchive', 'must be a storage URL'],
  ])('is refused by the path of what is wrong: %#', (config, option, problem) => {
    const error = refusalOf(config);
    expect(error).toMatchObject({ code: 'ERR_CLIENT_OPTION', option });
    expect(error.message).toContain(`${option}: `);
    expect(error.message).toContain(problem);
  });

  test.each([
    [{ ...minimal, devservers: [] }, 'lab.devservers: is not known; did you mean "devServers"?'],
    [{ ...minimal, time_zone: 'UTC' }, 'lab.time_zone: is not known; did you mean "timeZone"?'],
    [{ ...minimal, proxi: {} }, 'lab.proxi: is not known; did you mean "proxy"?'],
    [{ ...minimal, crashServer: 'x' }, 'lab.crashServer: is not known; did you mean "crashServers"?'],
    [
      { ...minimal, proxy: { url: 'http://p', by_pass: [] } },
      'lab.proxy.by_pass: is not known; did you mean "bypass"?',
    ],
    [{ ...minimal, timeouts: { perTry: 5 } }, 'lab.timeouts.perTry: is not known; did you mean "perTryMs"?'],
    [{ ...minimal, timeouts: { nonsense: 5 } }, 'lab.timeouts.nonsense: is not known; known are perTryMs, deadlineMs'],
    [{ ...minimal, toString: 'x' }, 'lab.toString: is not known; known are '],
  ])('has its typing errors told: %#', (config, message) => {
    expect(refusalOf(config).message).toContain(message);
  });

  test.each([
    { ...minimal, afe: 'ftp://bob:s3cret@afe.lab' },
    { ...minimal, tko: 'http://bob:s3cret@[tko' },
    { ...minimal, devServer: 'http://bob:s3cret@ds.lab/?q' },
    { ...minimal, proxy: { url: 'socks5://bob:s3cret@proxy' } },
    { ...minimal, proxy: { url: 'http://bob:s3cret@proxy/path' } },
    { ...minimal, headers: { authorization: 's3cret\n' } },
    { ...minimal, certificateAuthority: 's3cret' },
  ])('shows no secret of it: %#', (config) => {
    expect(inspect(refusalOf(config), { depth: 20, showHidden: true })).not.toContain('s3cret');
  });

  test('is told as an option of the ports where it is one', () => {
    expect(() => labFromConfig(minimal, { retry: { factor: 0 } })).toThrow(
      expect.objectContaining({ option: 'retry.factor' }),
    );
  });

  test('of whatever kind is refused or taken, and never anything else', () => {
    const url = fc.constantFrom('http://afe.lab', 'nonsense', '', 7, null, undefined);
    const anything = fc.record(
      { afe: url, devServer: url, proxy: fc.anything(), timeouts: fc.anything(), headers: fc.anything() },
      { requiredKeys: ['afe'] },
    );
    fc.assert(
      fc.property(fc.oneof(anything, fc.anything()), (config) => {
        try {
          labFromConfig(config as LabConfig).close();
        } catch (error) {
          expect(error).toBeInstanceOf(ClientOptionError);
        }
      }),
    );
  });
});

describe('the closest name', () => {
  test('passes over case and signs', () => expect(closestName('TIME-ZONE', ['user', 'timeZone'])).toBe('timeZone'));
  test('is none where nothing is near', () => expect(closestName('pool', ['user', 'timeZone'])).toBeUndefined());
  test('is found in time, whatever the length', () => expect(closestName('x'.repeat(1e6), ['user'])).toBeUndefined());
});
