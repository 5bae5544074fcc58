import { apacheError } from '../http/front-server.js';
import type { LabRequest, LabResponse } from '../http/lab-http.js';
import { html, pathOf } from '../http/lab-http.js';
import { DevServerFault, notFound } from './cherrypy-page.js';
import type { DevServerParts } from './dev-server-parts.js';
import { placeOf } from './dev-server-parts.js';
import { escapeHtml } from './django-page.js';
import type { StagedFolder } from './staged-folder.js';
import { staticRoot } from './staged-folder.js';

/** `static/<build>/<path>`: what has been staged, byte for byte. Throws a `DevServerFault`. */
export function readStaticFile(parts: DevServerParts, request: LabRequest): LabResponse {
  return parts.isBehindApache ? fromApache(parts, request) : fromCherryPy(parts, request);
}

function fromCherryPy(parts: DevServerParts, request: LabRequest): LabResponse {
  const path = pathOf(request.target);
  const decoded = decode(path);
  if (decoded?.split('/').includes('..') === true) {
    throw new DevServerFault(403, 'HTTPError', '(403, None)', 'Request forbidden -- authorization will not help');
  }
  const place = decoded === undefined ? undefined : placeOf(parts, serverPath(decoded));
  const bytes = reads(request) ? place?.folder.file(place.inside) : undefined;
  if (bytes === undefined) throw notFound(path);
  const type = typeOf(path, 'application/x-gzip') ?? 'text/html';
  return part(request, { status: 200, headers: { 'content-type': type }, body: bytes });
}

function fromApache(parts: DevServerParts, request: LabRequest): LabResponse {
  const path = pathOf(request.target);
  const decoded = decode(path)?.replace(/^\/static\/archive\//, '/static/');
  const isRead = decoded !== undefined && reads(request) && !decoded.split('/').includes('..');
  const place = isRead ? placeOf(parts, serverPath(decoded)) : undefined;
  if (place === undefined) return apacheNotFound;
  const bytes = place.folder.file(place.inside);
  if (bytes !== undefined) {
    const type = typeOf(path, 'application/gzip');
    return part(request, { status: 200, headers: type === undefined ? {} : { 'content-type': type }, body: bytes });
  }
  const folder = place.inside.replace(/\/$/, '');
  if (!place.folder.hasFolder(folder)) return apacheNotFound;
  return path.endsWith('/') ? indexOf(place.folder, folder, path) : toFolder(request, path);
}

const apacheNotFound = apacheError(404, 'The requested URL was not found on this server.');

function toFolder({ headers }: LabRequest, path: string): LabResponse {
  const location = `http://${headers['host'] ?? 'localhost'}${path}/`;
  const page = apacheError(301, `The document has moved <a href="${escapeHtml(location)}">here</a>.`);
  return { ...page, headers: { ...page.headers, location } };
}

function indexOf(folder: StagedFolder, inside: string, path: string): LabResponse {
  const prefix = inside === '' ? '' : `${inside}/`;
  const names = new Set<string>();
  for (const file of folder.paths()) {
    const [name = '', ...rest] = file.startsWith(prefix) ? file.slice(prefix.length).split('/') : [];
    // Apache shows no files whose names begin with a dot.
    if (name !== '' && !name.startsWith('.')) names.add(rest.length > 0 ? `${name}/` : name);
  }
  const title = `Index of ${escapeHtml(path.slice(0, -1))}`;
  const parent = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
  const items = [...names].sort().map((name) => link(encodeURI(name), name));
  const lines = [
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">',
    '<html>',
    ' <head>',
    `  <title>${title}</title>`,
    ' </head>',
    ' <body>',
    `<h1>${title}</h1>`,
    `<ul>${[link(parent, 'Parent Directory'), ...items].join('\n')}`,
    '</ul>',
    '</body></html>',
    '',
  ];
  return html(200, lines.join('\n'), 'text/html;charset=ISO-8859-1');
}

function link(href: string, text: string): string {
  return `<li><a href="${escapeHtml(href)}"> ${escapeHtml(text)}</a></li>`;
}

/** One range of a file, where one was asked for that the file has. */
function part({ headers }: LabRequest, whole: LabResponse): LabResponse {
  const [, from = '', to = ''] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(headers['range'] ?? '') ?? [];
  const size = whole.body.length;
  const first = Number(from);
  if (from === '' || first >= size) return whole;
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (last < first) return whole;
  const range = { 'content-range': `bytes ${first}-${last}/${size}` };
  return { status: 206, headers: { ...whole.headers, ...range }, body: whole.body.subarray(first, last + 1) };
}

function reads({ method }: LabRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function typeOf(path: string, gzip: string): string | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return extension === 'gz' ? gzip : types.get(extension);
}

const types: ReadonlyMap<string, string> = new Map([
  ['bin', 'application/octet-stream'],
  ['bz2', 'application/x-bzip'],
  ['tar', 'application/x-tar'],
  ['tgz', 'application/x-gtar-compressed'],
  ['txt', 'text/plain'],
  ['xz', 'application/x-xz'],
  ['zip', 'application/zip'],
]);

function serverPath(decoded: string): string {
  return staticRoot + decoded.slice('/static'.length);
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
