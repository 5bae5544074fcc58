import { BadResponseError, HttpStatusError, NonAsciiError } from './errors.js';
import { decodeHtmlText, textBetween } from './html-text.js';
import { nestingExceeds } from './json-depth.js';
import type { HttpResponse } from './types.js';

/** A call in the lab's dialect of JSON-RPC: keyword arguments in one object, no `jsonrpc` member, no batches. */
export interface RpcRequest {
  readonly method: string;
  /** Members that are undefined are left out. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly id: number | string;
}

/** What a server answered: the result, or what it says went wrong. */
export type RpcOutcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly remoteName: string; readonly message: string; readonly traceback: string };

/**
 * The body of a request.
 *
 * Throws `NonAsciiError` for a character that the servers cannot take, and a `TypeError` that names the field for a
 * value that JSON would change silently (NaN becomes null, and a null keyval leaves a half-made job).
 */
export function encodeRpcRequest(request: RpcRequest): string {
  checkArgument(request.args, request.method, 0);
  return JSON.stringify({ method: request.method, params: [request.args], id: request.id });
}

/**
 * Reads the answer to a request.
 *
 * Throws `HttpStatusError` for any status but 200, with what the server's page says went wrong, and `BadResponseError`
 * for a body that is not an answer to this request.
 */
export function decodeRpcResponse(request: RpcRequest & { readonly url: string }, response: HttpResponse): RpcOutcome {
  const { method, url } = request;
  if (response.status !== 200) {
    const body = decodeUtf8(response.body);
    const { status, headers } = response;
    throw new HttpStatusError({ status, url, method: 'POST', headers, body, detail: valueOfErrorPage(body) });
  }
  const bad = (problem: string, field?: string) =>
    new BadResponseError({ call: method, problem, field, received: decodeUtf8(response.body.subarray(0, 2_000)) });

  if (nestingExceeds(response.body, maxDepth)) throw bad(`nested deeper than ${maxDepth}`);
  const answer = parseJson(decodeUtf8(response.body));
  if (answer === undefined) throw bad('not JSON');
  if (!isObject(answer) || !('result' in answer || 'error' in answer)) throw bad('not an answer of JSON-RPC');
  if (answer['id'] !== request.id) throw bad('an answer to another request', 'id');
  const { error } = answer;
  if (error === null || error === undefined) return { ok: true, result: answer['result'] };
  if (!isObject(error)) throw bad('an error that is not an object', 'error');
  return {
    ok: false,
    remoteName: textOr(error['name'], 'unknown error'),
    message: textOr(error['message'], ''),
    traceback: textOr(error['traceback'], ''),
  };
}

const maxDepth = 100;

function checkArgument(value: unknown, path: string, depth: number): void {
  if (depth > maxDepth) throw new TypeError(`${path}: nested deeper than ${maxDepth}`);
  switch (typeof value) {
    case 'string':
      checkAscii(value, path);
      return;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${path}: ${value} cannot be sent as JSON`);
      return;
    case 'boolean':
      return;
    case 'object':
      if (value === null) return;
      if (Array.isArray(value)) {
        value.forEach((item, index) => checkArgument(item, `${path}[${index}]`, depth + 1));
        return;
      }
      for (const [key, member] of Object.entries(value)) {
        checkAscii(key, `${path}.${key}`);
        if (member !== undefined) checkArgument(member, `${path}.${key}`, depth + 1);
      }
      return;
    default:
      throw new TypeError(`${path}: a value of type ${typeof value} cannot be sent as JSON`);
  }
}

function checkAscii(text: string, field: string): void {
  const offset = text.search(/[^\0-\x7f]/);
  if (offset >= 0) throw new NonAsciiError({ field, character: text.slice(offset), offset });
}

/** The servers' page for a failure before the call was run has a line `Value: <message> <br />`. */
function valueOfErrorPage(page: string): string | undefined {
  const value = textBetween(page.slice(0, 64 * 1024), 'Value:', '<br');
  if (value === undefined || value.trim() === '') return undefined;
  return decodeHtmlText(value).trim();
}

function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}
