import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../src/clients/afe/types.js';
import { checkLab, type CheckLabOptions } from '../../src/clients/check-lab.js';
import { compareClocks } from '../../src/clients/compare-clocks.js';
import { countHosts } from '../../src/clients/count-hosts.js';
import { LabCheck, type LabCheckItem } from '../../src/clients/lab-check.js';
import type { LabConfig } from '../../src/clients/lab-config.js';
import { createLabTime } from '../../src/clients/lab-time.js';
import { embeddedLab, VirtualClock, type EmbeddedLab } from '../../src/testing/index.js';
import { deadUrl, rejectionOf, startServer, type LoopbackServer } from '../support/loopback-server.js';
import { startRpcServer } from '../support/rpc-server.js';

let lab: EmbeddedLab;
let config: LabConfig;
const servers: LoopbackServer[] = [];

beforeEach(async () => {
  // A server that is silent must not keep the others from answering.
  lab = await embeddedLab({ clock: new VirtualClock({ patienceMs: 0 }) })
    .board('x86-mario', { hosts: 3, pool: 'bvt' })
    .board('lumpy', { hosts: 1, pool: 'suites' })
    .start();
  const { afe, tko, devServer } = await lab.listen();
  config = { afe, tko, devServer, user: 'chromeos-test' };
});

afterEach(async () => {
  await lab.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function check(changes: Partial<LabConfig> = {}, options: CheckLabOptions = {}): Promise<LabCheck> {
  return await checkLab({ ...config, ...changes }, { clock: lab.clock, ...options });
}

async function serve(answer: (response: ServerResponse) => unknown): Promise<string> {
  const server = await startServer((_, response) => answer(response));
  servers.push(server);
  return server.url;
}

const html = (status: number) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'text/html' }).end('<html><h1>It works!</h1></html>');

function itemOf({ items }: LabCheck, name: string): LabCheckItem {
  const item = items.find((candidate) => candidate.name === name);
  if (item === undefined) throw new Error(`there is no item ${name}`);
  return item;
}

function namesOf({ items }: LabCheck, ok: LabCheckItem['status']): string[] {
  return items.filter((item) => item.status === ok).map(({ name }) => name);
}

describe('a lab that is well', () => {
  test('is found so, with its boards and pools', async () => {
    const found = await check();
    expect(found.status).toBe('ok');
    expect(found.items.map(({ name, status, message, hint }) => [name, status, message, hint])).toEqual([
      ['AFE', 'ok', 'answers', null],
      ['AFE clock', 'ok', expect.stringMatching(/^reads [-\d]+ [:\d]+, as it should in America\/Los_Angeles$/), null],
      ['AFE user', 'ok', 'knows "chromeos-test", access level 100', null],
      ['boards', 'ok', 'usable hosts: lumpy 1 of 1, x86-mario 3 of 3', null],
      ['pools', 'ok', 'usable hosts: bvt 3 of 3, suites 1 of 1', null],
      ['TKO', 'ok', 'answers', null],
      ['dev server', 'ok', expect.stringMatching(/^answers; 78 GB free/), null],
    ]);
  });

  test('is not changed by the look at it', async () => {
    const before = await lab.afe.call('get_users');
    await check({ user: 'nobody-knows-me' });
    expect(await lab.afe.call('get_users')).toEqual(before);
    expect(lab.jobs()).toEqual([]);
    lab.expectNoUnexpectedCalls();
  });

  test('needs no user', async () => {
    expect(itemOf(await check({ user: undefined }), 'AFE user')).toMatchObject({ status: 'ok' });
  });

  test('may have several dev servers and crash servers', async () => {
    const { devServer = '', afe, user } = config;
    const found = await checkLab(
      { afe, user, devServers: [devServer, await deadUrl()], crashServers: [devServer] },
      { clock: lab.clock },
    );
    expect(namesOf(found, 'failed')).toEqual(['dev server 2']);
    expect(itemOf(found, 'dev server 1').status).toBe('ok');
    expect(itemOf(found, 'crash server').status).toBe('ok');
  });

  test('is told in its own zone', async () => {
    const berlin = await embeddedLab({ timeZone: 'Europe/Berlin' }).board('lumpy', { pool: 'bvt' }).start();
    try {
      const { afe, devServer } = await berlin.listen();
      const found = await checkLab({ afe, devServer, timeZone: 'Europe/Berlin' }, { clock: berlin.clock });
      expect(found.status).toBe('ok');
    } finally {
      await berlin.close();
    }
  });
});

describe('what is wrong with a configuration is found', () => {
  test('in the time zone, with the offset that would fit', async () => {
    const found = await check({ timeZone: 'Asia/Tokyo' });
    expect(namesOf(found, 'failed')).toEqual(['AFE clock']);
    expect(itemOf(found, 'AFE clock')).toMatchObject({
      message: expect.stringContaining('17 h behind ours in Asia/Tokyo'),
      hint: expect.stringContaining('UTC-08:00'),
    });
  });

  test('in the user', async () => {
    const found = await check({ user: 'chromeos-tset' });
    expect(namesOf(found, 'warning')).toEqual(['AFE user']);
    expect(itemOf(found, 'AFE user')).toMatchObject({
      message: 'does not know "chromeos-tset"',
      hint: expect.stringContaining('"user"'),
    });
    expect(found.status).toBe('warning');
  });

  test('in URLs that are mixed up', async () => {
    const found = await check({ afe: config.devServer ?? '', devServer: config.afe });
    expect(namesOf(found, 'ok')).toEqual(['TKO']);
    expect(itemOf(found, 'AFE').hint).toBe(
      'something other than an AFE answers: "afe" must be its base URL, e.g. "http://afe.lab"',
    );
    expect(itemOf(found, 'dev server').hint).toContain('something other than a dev server answers');
  });

  test('in a URL that goes too deep', async () => {
    const found = await check({ afe: `${config.afe}/cautotest` });
    expect(itemOf(found, 'AFE')).toMatchObject({ status: 'failed', hint: expect.stringContaining('base URL') });
  });

  test('in the name of a host', async () => {
    const found = await check({ devServer: 'http://no-such-host.invalid' });
    expect(itemOf(found, 'dev server')).toMatchObject({
      status: 'failed',
      hint: expect.stringContaining('no such host'),
    });
  });

  test('and in itself, before anything is sent', async () => {
    expect(await rejectionOf(check({ afe: 'nonsense' }))).toMatchObject({ option: 'lab.afe' });
    expect(await rejectionOf(check({ user: 'ü' }))).toMatchObject({ option: 'lab.user' });
    expect(await rejectionOf(check({}, { deadlineMs: 0 }))).toMatchObject({ option: 'deadlineMs' });
    expect(lab.calls.total).toBe(0);
  });
});

describe('a service that is not well is found, and hides none of the others', () => {
  const services = [
    { member: 'afe', failed: ['AFE', 'AFE clock', 'AFE user', 'boards', 'pools'] },
    { member: 'tko', failed: ['TKO'] },
    { member: 'devServer', failed: ['dev server'] },
  ] as const;
  const faults = [
    { fault: 'a page', url: () => serve(html(200)), hint: 'something other than' },
    { fault: '404', url: () => serve(html(404)), hint: 'something other than' },
    { fault: '403', url: () => serve(html(403)), hint: '"headers" and "user"' },
    { fault: '302', url: () => serve(html(302)), hint: 'leads to' },
    { fault: '500', url: () => serve(html(500)), hint: 'see the log' },
    { fault: '503', url: () => serve(html(503)), hint: 'the service behind it does not' },
    { fault: 'nobody there', url: () => deadUrl(), hint: 'see whether the service runs' },
    {
      fault: 'a broken connection',
      url: () => serve(({ socket }) => socket?.destroy()),
      hint: 'see whether the service runs',
    },
    { fault: 'JSON of another kind', url: () => serve((response) => response.end('{"id": 7}')), hint: '' },
  ];
  const cases = services.flatMap((service) => faults.map((fault) => ({ ...service, ...fault })));

  test.each(cases)('$member: $fault', async ({ member, failed, url, hint }) => {
    const found = await check({ [member]: await url() });
    expect(namesOf(found, 'failed')).toEqual(failed);
    expect(namesOf(found, 'ok')).toHaveLength(found.items.length - failed.length);
    expect(itemOf(found, failed[0]).hint).toContain(hint);
    expect(String(found)).toContain('FAILED');
  });

  test.each(services)('$member: silence, within the deadline', async ({ member, failed }) => {
    const found = await check({ [member]: await serve(() => {}) }, { deadlineMs: 300 });
    expect(namesOf(found, 'failed')).toEqual(failed);
    expect(itemOf(found, failed[0])).toMatchObject({
      message: expect.stringContaining('within 300 ms'),
      hint: expect.stringContaining('hangs'),
    });
  });

  test('by one question each, without another try', async () => {
    const server = await startServer((_, response) => html(503)(response));
    servers.push(server);
    await check({ devServer: server.url });
    expect(server.requests.map(({ url }) => url)).toEqual(['/check_health']);
  });

  test('with the reason said once', async () => {
    const found = await check({ afe: await deadUrl() });
    expect(itemOf(found, 'AFE').message).toContain('ECONNREFUSED');
    expect(itemOf(found, 'boards')).toMatchObject({ message: 'not known, see AFE', hint: null });
  });

  test('when a service lacks a call', async () => {
    const server = await startRpcServer(() => ({
      error: { name: 'ServiceMethodNotFound', message: 'no such thing', traceback: '' },
    }));
    servers.push(server);
    expect(itemOf(await check({ afe: server.url }), 'AFE').hint).toContain('something other than an AFE');
  });

  test('when the AFE’s time is none', async () => {
    const server = await startRpcServer(() => ({ result: 'half past nine' }));
    servers.push(server);
    expect(itemOf(await check({ afe: server.url }), 'AFE').message).toContain('expected a time: half past nine');
  });

  test('when a dev server has hardly any disk left', async () => {
    const url = await serve((response) => response.end('{"free_disk": 19, "cpu_percent": 99.6}'));
    expect(itemOf(await check({ devServer: url }), 'dev server')).toMatchObject({
      status: 'warning',
      message: 'answers; 19 GB free, CPU at 100 %',
      hint: expect.stringContaining('20 GB'),
    });
  });
});

test('a check that is aborted rejects with the reason', async () => {
  const abort = new AbortController();
  const url = await serve(() => abort.abort(new Error('enough')));
  expect(await rejectionOf(check({ devServer: url }, { signal: abort.signal }))).toMatchObject({ message: 'enough' });
  expect(await rejectionOf(check({}, { signal: abort.signal }))).toMatchObject({ message: 'enough' });
});

test('a check is a table for a person', () => {
  const found = new LabCheck([
    { name: 'AFE', status: 'ok', message: 'answers', hint: null },
    { name: 'AFE user', status: 'warning', message: 'unknown', hint: 'look' },
    { name: 'TKO', status: 'failed', message: 'down', hint: null },
  ]);
  expect(String(found)).toBe(
    [
      'AFE       ok       answers',
      'AFE user  WARNING  unknown',
      '                   -> look',
      'TKO       FAILED   down',
      '',
      '1 ok, 1 warning, 1 failed',
    ].join('\n'),
  );
  expect(found.status).toBe('failed');
});

describe('clocks', () => {
  const nowMs = Date.UTC(2026, 10, 21, 17, 14, 50);
  const compare = (serverText: string, timeZone = 'America/Los_Angeles', atMs = nowMs) =>
    compareClocks({ serverText, nowMs: atMs, timeZone, labTime: createLabTime(timeZone) });

  test.each(['2026-11-21 09:14', '2026-11-21 09:14:50', '2026-11-21 09:10', '2026-11-21 09:19'])(
    'agree when they are some minutes apart: %s',
    (text) => expect(compare(text)).toMatchObject({ status: 'ok', hint: null }),
  );

  test.each([
    ['2026-11-21 17:14', 'UTC+00:00', '8 h ahead of'],
    ['2026-11-21 22:44', 'UTC+05:30', '13 h 30 min ahead of'],
    ['2026-11-21 05:13', 'UTC-12:00', '4 h 1 min behind'],
    ['2026-11-22 07:14', 'UTC+14:00', '22 h ahead of'],
  ])('whole half hours apart are a matter of the zone: %s', (text, offset, apart) => {
    expect(compare(text)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining(apart),
      hint: expect.stringContaining(offset),
    });
  });

  test.each(['2026-11-21 09:24', '2026-11-21 10:00', '2026-11-23 09:14', '2025-11-21 09:14'])(
    'apart in any other way are wrong themselves: %s',
    (text) => expect(compare(text)).toMatchObject({ status: 'warning', hint: expect.stringContaining('NTP') }),
  );

  test('agree in the hour that comes twice', () => {
    const second = Date.UTC(2026, 10, 1, 9, 30);
    expect(compare('2026-11-01 01:30', 'America/Los_Angeles', second)).toMatchObject({ status: 'ok' });
  });

  test.each(['', 'None', '21.11.2026 09:14', '2026-13-40 99:99'])('are not compared with what is no time: %j', (text) =>
    expect(compare(text)).toBeNull(),
  );
});

describe('hosts', () => {
  const host = (labels: readonly string[], changes: Partial<Host> = {}): Host => ({
    ...{ id: 1, hostname: 'h', status: 'Ready', locked: false, lockReason: '', attributes: {} },
    labels,
    ...changes,
  });
  const label = (name: string) => ({ id: 1, name });

  test('count when they are neither locked nor broken', () => {
    const found = countHosts(
      [label('board:a'), label('board:b'), label('other')],
      [
        host(['board:a', 'pool:x', 'board:a']),
        host(['board:a', 'pool:x'], { locked: true }),
        host(['board:b', 'pool:y'], { status: 'Repair Failed' }),
        host(['board:c'], { status: 'Running' }),
      ],
    );
    expect(found.boards).toMatchObject({ status: 'warning', message: 'usable hosts: a 1 of 2, b 0 of 1, c 1 of 1' });
    expect(found.boards.hint).toContain('cannot run on b:');
    expect(found.pools).toMatchObject({ status: 'warning', message: 'usable hosts: x 1 of 2, y 0 of 1' });
    expect(found.pools.hint).toContain('cannot run in y:');
  });

  test('that are all out of use make no lab', () => {
    expect(countHosts([label('board:a')], [host(['board:a'], { locked: true })]).boards).toMatchObject({
      status: 'failed',
    });
  });

  test('without any board are another lab; without a pool they can do', () => {
    const found = countHosts([], [host(['x'])]);
    expect(found.boards).toMatchObject({ status: 'failed', message: expect.stringContaining('1 hosts') });
    expect(found.pools).toMatchObject({ status: 'warning', hint: expect.stringContaining('pool') });
  });

  test('of many boards are listed in part, and names from outside cut short', () => {
    const names = Array.from({ length: 14 }, (_, index) => `board:${String(index).padStart(2, '0')}`);
    const { boards } = countHosts([...names.map(label), label(`board:99${'x'.repeat(500)}\n`)], [host(['board:00'])]);
    expect(boards.message).toContain('09 0 of 0, and 5 more');
    expect(boards.hint).toContain(', ...');
    expect(boards.message.length).toBeLessThan(300);
  });
});
