import { Buffer } from 'node:buffer';
import { afterEach, describe, expect, test } from 'vitest';
import { HttpCrashServerClient } from '../../src/clients/crash-server/http-crash-server-client.js';
import { SymbolicationError } from '../../src/clients/crash-server/errors.js';
import { createCrashReporter } from '../../src/crashes/crash-reporter.js';
import type { EmbeddedLab, ScriptedCrash } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';
import { build, jobRequest } from './job-request.js';
import { send } from './recorded-lab.js';

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

const crash: ScriptedCrash = { process: 'chrome', function: 'browser::Tab::Close', frames: ['main'] };

/** A lab in which a test has crashed, and the dumps that it left. */
async function crashedLab(crashes: readonly ScriptedCrash[] = [crash]) {
  const lab = await embeddedLab()
    .board('x86-mario', { pool: 'bvt' })
    .build(build)
    .build('x86-mario-release/R20-1.0.0', { symbols: false })
    .test('browser_Tabs', { status: 'FAIL', crashes })
    .start();
  labs.push(lab);
  const id = await lab.afe.createJob(jobRequest('browser_Tabs'));
  await lab.clock.sleep(3_600_000);
  const jobTag = `${id}-chromeos-test/chromeos1-rack1-host1`;
  const files = await lab.resultFiles.list(jobTag);
  const paths = files.map(({ path }) => path).filter((path) => path.endsWith('.dmp'));
  const dumps = await Promise.all(paths.map((path) => lab.resultFiles.read(jobTag, path, { maxBytes: 1e6 })));
  return { lab, jobTag, paths, dumps, dump: dumps[0] ?? new Uint8Array() };
}

describe.each(['in process', 'over HTTP'])('the client of a crash server, %s', (way) => {
  async function crashedLabWithClient(crashes?: readonly ScriptedCrash[]) {
    const crashed = await crashedLab(crashes);
    if (way === 'in process') return { ...crashed, client: crashed.lab.crashServer };
    const { crashServer: url } = await crashed.lab.listen();
    return { ...crashed, client: new HttpCrashServerClient({ url, clock: crashed.lab.clock }) };
  }

  test('has symbols staged, and a dump turned into the stack of the script', async () => {
    const { client, dump } = await crashedLabWithClient();
    expect(await client.checkHealth()).toMatchObject({ freeDiskGb: 78, cpuPercent: 12.5 });
    await client.stageSymbols({ build });
    const stack = await client.symbolicate({ build, dump, filename: 'chrome.1.dmp' });
    expect(stack.split('\n')).toEqual([
      'Operating system: Linux',
      '                  0.0.0 Linux 3.4.0 #1 SMP x86_64',
      'CPU: amd64',
      '     family 6 model 42 stepping 7',
      '',
      'Crash reason:  SIGSEGV',
      'Crash address: 0x0',
      '',
      'Thread 0 (crashed)',
      ' 0  chrome!browser::Tab::Close [chrome.cc : 42 + 0x5]',
      ' 1  chrome!main [chrome.cc : 43 + 0x5]',
      '',
    ]);
    client.close();
  });

  test('hears which dump cannot be read', async () => {
    const { client, dump } = await crashedLabWithClient([{ ...crash, unreadable: true }]);
    const failure = client.symbolicate({ build, dump, filename: 'chrome.1.dmp' });
    await expect(failure).rejects.toThrow(SymbolicationError);
    await expect(failure).rejects.toThrow(/Can't generate stack trace: .*signature mismatch: 0x00000000 != 0x4d444d50/);
    client.close();
  });

  test.each([
    ['without symbols', 'x86-mario-release/R20-1.0.0'],
    ['that is not in storage', 'nope-release/R1-1.0.0'],
  ])('hears of a build %s', async (_, missing) => {
    const { client, dump } = await crashedLabWithClient();
    const problem = `Could not find debug.tgz in Google Storage at gs://chromeos-image-archive/${missing}`;
    await expect(client.stageSymbols({ build: missing })).rejects.toThrow(problem);
    await expect(client.symbolicate({ build: missing, dump, filename: 'a.dmp' })).rejects.toMatchObject({
      status: 500,
      message: expect.stringContaining(problem),
    });
    client.close();
  });

  test('sees the faults of the crash server, and only that server has them', async () => {
    const { lab, client, dump } = await crashedLabWithClient();
    lab.faults.add({ service: 'crashServer', method: 'symbolicate_dump', kind: '503', count: 2 });
    expect(await client.symbolicate({ build, dump, filename: 'a.dmp' })).toContain('browser::Tab::Close');
    expect(lab.calls.count('symbolicate_dump')).toBe(3);
    lab.faults.add({ service: 'crashServer', kind: 'html' });
    await lab.devServer.stage({ build, artifacts: ['stateful'] });
    await expect(client.checkHealth()).rejects.toMatchObject({ status: 500 });
    client.close();
  });
});

test("a dump of one lab can be read by another lab's crash server", async () => {
  const { dump } = await crashedLab();
  const other = await embeddedLab().build(build).start();
  expect(await other.crashServer.symbolicate({ build, dump, filename: 'a.dmp' })).toContain(
    'chrome!browser::Tab::Close',
  );
});

test("the dev server's trouble with a build is not the crash server's, nor are its artifacts", async () => {
  const lab = await embeddedLab().build(build, { stagingFails: 'disk full' }).start();
  await lab.crashServer.stageSymbols({ build });
  const query = `archive_url=gs://chromeos-image-archive/${build}&artifacts=symbols`;
  const isStaged = async (url: string) => (await send(lab, `${url}/is_staged?${query}`, { method: 'GET' })).text;
  expect([await isStaged(lab.urls.crashServer), await isStaged(lab.urls.devServer)]).toEqual(['True', 'False']);
  await expect(lab.devServer.stage({ build, artifacts: ['symbols'] })).rejects.toThrow('disk full');
});

test('debug_symbols are symbols by another name', async () => {
  const lab = await embeddedLab()
    .build(build, { symbols: false, missingArtifacts: ['stateful'] })
    .start();
  for (const artifact of ['symbols', 'debug_symbols', 'stateful']) {
    await expect(lab.devServer.stage({ build, artifacts: [artifact] })).rejects.toThrow('Could not find');
  }
});

test('a dump beyond all measure is refused, by the server or by the end of the connection', async () => {
  const lab = await embeddedLab().build(build).start();
  labs.push(lab);
  const body = Buffer.alloc(64 * 1024 * 1024 + 1);
  const answer = await send(lab, `${lab.urls.crashServer}/symbolicate_dump`, { body });
  expect([answer.status, answer.text]).toEqual([413, expect.stringContaining('exceeds the maximum allowed bytes')]);
  const { crashServer } = await lab.listen();
  expect((await fetch(`${crashServer}/symbolicate_dump`, { method: 'POST', body })).status).toBe(413);
  const tooLarge = Buffer.alloc(66 * 1024 * 1024);
  await expect(fetch(`${crashServer}/symbolicate_dump`, { method: 'POST', body: tooLarge })).rejects.toThrow();
});

test('the crashes of a job come to be reported with their stacks, which stay beside the dumps', async () => {
  const { lab, jobTag, paths } = await crashedLab([crash, { process: 'cryptohomed', function: 'x', unreadable: true }]);
  const reporter = () =>
    createCrashReporter({ resultFiles: lab.resultFiles, crashServer: lab.crashServer, clock: lab.clock });
  const reports = await reporter().collect({ jobTag, build });
  expect(reports).toMatchObject([
    { dump: paths[0], signature: 'browser::Tab::Close | main', problem: null },
    { dump: paths[1], signature: null, problem: expect.stringContaining("Can't generate stack trace") },
  ]);
  expect(lab.calls.count('symbolicate_dump')).toBe(2);

  const kept = await lab.resultFiles.read(jobTag, `${paths[0] ?? ''}.txt`, { maxBytes: 1e6 });
  expect(new TextDecoder().decode(kept)).toBe(reports[0]?.stack);
  expect(await reporter().collect({ jobTag, build })).toEqual(reports);
  expect(lab.calls.count('symbolicate_dump')).toBe(3);
});
