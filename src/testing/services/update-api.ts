import { failure, notFound } from './cherrypy-page.js';
import type { DevServerParts, EndpointCall } from './dev-server-parts.js';
import { placeOf } from './dev-server-parts.js';
import { staticRoot } from './staged-folder.js';

/** `api/...`: what devices that update themselves have told. In the lab none has. */
export function updateApi(parts: DevServerParts, { rest: [call = '', ...rest] }: EndpointCall): string {
  if (call === 'hostinfo') return '';
  if (call === 'hostlog') return '[]';
  if (call !== 'fileinfo') throw notFound(`/api/${[call, ...rest].join('/')}`);
  const path = `${staticRoot}/${rest.join('/')}`;
  const place = placeOf(parts, path);
  if (place?.folder.file(place.inside) === undefined) throw failure('DevServerError', `file not found: ${path}`);
  // The servers of that time could not read a payload: they lacked the module for it.
  throw failure('AttributeError', "'module' object has no attribute 'PayloadError'");
}
