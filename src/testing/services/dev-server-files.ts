import { posix } from 'node:path';
import type { LabResponse } from '../http/lab-http.js';
import { unsortedControlFiles } from '../lab/build-store.js';
import { failure, httpError } from './cherrypy-page.js';
import type { DevServerParts } from './dev-server-parts.js';
import { folderOf, placeOf } from './dev-server-parts.js';
import { asciiJson } from './json-values.js';
import { staticRoot } from './staged-folder.js';

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
  const folder = folderOf(parts, build);
  const decoder = new TextDecoder();
  const texts = pathsOf(parts, build, suite).map((path) => [path, decoder.decode(folder?.file(`autotest/${path}`))]);
  return asciiJson(Object.fromEntries(texts));
}

/** A file that is not there is a success with a sentence in its body. */
function readControlFile(parts: DevServerParts, build: string, path: string): LabResponse | string {
  const file = `${autotestOf(build)}${path.replace(/^\/+/, '')}`;
  const resolved = posix.normalize(file);
  if (!isOnServer(resolved)) throw failure('CommonUtilError', `Invalid control file "${file}".`);
  const place = placeOf(parts, resolved);
  const bytes = place?.folder.file(place.inside);
  if (bytes !== undefined) {
    return { status: 200, headers: { 'content-type': 'text/html;charset=utf-8' }, body: bytes };
  }
  if (place?.folder.hasFolder(place.inside.replace(/\/$/, '')) === true) {
    throw failure('IOError', `[Errno 21] Is a directory: u'${file}'`);
  }
  return `Unknown control path ${file}`;
}

function pathsOf(parts: DevServerParts, build: string, suite: string): readonly string[] {
  const folder = autotestOf(build);
  const map = `${folder}test_suites/suite_to_control_file_map`;
  if (!isOnServer(posix.normalize(folder))) {
    const problem = suite === '' ? `Autotest dir not in sandbox "${folder}".` : `suite_to_control_map not in "${map}".`;
    throw failure('CommonUtilError', problem);
  }
  const staged = folderOf(parts, build);
  if (suite !== '' && staged?.file('autotest/test_suites/suite_to_control_file_map') === undefined) {
    throw failure('CommonUtilError', `Could not find this file. Is it staged? ${map}`);
  }
  const stored = parts.builds.get(build);
  if (stored === undefined || staged?.hasFolder('autotest') !== true) {
    throw failure('CommonUtilError', `Could not find this directory.Is it staged? ${folder}`);
  }
  const ofSuite = suite === '' ? undefined : stored.suites.get(suite);
  return ofSuite ?? unsortedControlFiles(stored).filter((path) => staged.file(`autotest/${path}`) !== undefined);
}

function autotestOf(build: string): string {
  return `${staticRoot}/${build === '' ? '' : `${build}/`}autotest/`;
}

/** As the server sees it, which looks at the letters only. */
function isOnServer(path: string): boolean {
  return path.startsWith(staticRoot);
}
