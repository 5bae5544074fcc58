import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { expectRecordedHeaders, tellingParts } from './recorded-answer.js';
import { dummySuite, recordedBuilds, recordedFiles } from './recorded-builds.js';
import type { Recording } from './recorded-lab.js';
import { recordings, sendInProcess, sendRaw } from './recorded-lab.js';

/** Recordings that the lab does not repeat, and why. */
const leftOut: Readonly<Record<string, string>> = {
  '13.5s list_image_dir': 'an archive was there and not yet unpacked; in the lab an artifact is there or it is not',
  'latestbuild target traversal': 'the lab has no files outside its builds',
  'latestbuild target empty': 'the lab has no files outside its builds',
  'traversal to sibling dir with same prefix (static1 -> static1x)': 'the lab has no files outside its builds',
};

/** What only a socket shows: URLs that are none or that change when they are parsed, methods, and HTTP itself. */
const needsSocket = new Set([
  'PUT stage',
  'HEAD stage',
  'static payload HEAD',
  'static traversal',
  'static traversal enc',
  'query with space unescaped (malformed request line)',
  'HTTP/1.0',
  'no Host HTTP/1.1',
]);

const all = recordings('dev-server');
const replayed = all.filter(({ name }) => !(name in leftOut));

/** Groups that were recorded on one server one after the other, how that server was, and what it had staged before. */
const servers = [
  { groups: ['stage_errors'], january: true },
  { groups: ['controlfiles', 'latestbuild_xbuddy'], january: true },
  { groups: ['static_listdir_misc'], january: true, before: 'test_suites,autotest_packages' },
  { groups: ['apr2016_list_suite_controls_locate_file'] },
  { groups: ['apache_front'], apache: true, before: 'test_suites,autotest_packages,full_payload,stateful' },
  { groups: ['apache_backend_down'], apache: true, down: true },
] as const;

describe.each(['over a socket', 'in process'])('%s', (way) => {
  describe.each(servers)('the dev server answers as recorded: $groups', (server) => {
    const clock = new VirtualClock({ autoAdvance: false });
    let lab: EmbeddedLab;
    beforeAll(async () => {
      const listSuiteControls = !('january' in server);
      const options = { clock, listSuiteControls, devServerBehindApache: 'apache' in server };
      lab = await recordedBuilds(embeddedLab(options)).start();
      if ('before' in server) await stageBefore(lab, server.before);
      if ('down' in server) lab.faults.add({ service: 'devServer', kind: '503', count: 2 });
    });

    const ofServer = replayed.filter(({ group }) => server.groups.some((name) => name === group));
    // In sequence: later requests build on what earlier ones did.
    test.each(ofServer.filter(({ name }) => way === 'over a socket' || !needsSocket.has(name)))(
      '$name',
      async (recording) => {
        if (!recording.name.startsWith('is_staged poll 0')) await clock.advance(5_000);
        await (way === 'in process' ? replayInProcess(lab, recording) : replay(lab, recording));
      },
    );
  });
});

describe('the dev server stages in the background as recorded', () => {
  const clock = new VirtualClock({ autoAdvance: false });
  // Synchronous requests hurry on a clock that they could hold.
  const unheld = { now: () => clock.now(), sleep: clock.sleep.bind(clock) };
  const startMs = clock.now();
  let lab: EmbeddedLab;
  let waiting: Promise<void> | undefined;
  beforeAll(async () => {
    lab = await recordedBuilds(embeddedLab({ clock: unheld })).start();
  });

  test.each(replayed.filter(({ group }) => group === 'async_polling'))('$name', async (recording) => {
    const { name } = recording;
    if (name === 'check_health with a sync stage waiting') {
      const synchronous = replayed.find((other) => other.name.startsWith('0.3s SYNC stage'));
      if (synchronous === undefined) throw new Error('not recorded: the synchronous request');
      await clock.advance(startMs + 300 - clock.now());
      waiting = replay(lab, synchronous);
      await untilSleeping(clock, 1);
    } else if (name.startsWith('0.3s SYNC stage')) {
      // What it waits for came between the polls at 5.5 and 9.5 s.
      await clock.advance(startMs + 8_000 - clock.now());
      expect(clock.sleeping).toBe(1);
      await clock.advance(1_000);
      await waiting;
      return;
    } else if (name === 'clean=true') {
      const cleaning = replay(lab, recording);
      await untilSleeping(clock, 1);
      await clock.advance(1_000);
      await cleaning;
      return;
    } else if (/^race \d: stage async, file missing/.test(name)) {
      lab = await recordedBuilds(embeddedLab({ clock: unheld })).start();
    } else if (/^race .*: is_staged( 0\.5 s later)?$/.test(name)) {
      await clock.advance(500);
    }
    const atSeconds = /^(\d+\.\d)s /.exec(name)?.[1];
    if (atSeconds !== undefined) await clock.advance(startMs + Number(atSeconds) * 1000 - clock.now());
    await replay(lab, recording);
  });
});

test('what is left out, or needs a socket, is there, and all else is replayed', () => {
  const names = all.map(({ name }) => name);
  const excepted = [...Object.keys(leftOut), ...needsSocket];
  expect(excepted.filter((name) => names.filter((other) => other === name).length !== 1)).toEqual([]);
  const groups = new Set<string>([...servers.flatMap((server) => server.groups), 'async_polling']);
  expect(replayed.filter(({ group }) => !groups.has(group))).toEqual([]);
  expect(replayed).toHaveLength(232);
});

async function replay(lab: EmbeddedLab, recording: Recording): Promise<void> {
  const { method, path, headers, version } = recording;
  const answer = await sendRaw(lab, lab.urls.devServer + path, { method, headers, body: textOf(recording), version });
  expect([answer.version, answer.status]).toEqual(['HTTP/1.1', recording.status]);
  expectRecordedHeaders(answer, recording, lab.urls.devServer);
  expectRecordedBody(answer.body, recording);
}

async function replayInProcess(lab: EmbeddedLab, recording: Recording): Promise<void> {
  const answer = await sendInProcess(lab, lab.urls.devServer + recording.path, {
    method: recording.method === 'POST' ? 'POST' : 'GET',
    headers: recording.headers ?? {},
    body: textOf(recording),
  });
  expect(answer.status).toBe(recording.status);
  expect(answer.headers['content-type']).toBe(recording.answerHeaders?.['content-type']);
  expectRecordedBody(answer.body, recording);
}

function textOf({ body }: Recording): string | undefined {
  return typeof body === 'string' ? body : undefined;
}

function expectRecordedBody(body: Buffer, recording: Recording): void {
  // The recorder took every byte for a character.
  const text = body.toString('latin1');
  if (typeof recording.answer === 'string') expectRecordedText(text, recording, recording.answer);
  else if (recording.status === 200) expect(shapeOf(JSON.parse(text))).toEqual(shapeOf(recording.answer));
  else expect(tellingParts(text)).toEqual(recording.answer);
}

function expectRecordedText(text: string, recording: Recording, answer: string): void {
  const { path } = recording;
  const size = /^<control file of (\d+) bytes>$/.exec(answer)?.[1];
  if (path.startsWith('/list_image_dir?archive_url')) expect(namesIn(text)).toEqual(namesIn(answer));
  else if (path.includes('.test_suitesDOTtarDOTbz2')) expect(text).toContain('/autotest/test_suites/control.dummy');
  else if (path.startsWith('/list_suite_controls')) expect(JSON.parse(text)).toEqual(filesOf(recording));
  else if (size !== undefined) expect(text).toHaveLength(Number(size));
  else if (isListOfAll(answer)) expect(text.split('\n').sort()).toEqual(pathsOf(recording));
  else if (path.endsWith('.tgz')) expect(text.slice(0, 4)).toBe(answer.slice(0, 4));
  else if (path.endsWith('.bin')) expect(text.startsWith(answer)).toBe(true);
  else expect(text).toBe(answer);
}

/** The recorded build had thousands of files, and its list was cut. */
function isListOfAll(answer: string): boolean {
  return /^server\/site_tests\/.*<\d+ bytes>$/s.test(answer);
}

function pathsOf({ name }: Recording): readonly string[] {
  const paths = Object.keys(recordedFiles).sort();
  return name === 'control_files only: list' ? paths.filter((path) => !path.startsWith('test_suites/')) : paths;
}

function filesOf({ name }: Recording): Readonly<Record<string, string | undefined>> {
  if (!name.endsWith('dummy')) return recordedFiles;
  return Object.fromEntries(dummySuite.map((path) => [path, recordedFiles[path]]));
}

/** How a server does is its own; how many requests wait is not. */
function shapeOf(health: unknown): object {
  const values = Object.entries(health ?? {}).map(([key, value]: [string, unknown]) => [key, typeof value]);
  return { ...Object.fromEntries(values), waiting: Object(health).staging_thread_count };
}

/** Without the times and sizes, and in any order. */
function namesIn(listing: string): readonly string[] {
  return listing
    .split('\n')
    .map((line) =>
      line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?/g, '<time>').replace(/Size: \d+/, 'Size: <size>'),
    )
    .sort();
}

async function stageBefore(lab: EmbeddedLab, artifacts: string): Promise<void> {
  const archive = 'gs://chromeos-image-archive/x86-mario-release/R19-1998.0.0';
  const url = `${lab.urls.devServer}/stage?archive_url=${archive}&artifacts=${artifacts}`;
  await sendInProcess(lab, url, { method: 'GET' });
}

/** A request over a socket reaches the clock some turns of the event loop later. */
async function untilSleeping(clock: VirtualClock, sleepers: number): Promise<void> {
  while (clock.sleeping < sleepers) await new Promise((resolve) => setImmediate(resolve));
}
