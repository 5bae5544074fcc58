import type { LabResponse, LabService } from '../http/lab-http.js';
import { html, pathOf } from '../http/lab-http.js';
import { newestVersion } from '../lab/build-store.js';
import { DevServerFault, errorPage, failure, httpError, noSuchUri, notFound } from './cherrypy-page.js';
import { listControlFiles, listSuiteControls, readStagedFile } from './dev-server-files.js';
import type { DevServerParts } from './dev-server-parts.js';
import { readParameters } from './request-parameters.js';
import { readStageItems, stageNow } from './stage-request.js';
import { symbolicateDump } from './symbolicate-dump.js';

/** The dev server: stages builds, serves their files, and symbolicates crash dumps. The crash server is another one. */
export function devServerService(name: 'devServer' | 'crashServer', parts: DevServerParts): LabService {
  const endpoints = endpointsOf(parts);
  return {
    name,
    prepare(request) {
      const path = pathOf(request.target);
      const [, method = '', ...rest] = path.split('/');
      const endpoint = endpoints.get(method);
      const respond = async () => {
        try {
          const { texts, files } = readParameters(request);
          if (endpoint === undefined) throw notFound(path);
          const answer = await endpoint({ path, rest, parameters: texts, files });
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
  readonly files: ReadonlyMap<string, Uint8Array>;
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
        const found = staging.look(readStageItems(parameters), clock.now());
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
    ['symbolicate_dump', ({ parameters, files }) => symbolicateDump(parts, { texts: parameters, files })],
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

async function stage(parts: DevServerParts, parameters: ReadonlyMap<string, string>): Promise<string> {
  const items = readStageItems(parameters);
  if ((parameters.get('async') ?? '') === '') await stageNow(parts, items);
  else parts.staging.begin(items, parts.clock.now());
  return 'Success';
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
