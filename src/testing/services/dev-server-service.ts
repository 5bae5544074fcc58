import type { LabRequest, LabResponse, LabService } from '../http/lab-http.js';
import { html, pathOf } from '../http/lab-http.js';
import { newestVersion } from '../lab/build-store.js';
import { DevServerFault, errorPage, failure, httpError, noSuchUri, notFound } from './cherrypy-page.js';
import { listControlFiles, listSuiteControls, readStagedFile } from './dev-server-files.js';
import type { DevServerParts } from './dev-server-parts.js';
import type { StageItems } from './staging.js';
import { artifactFiles } from './staging.js';

/** The dev server: stages builds and serves their files. */
export function devServerService(parts: DevServerParts): LabService {
  const endpoints = endpointsOf(parts);
  return {
    name: 'devServer',
    prepare(request) {
      const path = pathOf(request.target);
      const [, method = '', ...rest] = path.split('/');
      const endpoint = endpoints.get(method);
      const respond = async () => {
        try {
          const parameters = readParameters(request);
          if (endpoint === undefined) throw notFound(path);
          const answer = await endpoint({ path, rest, parameters });
          return typeof answer === 'string' ? html(200, answer, contentType) : answer;
        } catch (error) {
          if (error instanceof DevServerFault) return errorPage(error);
          throw error;
        }
      };
      return { method, known: endpoint !== undefined || method === 'list_suite_controls', respond };
    },
  };
}

interface EndpointCall {
  readonly path: string;
  /** Path segments after the endpoint's name. */
  readonly rest: readonly string[];
  readonly parameters: ReadonlyMap<string, string>;
}

type Endpoint = (call: EndpointCall) => string | LabResponse | Promise<string | LabResponse>;

/** Every answer is labelled so, JSON included. */
const contentType = 'text/html;charset=utf-8';

function endpointsOf(parts: DevServerParts): ReadonlyMap<string, Endpoint> {
  const { staging, clock } = parts;
  const endpoints = new Map<string, Endpoint>([
    ['check_health', checkHealth],
    ['stage', ({ parameters }) => stage(parts, parameters)],
    [
      'is_staged',
      ({ parameters }) => {
        const found = staging.look(readItems(parameters), clock.now());
        if (typeof found !== 'boolean') throw failure('DownloaderException', found.join('--------\n'));
        return found ? 'True' : 'False';
      },
    ],
    [
      'controlfiles',
      ({ parameters, rest }) => {
        if (rest.length > 0) throw noSuchUri();
        return listControlFiles(parts, parameters);
      },
    ],
    ['latestbuild', ({ parameters }) => latestBuild(parts, parameters)],
    ['xbuddy_translate', ({ rest }) => translate(parts, rest)],
    ['static', ({ path }) => readStagedFile(parts, path)],
  ]);
  if (parts.hasListSuiteControls) {
    endpoints.set('list_suite_controls', ({ parameters }) => listSuiteControls(parts, parameters));
  }
  return endpoints;
}

function checkHealth({ rest, parameters }: EndpointCall): string {
  if (rest.length > 0 || parameters.size > 0) throw noSuchUri();
  return JSON.stringify({
    free_disk: 78,
    staging_thread_count: 0,
    apache_client_count: 14,
    telemetry_test_count: 1,
    cpu_percent: 12.5,
    disk_read_bytes_per_second: 0,
    disk_write_bytes_per_second: 8192.5,
    disk_total_bytes_per_second: 8192.5,
    network_sent_bytes_per_second: 0,
    network_recv_bytes_per_second: 1024.5,
    network_total_bytes_per_second: 1024.5,
  });
}

/**
 * A synchronous request is answered when all is there. On a virtual clock that is at once: its client may hold the
 * clock until the answer comes, and would wait for ever.
 */
async function stage({ staging, clock }: DevServerParts, parameters: ReadonlyMap<string, string>): Promise<string> {
  const items = readItems(parameters);
  if ((parameters.get('async') ?? '') !== '') {
    staging.begin(items, clock.now());
    return 'Success';
  }
  const { doneMs, error } = staging.begin(items, clock.now(), clock.hold !== undefined);
  await clock.sleep(doneMs - clock.now());
  if (error !== undefined) throw failure('ArtifactDownloadError', error);
  return 'Success';
}

function readItems(parameters: ReadonlyMap<string, string>): StageItems {
  const listed = (name: string) => {
    const text = parameters.get(name) ?? '';
    return text === '' ? [] : text.split(',');
  };
  const artifacts = listed('artifacts');
  const files = listed('files');
  const archiveUrl = (parameters.get('archive_url') ?? '').replace(/\/$/, '');
  if (archiveUrl === '' && (parameters.has('artifacts') || parameters.has('files'))) {
    throw failure('DevServerError', 'Requires archive_url or local_path to be specified.');
  }
  if (artifacts.length + files.length === 0) throw failure('DevServerError', 'No artifacts specified.');
  if (!archiveUrl.startsWith('gs://')) {
    throw failure('DevServerError', `Archive URL isn't from Google Storage (${archiveUrl}) .`);
  }
  const unknown = artifacts.find((artifact) => !artifactFiles.has(artifact));
  if (unknown !== undefined) throw failure('KeyError', `'${unknown}'`);
  const build = archiveUrl.split('/').slice(3).join('/');
  return { build, archiveUrl, items: [...artifacts, ...files], files };
}

function latestBuild({ staging, clock }: DevServerParts, parameters: ReadonlyMap<string, string>): string {
  const target = parameters.get('target');
  if (target === undefined) throw httpError(500, 'Error: target= is required!');
  const milestone = (parameters.get('milestone') ?? '').toLowerCase();
  const versions = staging
    .stagedBuilds(clock.now())
    .filter((build) => build.startsWith(`${target}/`))
    .map((build) => build.slice(target.length + 1));
  if (versions.length === 0) throw httpError(500, `Cannot find path /srv/static/${target}`);
  const newest = newestVersion(versions.filter((version) => version.toLowerCase().includes(milestone)));
  if (newest === undefined) throw httpError(500, `Could not determine build for ${target}`);
  return newest;
}

function translate({ builds }: DevServerParts, [remote, board, version]: readonly string[]): string {
  if (remote !== 'remote' || board === undefined || version === undefined) {
    throw failure('XBuddyException', `No builds found for ${board ?? 'None'}. Did you run build_image?`);
  }
  const target = `${board}-release`;
  const ofBoard = [...builds.values()].filter(({ name }) => name.startsWith(`${target}/`));
  const marked = ofBoard.filter(({ latest }) => latest);
  const versions = (marked.length > 0 ? marked : ofBoard).map(({ name }) => name.slice(target.length + 1));
  const found =
    version === 'latest-official' ? newestVersion(versions) : builds.has(`${target}/${version}`) ? version : undefined;
  if (found === undefined) throw failure('XBuddyException', `Version ${version} unknown. Can't find on GS.`);
  return `${target}/${found}/chromiumos_test_image.bin`;
}

/** Parameters of the query and of a form; the first of two with one name counts. */
function readParameters(request: LabRequest): ReadonlyMap<string, string> {
  const question = request.target.indexOf('?');
  const query = question < 0 ? '' : request.target.slice(question + 1);
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const form = isForm ? new TextDecoder().decode(request.body) : '';
  const parameters = new Map<string, string>();
  for (const pair of `${query}&${form}`.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const key = decode(name);
    if (!parameters.has(key)) parameters.set(key, decode(equals < 0 ? '' : pair.slice(equals + 1)));
  }
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    const problem =
      "The given query string could not be processed. Query strings for this resource must be encoded with 'utf8'.";
    throw new DevServerFault(404, 'HTTPError', `(404, "${problem}")`, problem);
  }
}
