import type { LabResponse } from '../http/lab-http.js';
import { unsortedControlFiles } from '../lab/build-store.js';
import { DevServerFault, failure, httpError, notFound } from './cherrypy-page.js';
import type { DevServerParts } from './dev-server-parts.js';

/** `controlfiles`: one file with `control_path`, else a list. */
export function listControlFiles(parts: DevServerParts, parameters: ReadonlyMap<string, string>): string | LabResponse {
  const build = parameters.get('build');
  if (build === undefined) throw httpError(500, 'Error: build= is required!');
  const path = parameters.get('control_path');
  if (path !== undefined) return readControlFile(parts, build, path);
  return pathsOf(parts, build, parameters.get('suite_name') ?? '').join('\n');
}

/** `list_suite_controls`: path → text of a suite's control files, or of all where the map lacks the suite. */
export function listSuiteControls(parts: DevServerParts, parameters: ReadonlyMap<string, string>): string {
  const build = parameters.get('build');
  if (build === undefined) throw httpError(500, 'Error: build= is required!');
  const suite = parameters.get('suite_name');
  if (suite === undefined) throw httpError(500, 'Error: suite_name= is required!');
  const files = filesOf(parts, build);
  const texts = pathsOf(parts, build, suite).map((path) => [path, new TextDecoder().decode(files.get(path))]);
  return JSON.stringify(Object.fromEntries(texts));
}

/** `static/<build>/autotest/<path>`, byte for byte. */
export function readStagedFile(parts: DevServerParts, path: string): LabResponse {
  const decoded = decodePath(path);
  if (decoded.split('/').includes('..')) {
    throw new DevServerFault(403, 'HTTPError', '(403, None)', 'Request forbidden -- authorization will not help');
  }
  const marker = decoded.indexOf(unpackedFolder);
  const build = decoded.slice('/static/'.length, Math.max(marker, '/static/'.length));
  const bytes = isUnpacked(parts, build)
    ? filesOf(parts, build).get(decoded.slice(marker + unpackedFolder.length))
    : undefined;
  if (bytes === undefined) throw notFound(path);
  return { status: 200, headers: { 'content-type': 'text/html' }, body: bytes };
}

const unpackedFolder = '/autotest/';

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound(path);
  }
}

/** A file that is not there is a success with a sentence in its body. */
function readControlFile(parts: DevServerParts, build: string, path: string): LabResponse | string {
  const folder = `/srv/static/${build}/autotest/`;
  const relative = path.replace(/^\/+/, '');
  if (!isUnpacked(parts, build)) return `Unknown control path ${folder}${relative}`;
  const files = filesOf(parts, build);
  const bytes = files.get(relative);
  if (bytes !== undefined) {
    return { status: 200, headers: { 'content-type': 'text/html;charset=utf-8' }, body: bytes };
  }
  if (relative === 'test_suites/dependency_info') return '{}';
  if (relative.split('/').includes('..')) {
    throw failure('CommonUtilError', `Invalid control file "${folder}${relative}".`);
  }
  if (relative === '' || [...files.keys()].some((file) => file.startsWith(`${relative}/`))) {
    throw failure('IOError', `[Errno 21] Is a directory: u'${folder}${relative}'`);
  }
  return `Unknown control path ${folder}${relative}`;
}

function pathsOf(parts: DevServerParts, build: string, suite: string): readonly string[] {
  const folder = `/srv/static/${build === '' ? '' : `${build}/`}autotest/`;
  const stored = parts.builds.get(build);
  const mapIsStaged = parts.staging.has(build, 'test_suites', parts.clock.now());
  if (suite !== '' && !mapIsStaged) {
    const map = `${folder}test_suites/suite_to_control_file_map`;
    throw failure('CommonUtilError', `Could not find this file. Is it staged? ${map}`);
  }
  if (stored === undefined || !isUnpacked(parts, build)) {
    throw failure('CommonUtilError', `Could not find this directory.Is it staged? ${folder}`);
  }
  return stored.suites.get(suite) ?? unsortedControlFiles(stored);
}

function isUnpacked({ staging, clock }: DevServerParts, build: string): boolean {
  return ['control_files', 'test_suites', 'autotest'].some((item) => staging.has(build, item, clock.now()));
}

function filesOf({ builds }: DevServerParts, build: string): ReadonlyMap<string, Uint8Array> {
  return builds.get(build)?.files ?? new Map<string, Uint8Array>();
}
