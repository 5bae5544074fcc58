import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpDevServerClient } from '../../src/clients/dev-server/http-dev-server-client.js';
import { devServerControlFiles } from '../../src/control-files/dev-server-control-files.js';
import { findControlFileByName } from '../../src/control-files/find-control-file.js';
import { findTests } from '../../src/control-files/find-tests.js';
import { inSuite } from '../../src/control-files/predicates.js';
import type { ControlFileGetter } from '../../src/control-files/types.js';
import { startServer, type LoopbackServer } from '../support/loopback-server.js';
import { suiteTest } from './control-file-text.js';

const build = 'x86-mario-release/R19-1998.0.0';
const path = (name: string) => `client/site_tests/${name}/control`;
const files = new Map([
  [path('power_Idle'), suiteTest('power_Idle', 'bvt')],
  [path('power_Load'), suiteTest('power_Load', 'power')],
  [path('audio_Loop'), suiteTest('audio_Loop', 'audio')],
]);
/** What the server knows of suites; newer than no file, older than some. */
const suiteMap = new Map([['bvt', [path('power_Idle')]]]);

let server: LoopbackServer;
let client: HttpDevServerClient;
let getter: ControlFileGetter;
/** From April 2016 on, servers can send a suite at once. */
let sendsSuites: boolean;

beforeEach(async () => {
  sendsSuites = false;
  server = await startServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://server');
    const suite = searchParams.get('suite_name') ?? '';
    // Trap 8: an unknown suite, and none, list every file.
    const listed = suiteMap.get(suite) ?? [...files.keys()].reverse();
    const wanted = searchParams.get('control_path');
    if (pathname === '/list_suite_controls') {
      if (!sendsSuites) return response.writeHead(404).end('<h2>404 Not Found</h2><p>no such call</p>');
      return response.end(JSON.stringify(Object.fromEntries(listed.map((each) => [each, files.get(each)]))));
    }
    // Trap 7: a file that is not there is a 200.
    if (wanted !== null) return response.end(files.get(wanted) ?? `Unknown control path /static/${build}/${wanted}`);
    return response.end(listed.join('\n'));
  });
  client = new HttpDevServerClient({ url: server.url });
  getter = devServerControlFiles({ client, build });
});
afterEach(async () => {
  client.close();
  await server.close();
});

const find = (suite: string) => findTests({ getter, suite, predicates: [inSuite(suite)] });

describe.each([false, true])('a server that sends suites at once: %s', (atOnce) => {
  beforeEach(() => {
    sendsSuites = atOnce;
  });

  test('narrows the search to a suite that it knows', async () => {
    const found = await find('bvt');
    expect(found.tests.map(({ name }) => name)).toEqual(['power_Idle']);
    expect(found).toMatchObject({ listed: 1, suiteUnknownToServer: false });
  });

  test('trap 8: lists everything for a suite that it does not know, and the tests are found all the same', async () => {
    const found = await find('power');
    expect(found.tests.map(({ name }) => name)).toEqual(['power_Load']);
    expect(found).toMatchObject({ listed: 3, suiteUnknownToServer: true });
  });

  test('trap 8: knows no suite in another case, and neither is a test in it', async () => {
    expect(await find('BVT')).toMatchObject({ tests: [], suiteUnknownToServer: true });
  });
});

test('one request is enough where the server sends a suite at once', async () => {
  sendsSuites = true;
  await find('bvt');
  expect(server.requests).toHaveLength(1);
});

test('trap 7: a file that is not there is not found, never a control file with that text', async () => {
  await expect(getter.read('client/site_tests/nosuch/control')).rejects.toMatchObject({
    code: 'ERR_CONTROL_FILE_NOT_FOUND',
    path: 'client/site_tests/nosuch/control',
    build,
  });
});

test('trap 7: a listed file that is not there fails the search', async () => {
  suiteMap.set('stale', [path('gone')]);
  await expect(find('stale')).rejects.toMatchObject({ code: 'ERR_CONTROL_FILE_NOT_FOUND', path: path('gone') });
});

test('a file is found by its name', async () => {
  const { source, ...found } = await findControlFileByName(getter, 'power_Idle');
  expect([found.path, Buffer.from(source).toString()]).toEqual([path('power_Idle'), files.get(path('power_Idle'))]);
});
