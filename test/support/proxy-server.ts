import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ProxyServer {
  readonly url: string;
  /** The first line of each request, e.g. `CONNECT localhost:443` or `GET http://afe.lab/`. */
  readonly requests: readonly string[];
  /** The authorization that each request had for the proxy. */
  readonly authorizations: readonly (string | undefined)[];
  /** How many connections from clients are open. */
  readonly openConnections: () => number;
  /** Resolves when the next connection from a client ends. */
  connectionEnded(): Promise<void>;
  close(): Promise<void>;
}

/** A small proxy on a free port of this machine: forwards plain HTTP, opens tunnels. */
export async function startProxy(
  options: {
    /** `user:password` that it asks for. */
    readonly credentials?: string;
    /** What it answers in place of opening a tunnel; null for silence. */
    readonly connectStatus?: number | null;
  } = {},
): Promise<ProxyServer> {
  const { credentials, connectStatus } = options;
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Duplex>();
  const enders: (() => void)[] = [];
  const wanted = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const admits = (incoming: IncomingMessage) => {
    requests.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    authorizations.push(incoming.headers['proxy-authorization']);
    return wanted === undefined || incoming.headers['proxy-authorization'] === wanted;
  };

  const server = createServer((incoming, response) => {
    if (!admits(incoming)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end('<html>who?');
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const onward = httpRequest(incoming.url ?? '', { method: incoming.method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(503).end('<html>cannot reach it'));
    incoming.pipe(onward);
  });
  server.on('connect', (incoming, client: Duplex) => {
    client.on('error', () => {});
    if (!admits(incoming)) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    if (connectStatus === null) return void client.resume().on('end', () => client.end());
    if (connectStatus !== undefined) return void client.end(`HTTP/1.1 ${connectStatus} No\r\n\r\n`);
    const target = new URL(`http://${incoming.url ?? ''}`);
    const upstream = connect(Number(target.port), target.hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      for (const end of enders.splice(0)) end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    authorizations,
    openConnections: () => sockets.size,
    connectionEnded: () => new Promise((resolve) => enders.push(resolve)),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
