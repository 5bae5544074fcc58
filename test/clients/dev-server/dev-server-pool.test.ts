import { afterEach, describe, expect, test } from 'vitest';
import { DevServerPool } from '../../../src/clients/dev-server/dev-server-pool.js';
import type { NoDevServerError } from '../../../src/clients/dev-server/errors.js';
import type { DevServerPoolSettings } from '../../../src/clients/dev-server/pool-options.js';
import { FakeClock } from '../../support/fake-clock.js';
import { deadUrl, rejectionOf, startServer, type LoopbackServer } from '../../support/loopback-server.js';
import { decoded } from './recorded-calls.js';

const build = 'x86-mario-release/R19-1998.0.0';

/** What a server answers, by its method: a text, or a status with a text; `stall` and `hang up` stand for no answer. */
type Behaviour = Readonly<Record<string, string | readonly [number, string]>>;

const healthy = { check_health: JSON.stringify(health({})) };

function health(changes: Readonly<Record<string, unknown>>): object {
  return {
    free_disk: 78,
    cpu_percent: 10,
    disk_total_bytes_per_second: 1_000,
    network_total_bytes_per_second: 1_000,
    ...changes,
  };
}

interface ServerInPool extends LoopbackServer {
  /** What it answers from now on. */
  behave(behaviour: Behaviour): void;
  /** The methods that were called. */
  asked(): readonly string[];
}

const closing: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((each) => each.close()));
});

async function aServer(behaviour: Behaviour = healthy): Promise<ServerInPool> {
  let current = behaviour;
  const server = await startServer(({ url }, response) => {
    const answer = current[decoded(url).path.split('/')[0] ?? ''] ?? [404, 'no such method'];
    if (answer === 'stall') return;
    if (answer === 'hang up') response.socket?.destroy();
    else if (typeof answer === 'string') response.end(answer);
    else response.writeHead(answer[0]).end(answer[1]);
  });
  closing.push(server);
  return {
    ...server,
    behave: (next) => (current = next),
    asked: () => server.requests.map(({ url }) => decoded(url).path.split('/')[0] ?? ''),
  };
}

async function someServers(...behaviours: readonly Behaviour[]): Promise<readonly ServerInPool[]> {
  return Promise.all(behaviours.map((behaviour) => aServer(behaviour)));
}

function aPool(servers: readonly { readonly url: string }[], settings: DevServerPoolSettings = {}) {
  const clock = settings.clock ?? new FakeClock();
  const options = { timeoutMs: 300, retry: { jitter: 0 }, ...settings, clock };
  const pool = DevServerPool.fromUrls(
    servers.map(({ url }) => url),
    options,
  );
  closing.push(pool);
  return pool;
}

describe('a build', () => {
  test.each([
    [build, 1],
    ['x86-mario-release/R19-1999.0.0', 1],
    ['link-release/R46-7390.59.0', 0],
  ])('goes to the server that its hash picks, and only that one is asked: %s', async (name, index) => {
    const servers = await someServers(healthy, healthy, healthy);
    expect((await aPool(servers).resolve(name)).url).toBe(servers[index]?.url);
    expect(servers.map(({ requests }) => requests.length)).toEqual([0, 1, 2].map((each) => Number(each === index)));
  });

  test('goes past unhealthy servers, in the order of the hash', async () => {
    const servers = await someServers(...Array.from({ length: 10 }, () => healthy));
    // The order for this build is 2, 8, 7, 6, 5, 3, 4, 1, 0, 9.
    for (const [index, next] of [
      [2, 8],
      [8, 7],
      [7, 6],
    ]) {
      servers[index ?? 0]?.behave({ check_health: [500, 'broken'] });
      expect((await aPool(servers).resolve(build)).url).toBe(servers[next ?? 0]?.url);
    }
  });

  test('goes nowhere when all are down, and the error tells why not, of each in the order of the hash', async () => {
    const url = await deadUrl();
    const servers = Array.from({ length: 10 }, (_, index) => ({ url: `${url}/${index}` }));
    const error = (await rejectionOf(aPool(servers).resolve(build))) as NoDevServerError;
    expect(error).toMatchObject({ name: 'NoDevServerError', code: 'ERR_NO_DEV_SERVER' });
    expect(error.message).toMatch(/^All devservers are currently down: .*\/2: check_health: given up.*\/8: /);
    expect(error.servers.map((server) => server.url.slice(-1)).join()).toBe('2,8,7,6,5,3,4,1,0,9');
  });
});

describe('a server is not healthy', () => {
  test.each<[string, Behaviour, RegExp]>([
    ['answers too late', { check_health: 'stall' }, /no complete answer within 300 ms/],
    ['has too little room', { check_health: JSON.stringify(health({ free_disk: 19 })) }, /has 19 GB free/],
    ['does not say how much room it has', { check_health: '{}' }, /does not say how much room/],
    ['says it in words', { check_health: '{"free_disk": "78"}' }, /does not say how much room/],
    ['answers with a list', { check_health: '[78]' }, /does not say how much room/],
    ['answers with a page', { check_health: '<html>Log in</html>' }, /expected JSON/],
    ['is not there behind its front server', { check_health: [503, 'down'] }, /HTTP status 503/],
    ['is something else', { check_health: [404, 'what?'] }, /404/],
    ['hangs up', { check_health: 'hang up' }, /connection broke/],
  ])('that %s', async (_, behaviour, problem) => {
    const servers = await someServers(behaviour);
    const error = await rejectionOf(aPool(servers, { healthDeadlineMs: 500 }).resolve(build));
    expect(error).toMatchObject({ code: 'ERR_NO_DEV_SERVER', servers: [{ problem: expect.stringMatching(problem) }] });
  });

  test('and its room does not count when the disk is not looked at', async () => {
    const servers = await someServers({ check_health: '{}' });
    expect((await aPool(servers, { minFreeDiskGb: 0 }).resolve(build)).url).toBe(servers[0]?.url);
  });

  test('with 20 GB it just is', async () => {
    const servers = await someServers({ check_health: JSON.stringify(health({ free_disk: 20 })) });
    expect((await aPool(servers).resolve(build)).url).toBe(servers[0]?.url);
  });

  test('and is asked again only after a while', async () => {
    const clock = new FakeClock();
    const [server] = await someServers(healthy);
    const pool = aPool(server === undefined ? [] : [server], { clock, healthCacheMs: 1_000 });
    await pool.resolve(build);
    server?.behave({ check_health: [500, 'broken'] });
    clock.advance(999);
    await pool.resolve(build);
    expect(server?.requests).toHaveLength(1);
    clock.advance(1);
    expect(await rejectionOf(pool.resolve(build))).toMatchObject({ code: 'ERR_NO_DEV_SERVER' });
  });

  test('when one is not, the others are asked side by side, so many at a time as there may be', async () => {
    let open = 0;
    let most = 0;
    const slow = await startServer(async (_, response) => {
      most = Math.max(most, ++open);
      for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      response.writeHead(500).end('broken');
    });
    closing.push(slow);
    const servers = Array.from({ length: 9 }, (_, index) => ({ url: `${slow.url}/${index}` }));
    await rejectionOf(aPool(servers, { concurrency: 3 }).resolve(build));
    expect(most).toBe(3);
    expect(slow.requests).toHaveLength(9);
  });
});

describe('restricted subnets', () => {
  test('keep servers for their own devices', async () => {
    const server = await aServer();
    const { port } = new URL(server.url);
    const urls = [`http://127.0.0.1:${port}`, `http://localhost:${port}`].map((url) => ({ url }));
    const pool = aPool(urls, { restrictedSubnets: ['127.0.0.0/8'] });
    expect((await pool.resolve(build, { deviceAddress: '127.9.9.9' })).url).toBe(urls[0]?.url);
    for (const deviceAddress of ['10.0.0.1', undefined]) {
      expect((await pool.resolve(build, { deviceAddress })).url).toBe(urls[1]?.url);
    }
  });

  test('that leave a device no server are told', async () => {
    const pool = aPool([await aServer()], { restrictedSubnets: ['127.0.0.0/8', '10.0.0.0/8'] });
    const error = await rejectionOf(pool.resolve(build, { deviceAddress: '10.0.0.1' }));
    expect(String(error)).toContain('There is no devserver for 10.0.0.1');
    expect(await rejectionOf(pool.leastLoaded())).toMatchObject({ code: 'ERR_NO_DEV_SERVER' });
  });

  test('that are none are refused', () => {
    const settings = { restrictedSubnets: ['10.0.0.0'] };
    expect(() => aPool([{ url: 'http://ds.lab' }], settings)).toThrow('restrictedSubnets[0]');
    expect(() => aPool([])).toThrow('servers: must not be empty');
    expect(() => aPool([{ url: 'http://ds.lab' }], { concurrency: 1.5 })).toThrow('concurrency');
  });
});

describe('the least loaded server', () => {
  const loaded = (changes: object) => ({ check_health: JSON.stringify(health({ ...changes })) });

  test('is the one with the least disk traffic that is not overloaded', async () => {
    const servers = await someServers(
      loaded({ disk_total_bytes_per_second: 1, cpu_percent: 81 }),
      loaded({ disk_total_bytes_per_second: 300 }),
      loaded({ disk_total_bytes_per_second: 200 }),
    );
    expect((await aPool(servers).leastLoaded()).url).toBe(servers[2]?.url);
  });

  test('is none when all are overloaded', async () => {
    const servers = await someServers(loaded({ cpu_percent: 99 }), { check_health: 'stall' });
    const error = await rejectionOf(aPool(servers).leastLoaded());
    expect(error).toMatchObject({ code: 'ERR_NO_DEV_SERVER', servers: [{ answered: true }, { answered: false }] });
    expect(String(error)).toContain('No devserver can take more work');
  });
});

describe('the latest build of all servers', () => {
  const has = (version: string) => ({ ...healthy, latestbuild: version });
  const none = { ...healthy, latestbuild: [500, '<h2>500</h2><p>Could not determine build for x</p>'] } as const;
  const broken = { ...healthy, latestbuild: [500, '<h2>500</h2><p>disk error</p>'] } as const;
  const target = 'x86-mario-release';

  test('is the greatest, past servers that have none, fail, hang or are not healthy', async () => {
    const servers = await someServers(
      has('R9-500.0.0'),
      none,
      broken,
      has('R20-2226.0.0'),
      { ...healthy, latestbuild: 'stall' },
      { ...has('R99-1.0.0'), check_health: [500, 'broken'] },
      { ...healthy, latestbuild: '<html>' },
    );
    const pool = aPool(servers, { latestBuildDeadlineMs: 500 });
    expect(await pool.getLatestBuild({ target, milestone: 'r2' })).toBe('x86-mario-release/R20-2226.0.0');
    expect(servers[0]?.requests.at(-1)?.url).toBe('/latestbuild?target=x86-mario-release&milestone=r2');
    expect(servers[5]?.asked()).toEqual(['check_health']);
  });

  test('is none when no server has one', async () => {
    expect(await aPool(await someServers(none, broken)).getLatestBuild({ target })).toBeUndefined();
  });

  test('cannot be told when no server answers', async () => {
    const error = await rejectionOf(aPool(await someServers(broken, broken)).getLatestBuild({ target }));
    expect(error).toMatchObject({ code: 'ERR_NO_DEV_SERVER' });
    expect(String(error)).toMatch(/No devserver says which build is the latest: .*disk error; .*disk error/);
    const down = aPool(await someServers({}, {}));
    expect(String(await rejectionOf(down.getLatestBuild({ target })))).toContain('All devservers are currently down');
  });

  test.each(['', '../../etc', 'x86 mario'])('of no target is refused: %j', async (odd) => {
    const servers = await someServers(healthy);
    expect(await rejectionOf(aPool(servers).getLatestBuild({ target: odd }))).toBeInstanceOf(TypeError);
    expect(servers[0]?.requests).toEqual([]);
  });

  test('stops on an abort', async () => {
    const stop = new AbortController();
    const server = await startServer(() => stop.abort('enough'));
    closing.push(server);
    const pool = aPool([server]);
    expect(await rejectionOf(pool.getLatestBuild({ target }, { signal: stop.signal }))).toBe('enough');
    expect(await rejectionOf(pool.resolve(build, { signal: stop.signal }))).toBe('enough');
    expect(await rejectionOf(pool.leastLoaded({ signal: stop.signal }))).toBe('enough');
  });
});

describe('as the dev server of a suite the pool', () => {
  const works = {
    ...healthy,
    stage: 'Success',
    is_staged: 'True',
    controlfiles: 'a/control',
    list_suite_controls: '{}',
  };
  const away = { check_health: 'hang up', stage: 'hang up', is_staged: 'hang up', controlfiles: 'hang up' } as const;
  const artifacts = ['control_files', 'test_suites'];

  test('makes all calls of a build at one server, though it may have become full meanwhile', async () => {
    const clock = new FakeClock();
    const servers = await someServers(works, works, works);
    const pool = aPool(servers, { clock });
    await pool.stage({ build, artifacts });
    servers[1]?.behave({ ...works, check_health: '{"free_disk": 1}' });
    clock.advance(3_600_000);
    expect(await pool.listControlFiles({ build })).toEqual(['a/control']);
    expect(Buffer.from(await pool.getControlFile({ build, path: 'a/control' })).toString()).toBe('a/control');
    expect(await pool.listSuiteControls({ build, suite: 'bvt' })).toEqual(new Map());
    expect((await pool.serverFor(build)).url).toBe(servers[1]?.url);
    expect(servers.map(({ requests }) => requests.length)).toEqual([0, 6, 0]);
  });

  test('goes to the next server when one dies, and stages there what had been staged', async () => {
    const servers = await someServers(works, works, works);
    const pool = aPool(servers, { failoverAfterMs: 20_000 });
    await pool.stage({ build, artifacts });
    servers[1]?.behave(away);
    expect(await pool.listControlFiles({ build, suite: 'bvt' })).toEqual(['a/control']);
    // For the shorter list the hash picks the first.
    const next = servers.find((server) => server !== servers[1] && server.requests.length > 0);
    expect(next?.asked()).toEqual(['check_health', 'stage', 'is_staged', 'controlfiles']);
    expect(next?.requests[1]?.url).toContain('artifacts=control_files%2Ctest_suites');
    expect((await pool.serverFor(build)).url).toBe(next?.url);
    await pool.listControlFiles({ build });
    expect(next?.asked().slice(4)).toEqual(['controlfiles']);
  });

  test('goes to the next server when one dies while it stages', async () => {
    const servers = await someServers(works, { ...works, is_staged: 'False' }, works);
    const clock = new FakeClock({
      onSleep: () => servers[1]?.behave(away),
    });
    const pool = aPool(servers, { clock, failoverAfterMs: 20_000 });
    await pool.stage({ build, artifacts });
    expect((await pool.serverFor(build)).url).not.toBe(servers[1]?.url);
  });

  test('goes to the next server when one says that it is well, and takes no staging', async () => {
    const clock = new FakeClock();
    const startedMs = clock.now();
    const servers = await someServers(works, { ...works, stage: 'hang up' }, works);
    const pool = aPool(servers, { clock, failoverAfterMs: 20_000 });
    await pool.stage({ build, artifacts });
    expect((await pool.serverFor(build)).url).not.toBe(servers[1]?.url);
    expect(clock.now() - startedMs).toBeLessThanOrEqual(20_000);
  });

  test('stays with its only healthy server for as long as the deadline allows', async () => {
    let sleeps = 0;
    const [server] = await someServers(works);
    const clock = new FakeClock({
      onSleep: () => {
        if (++sleeps === 20) server?.behave(works);
      },
    });
    const pool = aPool(server === undefined ? [] : [server], { clock, failoverAfterMs: 20_000 });
    await pool.stage({ build, artifacts });
    server?.behave(away);
    expect(await pool.listControlFiles({ build })).toEqual(['a/control']);
    server?.behave(away);
    const error = await rejectionOf(pool.listControlFiles({ build }, { deadlineMs: 60_000 }));
    expect(error).toMatchObject({ code: 'ERR_DEADLINE' });
  });

  test('takes a server at its word, and asks no other', async () => {
    const failing = { ...works, is_staged: [500, '<h2>500</h2><p>disk full</p>'] } as const;
    const servers = await someServers(works, failing, works);
    const error = await rejectionOf(aPool(servers).stage({ build, artifacts }));
    expect(error).toMatchObject({ code: 'ERR_STAGING', failures: ['disk full'] });
    expect(servers.map(({ requests }) => requests.length)).toEqual([0, 4, 0]);
  });

  test('has symbolic builds translated by a healthy server, and asks nobody about others', async () => {
    const translates = { ...works, xbuddy_translate: `${build}/image.bin` };
    const servers = await someServers({ check_health: [500, 'broken'] }, translates);
    const pool = aPool(servers);
    expect(await pool.resolveBuild(build)).toBe(build);
    expect(servers.flatMap(({ requests }) => requests)).toEqual([]);
    expect(await pool.resolveBuild('x86-mario-release/LATEST')).toBe(build);
  });

  test('stops on an abort', async () => {
    const stop = new AbortController();
    const servers = await someServers({ ...works, is_staged: 'False' });
    const clock = new FakeClock({ onSleep: () => stop.abort('enough') });
    const pool = aPool(servers, { clock });
    expect(await rejectionOf(pool.stage({ build, artifacts }, { signal: stop.signal }))).toBe('enough');
  });
});
