import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpDevServerClient } from '../../src/clients/dev-server/http-dev-server-client.js';
import { dependencyInfo, MalformedDependenciesError } from '../../src/control-files/dependency-info.js';
import { startServer, type LoopbackServer } from '../support/loopback-server.js';

const build = 'x86-mario-release/R19-1998.0.0';
let server: LoopbackServer;
let client: HttpDevServerClient;
let answer: string | Uint8Array;

beforeEach(async () => {
  server = await startServer((_, response) => response.end(answer));
  client = new HttpDevServerClient({ url: server.url });
});
afterEach(async () => {
  client.close();
  await server.close();
});

async function infoOf(text: string | Uint8Array, maxBytes?: number) {
  answer = text;
  const info = await dependencyInfo({ client, build, maxBytes });
  return Object.fromEntries([...info].map(([suite, tests]) => [suite, Object.fromEntries(tests)]));
}

test('the dependencies of a build are read with one request, and no control file', async () => {
  const text = `{'bvt': {'client/site_tests/a/control': ['rpm', 'bluetooth'], 'server/site_tests/b/control.x': []}, "cq": {}}`;
  expect(await infoOf(text)).toEqual({
    bvt: { 'client/site_tests/a/control': ['rpm', 'bluetooth'], 'server/site_tests/b/control.x': [] },
    cq: {},
  });
  expect(server.requests.map(({ url }) => url)).toEqual([
    '/controlfiles?build=x86-mario-release%2FR19-1998.0.0&control_path=test_suites%2Fdependency_info',
  ]);
});

test.each([
  ['{}', {}],
  ["{\n 'bvt':\n  {'a': ['x'],\n   'b': [u'y']},\n}\n", { bvt: { a: ['x'], b: ['y'] } }],
  [`# made by hand\n{'it\\'s': {"a\\x41": ["x" 'y']}}`, { "it's": { aA: ['xy'] } }],
])('%j is read', async (text, expected) => {
  expect(await infoOf(text)).toEqual(expected);
});

test('a suite called __proto__ is a suite like any other', async () => {
  answer = "{'__proto__': {'a': []}}";
  expect([...(await dependencyInfo({ client, build })).keys()]).toEqual(['__proto__']);
});

test('a build without the file is not found', async () => {
  const reading = infoOf('Unknown control path /var/lib/devserver/static/x/test_suites/dependency_info');
  await expect(reading).rejects.toMatchObject({
    code: 'ERR_CONTROL_FILE_NOT_FOUND',
    path: 'test_suites/dependency_info',
    build,
  });
});

describe('what does not hold dependencies is an error of its own', () => {
  test.each([
    ["{'bvt': {'a': ['x'}", 1, 19],
    ["{'bvt': {'a':\n ['x', f()]}}", 2, 8],
    ["{'bvt': {'a': ['x']}} + 1", 1, 1],
    ["{'bvt': {'a': ('x',)}}", 1, 10],
    ['f()', 1, 1],
    ['{}\n{}', 2, 1],
    ['A = {}', 1, 3],
    ['', 1, 1],
    ['<html>', 1, 1],
    ['{"a\0": {}}', 1, 4],
    ['['.repeat(200), 1, 101],
    [Buffer.from("# coding: utf-8\n{u'\xe9': {}}", 'latin1'), 2, 4],
  ])('%j, with its place', async (text, line, column) => {
    const reading = infoOf(text);
    await expect(reading).rejects.toBeInstanceOf(MalformedDependenciesError);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_MALFORMED_DEPENDENCIES', build, line, column });
  });

  test.each([
    ["['bvt']", 'not a dict'],
    ["{'bvt': ['a']}", `the value of suite "bvt" is not a dict`],
    ["{'bvt': {'a': 'x'}}", `the value of "a" in suite "bvt" is not a list of strings`],
    ["{'bvt': {'a': [['x']]}}", `the value of "a" in suite "bvt" is not a list of strings`],
  ])('%j, with what is wrong', async (text, problem) => {
    await expect(infoOf(text)).rejects.toMatchObject({
      message: `test_suites/dependency_info of ${build}: ${problem}`,
      line: undefined,
    });
  });

  test('and so is one that is too long', async () => {
    await expect(infoOf("{'bvt': {}}", 5)).rejects.toThrow('more than 5 bytes');
  });
});

test('an abort rejects with its reason', async () => {
  answer = '{}';
  await expect(dependencyInfo({ client, build, signal: AbortSignal.abort('no') })).rejects.toBe('no');
});
