import type { LabResponse, LabService } from '../http/lab-http.js';
import { html, pathOf } from '../http/lab-http.js';
import { DevServerFault, errorPage, failure, noSuchUri, notFound } from './cherrypy-page.js';
import { listControlFiles, listSuiteControls } from './dev-server-files.js';
import type { DevServerParts, EndpointCall } from './dev-server-parts.js';
import { latestBuild, translate } from './latest-build.js';
import { asciiJson } from './json-values.js';
import { listImageDir } from './list-image-dir.js';
import { locateFile } from './locate-file.js';
import { readParameters } from './request-parameters.js';
import { readArchive, readStageItems, stageNow } from './stage-request.js';
import { staticRoot } from './staged-folder.js';
import { readStaticFile } from './static-files.js';
import { symbolicateDump } from './symbolicate-dump.js';
import { updateApi } from './update-api.js';

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
          const answer = await endpoint({ request, rest, parameters: texts, files });
          return typeof answer === 'string' ? html(200, answer, contentType) : answer;
        } catch (error) {
          if (error instanceof DevServerFault) return errorPage(error);
          throw error;
        }
      };
      return { method, known: endpoint !== undefined || sinceApril2016.has(method), respond };
    },
  };
}

type Endpoint = (call: EndpointCall) => string | LabResponse | Promise<string | LabResponse>;

/** Every answer is labelled so, JSON included. */
const contentType = 'text/html;charset=utf-8';

/** What a client may ask an older server for, to see whether it is there. */
const sinceApril2016 = new Set(['list_suite_controls', 'locate_file']);

function endpointsOf(parts: DevServerParts): ReadonlyMap<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>([
    ['check_health', (call) => checkHealth(parts, call)],
    ['stage', ({ parameters }) => stage(parts, parameters)],
    ['is_staged', ({ parameters }) => isStaged(parts, parameters)],
    [
      'controlfiles',
      ({ parameters, rest }) => {
        if (rest.length > 0) throw noSuchUri();
        return listControlFiles(parts, parameters);
      },
    ],
    ['list_image_dir', ({ parameters }) => listImageDir(parts, parameters)],
    ['latestbuild', ({ parameters }) => latestBuild(parts, parameters)],
    ['xbuddy_translate', ({ rest, parameters }) => translate(parts, rest, parameters)],
    ['xbuddy_list', () => ''],
    ['xbuddy_capacity', () => '5'],
    ['symbolicate_dump', ({ parameters, files }) => symbolicateDump(parts, { texts: parameters, files })],
    ['setup_telemetry', ({ parameters }) => setUpTelemetry(parameters)],
    ['api', (call) => updateApi(parts, call)],
    ['static', ({ request }) => readStaticFile(parts, request)],
  ]);
  if (parts.hasListSuiteControls) {
    endpoints.set('list_suite_controls', ({ parameters }) => listSuiteControls(parts, parameters));
    endpoints.set('locate_file', ({ parameters }) => locateFile(parts, parameters));
  }
  return endpoints;
}

function checkHealth({ staging }: DevServerParts, { rest, parameters }: EndpointCall): string {
  if (rest.length > 0 || parameters.size > 0) throw noSuchUri();
  return asciiJson({
    free_disk: 78,
    staging_thread_count: staging.waiting,
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
  if (parameters.get('clean')?.toLowerCase() === 'true') parts.staging.remove(items.build);
  if ((parameters.get('async') ?? '') === '') await stageNow(parts, items);
  else parts.staging.begin(items, parts.clock.now());
  return 'Success';
}

function isStaged({ staging, clock }: DevServerParts, parameters: ReadonlyMap<string, string>): string {
  const found = staging.look(readStageItems(parameters), clock.now());
  if (typeof found !== 'boolean') throw failure('DownloaderException', found.join('--------\n'));
  return found ? 'True' : 'False';
}

/** The builds of the lab have no telemetry. */
function setUpTelemetry(parameters: ReadonlyMap<string, string>): never {
  const { build } = readArchive(parameters);
  const folder = `${staticRoot}/${build}/telemetry_src/test_src`;
  throw failure('IOError', `[Errno 2] No such file or directory: u'${folder}'`);
}
