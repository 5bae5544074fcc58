import type { LabRequest, LabResponse } from '../http/lab-http.js';
import { html, json } from '../http/lab-http.js';
import { serverErrorPage } from './django-page.js';
import { asciiJson, findNonAscii, isNestedDeeper, isObject, withoutFractions } from './json-values.js';
import { findPythonNumber } from './python-numbers.js';
import { pythonRepr, pythonTypeName } from './python.js';
import { RpcError } from './rpc-error.js';
import type { RpcMethods } from './rpc-method.js';
import { bindArguments } from './rpc-method.js';

/** A request that was understood: which method it calls, and the way to carry it out. */
export interface PreparedCall {
  readonly method: string;
  /** False for a method that the service does not have, or that the lab leaves out. */
  readonly known: boolean;
  readonly respond: () => LabResponse | Promise<LabResponse>;
}

/** Reads a request to a JSON-RPC service; what fails before dispatch becomes the service's HTTP 500 page. */
export function prepareRpc(methods: RpcMethods, request: LabRequest, user: string): PreparedCall {
  const read = readRequest(request);
  if ('failure' in read) return { method: '', known: true, respond: () => html(500, serverErrorPage(read.failure)) };
  const { method, params, id } = read;
  const name = typeof method === 'string' ? method : '';
  return {
    method: name,
    known: typeof method !== 'string' || methods.has(name),
    respond: async () => json(asciiJson(await answer(methods, method, params, id, user))),
  };
}

/** About where Python gives up. */
const maxNesting = 300;

interface RpcRequest {
  readonly method: unknown;
  readonly params: unknown;
  readonly id: unknown;
}

function readRequest(request: LabRequest): RpcRequest | { readonly failure: string } {
  const text = textOf(request);
  if (text === undefined) return { failure: '' };
  if (isNestedDeeper(text, maxNesting)) return { failure: 'maximum recursion depth exceeded' };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    const number = findPythonNumber(text);
    return { failure: number === undefined ? text : `cannot convert float ${number} to integer` };
  }
  if (Array.isArray(body)) return { failure: 'list indices must be integers, not str' };
  if (!isObject(body)) {
    return { failure: `'${pythonTypeName(body)}' object does not support item assignment` };
  }
  if (!('method' in body && 'params' in body && 'id' in body)) {
    return { failure: pythonRepr({ ...body, remote_ip: '127.0.0.1' }) };
  }
  const foreign = findNonAscii(body);
  if (foreign !== undefined) {
    const code = foreign.character.charCodeAt(0);
    const shown = code < 0x100 ? `\\x${code.toString(16)}` : `\\u${code.toString(16).padStart(4, '0')}`;
    const where = `in position ${foreign.position}: ordinal not in range(128)`;
    return { failure: `'ascii' codec can't encode character u'${shown}' ${where}` };
  }
  return {
    method: body['method'],
    params: withoutFractions(body['params']),
    id: withoutFractions(body['id']),
  };
}

/** The body of a POST, or the query of a GET; undefined where there is none. */
function textOf(request: LabRequest): string | undefined {
  if (request.method === 'POST') {
    return request.body.length === 0 ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(request.body);
  }
  if (request.method !== 'GET') return undefined;
  const question = request.target.indexOf('?');
  if (question < 0 || question === request.target.length - 1) return undefined;
  try {
    return decodeURIComponent(request.target.slice(question + 1));
  } catch {
    return undefined;
  }
}

async function answer(
  methods: RpcMethods,
  method: unknown,
  params: unknown,
  id: unknown,
  user: string,
): Promise<object> {
  try {
    return { error: null, result: (await dispatch(methods, method, params, user)) ?? null, id };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { pythonClass: name, message } = error;
    return { error: { message, traceback: 'Traceback (most recent call last): ...', name }, result: null, id };
  }
}

function dispatch(methods: RpcMethods, name: unknown, params: unknown, user: string): unknown {
  if (typeof name !== 'string') throw new RpcError('TypeError', 'getattr(): attribute name must be string');
  const method = methods.get(name);
  if (method === undefined) throw new RpcError('ServiceMethodNotFound', name);
  return method.run(bindArguments(name, method, params), user);
}
