import { failure } from './cherrypy-page.js';
import type { DevServerParts } from './dev-server-parts.js';
import { folderOf } from './dev-server-parts.js';
import { readStageItems } from './stage-request.js';

/** `locate_file`: where in a build's folder a file lies that one of some artifacts brought. */
export function locateFile(parts: DevServerParts, parameters: ReadonlyMap<string, string>): string {
  const { build, items } = readStageItems(parameters);
  const name = parameters.get('file_name') ?? '';
  if (name === '') {
    throw failure(
      'DevServerError',
      '`file_name` and `artifacts` are required to search for a file in build artifacts.',
    );
  }
  const folder = folderOf(parts, build);
  const paths = items.flatMap((item) => folder?.installedBy(item) ?? []);
  const found = paths.find((path) => path === name || path.endsWith(`/${name}`));
  if (found === undefined) {
    throw failure('DevServerError', `File \`${name}\` can not be found in artifacts: ${items.join(', ')}`);
  }
  return found;
}
