import type { LabRequest } from '../http/lab-http.js';
import type { PreparedCall } from './json-rpc.js';
import { prepareRpc } from './json-rpc.js';
import type { RpcMethods } from './rpc-method.js';

/** A call for a script in a page of another site: all of it is in the query, and the answer calls a function. */
export function readJsonp(methods: RpcMethods, request: LabRequest, user: string): PreparedCall {
  const query = new URLSearchParams(request.target.slice(request.target.indexOf('?') + 1));
  const body = new TextEncoder().encode(query.get('request') ?? '');
  const { respond, ...call } = prepareRpc(methods, { ...request, method: 'POST', body }, user);
  return {
    ...call,
    respond: async () => {
      const response = await respond();
      if (response.status !== 200) return response;
      const script = `${query.get('callback') ?? ''}(${new TextDecoder().decode(response.body)})`;
      return { ...response, headers: { 'content-type': 'text/javascript' }, body: new TextEncoder().encode(script) };
    },
  };
}
