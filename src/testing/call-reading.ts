import type { LabRequest, LabResponse, ServiceName } from './http/lab-http.js';
import { isNestedDeeper, isObject } from './services/json-values.js';

/** Who calls, and with which arguments; cut to a size that can be kept for each of many calls. */
export function readArguments(
  service: ServiceName,
  request: LabRequest,
): { readonly user: string | null; readonly params: unknown } {
  if (service !== 'afe' && service !== 'tko') return { user: null, params: readForm(request) };
  const user = request.headers['authorization'] ?? '';
  return { user: user === '' ? null : cutText(user), params: readRpc(request) };
}

/** The class of the error in the answer to an RPC; undefined for any other answer. */
export function errorOf(service: ServiceName, response: LabResponse): string | undefined {
  if ((service !== 'afe' && service !== 'tko') || response.status !== 200) return undefined;
  // Answers can be long, and only those of errors begin so.
  const start = decode(response.body.subarray(0, errorStart.length));
  if (start !== errorStart) return undefined;
  const answer = parse(decode(response.body));
  const error = isObject(answer) ? answer['error'] : undefined;
  const name = isObject(error) ? error['name'] : undefined;
  return typeof name === 'string' ? name : 'unknown';
}

const errorStart = '{"error": {';

function readForm(request: LabRequest): unknown {
  const question = request.target.indexOf('?');
  const query = question < 0 ? '' : request.target.slice(question + 1);
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const form = isForm ? decode(request.body.subarray(0, maxFormBytes)) : '';
  return cut(Object.fromEntries(new URLSearchParams(`${query}&${form}`)));
}

function readRpc(request: LabRequest): unknown {
  const question = request.target.indexOf('?');
  const text = request.method === 'POST' ? decode(request.body) : decodeQuery(request.target.slice(question + 1));
  if (isNestedDeeper(text, maxParsedDepth)) return undefined;
  const call = parse(text);
  const params = isObject(call) ? call['params'] : undefined;
  const isKeywordsOnly = Array.isArray(params) && params.length === 1;
  return cut(isKeywordsOnly ? params[0] : params);
}

/** A copy with long texts and lists cut, and what lies deep left out. */
function cut(value: unknown, left = { items: maxItems }, depth = 0): unknown {
  if (typeof value === 'string') return cutText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '...';
  const take = <Item>(items: readonly Item[]) => {
    const taken = items.slice(0, Math.max(0, left.items));
    left.items -= taken.length;
    return taken;
  };
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const taken = take(items).map((item) => cut(item, left, depth + 1));
    return taken.length < items.length ? [...taken, `... ${items.length - taken.length} more`] : taken;
  }
  return Object.fromEntries(
    take(Object.entries(value)).map(([key, item]) => [cutText(key), cut(item, left, depth + 1)]),
  );
}

function cutText(text: string): string {
  return text.length <= maxText ? text : `${text.slice(0, maxText)}... ${text.length - maxText} more`;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function decodeQuery(query: string): string {
  try {
    return decodeURIComponent(query);
  } catch {
    return '';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const maxText = 200;
const maxItems = 200;
const maxDepth = 6;
const maxParsedDepth = 300;
const maxFormBytes = 10_000;
