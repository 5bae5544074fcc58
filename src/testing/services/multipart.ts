import { failure } from './cherrypy-page.js';
import { pythonRepr } from './python.js';

/** A form's fields: texts, and files, which are the fields that have a file name. Of two with one name the first. */
export interface MultipartFields {
  readonly texts: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads a body of the type `multipart/form-data` as strictly as the real server does, in time linear in its size.
 *
 * Throws a `DevServerFault` for a body that is not one.
 */
export function readMultipart(contentType: string, body: Uint8Array): MultipartFields {
  const boundary = parametersOf(contentType).get('boundary') ?? '';
  if (!/^[ -~]{0,200}[!-~]$/.test(boundary)) {
    throw failure('ValueError', `Invalid boundary in multipart form: ${pythonRepr(boundary)}`);
  }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const marker = `--${boundary}`;
  const texts = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  let found = findMarker(bytes, marker, 0);
  for (let parts = 1; found !== undefined && !found.isLast; parts++) {
    if (parts > maxParts) throw failure('ValueError', 'The form has too many parts.');
    const { headers, end } = readHeaders(bytes, found.end);
    found = findMarker(bytes, marker, end);
    if (found === undefined) throw failure('EOFError', 'Illegal end of multipart body.');
    const content = bytes.subarray(end, Math.max(end, found.contentEnd));
    const disposition = parametersOf(headers.get('content-disposition') ?? '');
    const name = disposition.get('name');
    if (name === undefined || texts.has(name) || files.has(name)) continue;
    if (disposition.has('filename')) files.set(name, content);
    else texts.set(name, content.toString('utf8'));
  }
  return { texts, files };
}

/** A line that ends a part, or the whole form. */
interface Marker {
  /** Where the part before it ends; the line break before a marker belongs to the marker. */
  readonly contentEnd: number;
  /** Where the line after it begins. */
  readonly end: number;
  readonly isLast: boolean;
}

const maxParts = 100;
const maxHeaderBytes = 16 * 1024;
/** How many characters may follow a marker in its line. */
const maxPadding = 100;

/** @param start - the beginning of a line */
function findMarker(bytes: Buffer, marker: string, start: number): Marker | undefined {
  for (let at = start; ;) {
    const line = bytes.indexOf(marker, at, 'latin1');
    if (line < 0) return undefined;
    at = line + 1;
    if (line !== start && bytes[line - 1] !== lineFeed) continue;
    const lineEnd = bytes.indexOf(lineFeed, line);
    const end = lineEnd < 0 ? bytes.length : lineEnd + 1;
    const markerEnd = line + marker.length;
    if (end - markerEnd > maxPadding) continue;
    const rest = bytes.toString('latin1', markerEnd, end).trim();
    if (rest !== '' && rest !== '--') continue;
    const hasReturn = bytes[line - 2] === carriageReturn;
    return { contentEnd: line - (hasReturn ? 2 : 1), end, isLast: rest === '--' };
  }
}

function readHeaders(bytes: Buffer, start: number): { readonly headers: Map<string, string>; readonly end: number } {
  const headers = new Map<string, string>();
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf(lineFeed, at);
    if (lineEnd < 0) throw failure('EOFError', 'Illegal end of headers.');
    if (lineEnd - start > maxHeaderBytes) throw failure('ValueError', 'The headers of a part are too long.');
    const line = bytes.toString('latin1', at, lineEnd);
    at = lineEnd + 1;
    if (!line.endsWith('\r')) throw failure('ValueError', `MIME requires CRLF terminators: ${pythonRepr(`${line}\n`)}`);
    if (line === '\r') return { headers, end: at };
    const colon = line.indexOf(':');
    if (colon < 0) throw failure('ValueError', 'Illegal header line.');
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Of `form-data; name="minidump"; filename="a.dmp"` it is name and filename. As the server, it splits in quotes too. */
function parametersOf(header: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const parameter of header.split(';').slice(1)) {
    const equals = parameter.indexOf('=');
    if (equals < 0) continue;
    const value = parameter.slice(equals + 1).trim();
    parameters.set(parameter.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/s, '$1'));
  }
  return parameters;
}
