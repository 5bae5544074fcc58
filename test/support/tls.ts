import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');

/** Certificates of a site; test/fixtures/tls/make.sh says what they are. */
export const site = {
  authority: read('ca.pem'),
  otherAuthority: read('other-ca.pem'),
  key: read('server.key'),
  certificate: read('server.pem'),
  certificateForElsewhere: read('elsewhere.pem'),
  expiredCertificate: read('expired.pem'),
};

export interface TlsServer {
  /** `https://localhost:<port>` */
  readonly url: string;
  readonly port: number;
  /** The path of every request so far. */
  readonly requests: readonly string[];
  /** How many TLS connections were ever opened. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A real HTTPS server on a free port of this machine; it hangs up on whoever asks for `/hang-up`. */
export async function startTlsServer(certificate: string = site.certificate): Promise<TlsServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ key: site.key, cert: certificate }, (incoming, response) => {
    requests.push(incoming.url ?? '');
    if (incoming.url === '/hang-up') incoming.socket.destroy();
    response.end(`hello ${incoming.headers.host ?? ''}`);
  });
  server.on('secureConnection', () => (connections += 1));
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    port,
    requests,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
