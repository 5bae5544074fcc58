import type { LabRequest } from '../http/lab-http.js';
import { DevServerFault } from './cherrypy-page.js';
import { pythonRepr } from './python.js';
import { readMultipart, type MultipartFields } from './multipart.js';

/**
 * Parameters of the query and of a form.
 *
 * Throws a `DevServerFault` for a request that the server does not take.
 */
export function readParameters(request: LabRequest): MultipartFields {
  if (request.body.length > maxBodyBytes) {
    const problem = 'The entity sent with the request exceeds the maximum allowed bytes.';
    throw new DevServerFault(413, 'HTTPError', '(413, None)', problem);
  }
  const question = request.target.indexOf('?');
  const query = question < 0 ? '' : request.target.slice(question + 1);
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/form-data')) {
    const { texts, files } = readMultipart(contentType, request.body);
    return { texts: new Map([...texts, ...readPairs(query)]), files };
  }
  const isForm = contentType.startsWith('application/x-www-form-urlencoded');
  const form = isForm ? new TextDecoder().decode(request.body) : '';
  return { texts: readPairs(`${query}&${form}`), files: new Map() };
}

/** More than any dump should be. */
const maxBodyBytes = 64 * 1024 * 1024;

function readPairs(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    const values = parameters.get(key);
    if (values === undefined) parameters.set(key, [value]);
    else values.push(value);
  }
  return new Map([...parameters].map(([key, values]) => [key, textOf(values)]));
}

/** A parameter that comes twice is a list, and the server takes the list as Python prints it for the text. */
function textOf([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `[${[first, ...others].map((value) => `u${pythonRepr(value)}`).join(', ')}]`;
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
