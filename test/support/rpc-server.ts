import type { ServerResponse } from 'node:http';
import { startServer, type LoopbackServer, type Received } from './loopback-server.js';

export interface RpcCall {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly request: Received;
}

/** How a call is answered: with a result, or by whatever the function does to the response. */
export type RpcAnswer =
  { readonly result: unknown } | { readonly error: unknown } | ((response: ServerResponse) => void);

export interface RpcServer extends LoopbackServer {
  /** Every call so far. */
  readonly calls: readonly RpcCall[];
}

/** A server that speaks the lab's JSON-RPC over real HTTP. */
export async function startRpcServer(answer: (call: RpcCall) => RpcAnswer): Promise<RpcServer> {
  const calls: RpcCall[] = [];
  const server = await startServer((request, response) => {
    const { method, params, id } = JSON.parse(request.body);
    const call: RpcCall = { method, args: params[0], request };
    calls.push(call);
    const given = answer(call);
    if (typeof given === 'function') return given(response);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(JSON.stringify({ error: null, result: null, ...given, id }));
  });
  return { ...server, calls };
}

/** Ways in which an answer can go wrong. */
export const misbehaviours = {
  hangUp: (response: ServerResponse) => void response.socket?.destroy(),
  stall: () => {},
  unavailable: (response: ServerResponse) => void response.writeHead(503).end('<html>Service Unavailable</html>'),
  serverError: (response: ServerResponse) => void response.writeHead(500).end('<html>Value: it broke <br /></html>'),
  html: (response: ServerResponse) => void response.writeHead(200).end('<html>Log in</html>'),
  garbage: (response: ServerResponse) => void response.writeHead(200).end(Buffer.from([0, 255, 254, 7])),
};
