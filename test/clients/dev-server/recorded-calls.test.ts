import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HttpDevServerClient } from '../../../src/clients/dev-server/http-dev-server-client.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startScriptedServer, status, type ScriptedServer } from '../../support/scripted-server.js';
import { decoded, recordedCalls, type RecordedCall } from './recorded-calls.js';

const archive = 'gs://chromeos-image-archive/';
const build = 'x86-mario-release/R19-1998.0.0';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.close());

/** What our client makes of a recorded answer: a value, or the error. */
async function answerTo(recording: RecordedCall, call: (client: HttpDevServerClient) => Promise<unknown>) {
  const answer = status(recording.status, recording.body);
  server.answers.splice(0, server.answers.length, answer, answer, answer);
  const client = new HttpDevServerClient({ url: server.url, clock: new FakeClock(), deadlineMs: 1_000 });
  try {
    return await call(client);
  } catch (error) {
    return error;
  } finally {
    client.close();
  }
}

const given = ({ parameters }: RecordedCall, name: string) => parameters.get(name);
const list = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(','));

/** The recorded request as arguments of ours; what it lacks is filled in, so that its answer can be given to the method. */
function stageRequestOf(recording: RecordedCall) {
  const artifacts = list(given(recording, 'artifacts'));
  const files = list(given(recording, 'files'));
  const isNothing = artifacts.length + files.length === 0 || artifacts.includes('');
  return { build: buildOf(recording), artifacts: isNothing ? ['stateful'] : artifacts, files };
}

function buildOf(recording: RecordedCall): string {
  const url = given(recording, 'archive_url');
  return url?.startsWith(archive) === true ? url.slice(archive.length) : build;
}

type Method = (client: HttpDevServerClient, recording: RecordedCall) => Promise<unknown>;

const methods: Readonly<Record<string, Method>> = {
  check_health: (client) => client.checkHealth(),
  stage: async (client, recording) => (await client.startStaging(stageRequestOf(recording))).state,
  is_staged: (client, recording) => client.isStaged(stageRequestOf(recording)),
  controlfiles: async (client, recording) => {
    const asked = given(recording, 'build') ?? build;
    const path = given(recording, 'control_path');
    if (path === undefined) return client.listControlFiles({ build: asked, suite: given(recording, 'suite_name') });
    return Buffer.from(await client.getControlFile({ build: asked, path: path || 'control' })).toString();
  },
  list_suite_controls: (client, recording) =>
    client.listSuiteControls({
      build: given(recording, 'build') ?? build,
      suite: given(recording, 'suite_name') ?? 'dummy',
    }),
  locate_file: (client, recording) =>
    client.locateFile({
      build: buildOf(recording),
      filename: given(recording, 'file_name') ?? 'control',
      artifacts: list(given(recording, 'artifacts')),
    }),
  latestbuild: (client, recording) => {
    const target = given(recording, 'target') ?? '';
    const isOne = /^[\w-]+$/.test(target);
    return client.getLatestBuild({
      target: isOne ? target : 'x86-mario-release',
      milestone: given(recording, 'milestone'),
    });
  },
  xbuddy_translate: (client, { path }) => client.translateImagePath(path.split('/').slice(1).join('/') || 'remote'),
  list_image_dir: (client, recording) => client.listImageDir({ build: buildOf(recording) }),
  static: async (client, { path }) => {
    const parts = path.replace(/\/$/, '').split('/').slice(1);
    const isOurs = parts.length > 2 && !parts.includes('..');
    const asked = isOurs ? parts : [...build.split('/'), 'update.gz'];
    const file = { build: asked.slice(0, 2).join('/'), path: asked.slice(2).join('/') };
    return Buffer.from(await client.getStaticFile(file)).toString();
  },
};

function endpointOf({ path }: RecordedCall): string {
  return path.split('/')[0] ?? '';
}

/** Methods that make no difference to who reads the answer, and answers to whole requests only. */
const ofInterest = recordedCalls.filter((recording) => {
  return Object.hasOwn(methods, endpointOf(recording)) && recording.method === 'GET' && recording.status !== 206;
});

/** As the specification says it, in our words. */
function expectedOf(recording: RecordedCall): unknown {
  const { status: code, body, message } = recording;
  const endpoint = endpointOf(recording);
  if (code === 200) return expectedValue(recording, endpoint, body);
  const cause = { code: 'ERR_DEV_SERVER', status: code, ...(message === undefined ? {} : { message }) };
  if (code === 503) return expect.objectContaining({ code: 'ERR_DEADLINE' });
  const isNewCall = endpoint === 'list_suite_controls' || endpoint === 'locate_file';
  if (code === 404 && isNewCall) return undefined;
  if (code === 404 && endpoint === 'static') return expect.objectContaining({ code: 'ERR_STAGED_FILE_NOT_FOUND' });
  if (endpoint === 'stage' || (endpoint === 'is_staged' && code === 500)) {
    return expect.objectContaining({ code: 'ERR_STAGING', cause: expect.objectContaining(cause) as unknown });
  }
  if (message?.startsWith('Could not determine build') || message?.startsWith('Cannot find path')) return undefined;
  if (message?.includes('can not be found in artifacts')) {
    return expect.objectContaining({ code: 'ERR_STAGED_FILE_NOT_FOUND' });
  }
  return expect.objectContaining(cause);
}

function expectedValue(recording: RecordedCall, endpoint: string, body: string): unknown {
  switch (endpoint) {
    case 'check_health':
      return healthOf(JSON.parse(body) as Record<string, number>);
    case 'stage':
      return 'staging';
    case 'is_staged':
      return body === 'True';
    case 'controlfiles':
      if (given(recording, 'control_path') === undefined) return body.split('\n');
      if (!body.startsWith('Unknown control path ')) return body;
      return expect.objectContaining({ code: 'ERR_CONTROL_FILE_NOT_FOUND' });
    case 'list_suite_controls':
      return new Map(Object.entries(JSON.parse(body) as Record<string, string>));
    case 'latestbuild':
      if (!body.startsWith('R')) return expect.objectContaining({ code: 'ERR_BAD_RESPONSE' });
      return `${given(recording, 'target') ?? ''}/${body}`;
    case 'xbuddy_translate':
      return body.replace('\n', '');
    case 'list_image_dir':
      if (body.endsWith('has not been staged on this devserver.')) return undefined;
      return expect.objectContaining({ length: body.split('\nName: ').length - 1 });
    default:
      return body;
  }
}

function healthOf(said: Readonly<Record<string, number>>): unknown {
  return {
    freeDiskGb: said['free_disk'],
    cpuPercent: said['cpu_percent'],
    stagingThreads: said['staging_thread_count'],
    apacheClients: said['apache_client_count'],
    telemetryTests: said['telemetry_test_count'],
    diskBytesPerSecond: said['disk_total_bytes_per_second'],
    diskReadBytesPerSecond: said['disk_read_bytes_per_second'],
    diskWriteBytesPerSecond: said['disk_write_bytes_per_second'],
    networkBytesPerSecond: said['network_total_bytes_per_second'],
    networkSentBytesPerSecond: said['network_sent_bytes_per_second'],
    networkReceivedBytesPerSecond: said['network_recv_bytes_per_second'],
  };
}

describe('each recorded answer is understood as the specification says', () => {
  test.each(ofInterest.map((recording, index) => [`${index} ${recording.name}`, recording] as const))(
    '%s',
    async (_, recording) => {
      const method = methods[endpointOf(recording)];
      expect(await answerTo(recording, async (client) => method?.(client, recording))).toEqual(expectedOf(recording));
    },
  );
});

/** Recorded forms that are ours to make: nothing missing or odd, staging in the background. */
const ours = ofInterest.filter((recording) => {
  const { path, parameters } = recording;
  const endpoint = endpointOf(recording);
  const names = [...parameters.keys()].sort().join();
  const url = parameters.get('archive_url');
  if (url !== undefined && (!url.startsWith(archive) || url.endsWith('/'))) return false;
  switch (endpoint) {
    case 'stage':
      return parameters.get('async') === 'True' && parameters.has('artifacts');
    case 'is_staged':
      return names === 'archive_url,artifacts' && parameters.get('artifacts')?.endsWith(',') === false;
    case 'controlfiles':
      return names === 'build,suite_name' || (names === 'build,control_path' && parameters.get('control_path') !== '');
    case 'list_suite_controls':
      return names === 'build,suite_name';
    case 'locate_file':
      return names === 'archive_url,artifacts,file_name';
    case 'latestbuild':
      return names.replace('milestone,', '') === 'target' && /^[\w-]+$/.test(parameters.get('target') ?? '');
    case 'xbuddy_translate':
      return names === 'image_dir';
    case 'static':
      return !path.endsWith('/') && !path.includes('..') && path.startsWith('static/x86-mario-release/');
    case 'list_image_dir':
      return names === 'archive_url';
    default:
      return endpoint === 'check_health' && names === '' && path === 'check_health';
  }
});

describe('each request equals the recorded one, once both are decoded', () => {
  test('of every endpoint at least one is compared', () => {
    expect(new Set(ours.map(endpointOf))).toEqual(new Set(Object.keys(methods)));
    expect(ours.length).toBeGreaterThan(80);
  });

  test.each(ours.map((recording, index) => [`${index} ${recording.name}`, recording] as const))(
    '%s',
    async (_, recording) => {
      const method = methods[endpointOf(recording)];
      await answerTo(recording, async (client) => method?.(client, recording));
      const sent = decoded(server.requests.at(-1)?.url ?? '');
      expect(sent).toEqual({ path: recording.path, parameters: recording.parameters });
    },
  );
});
