import { afterEach, describe, expect, test, vi } from 'vitest';
import { gotTransport, type GotTransportOptions } from '../../src/transport/got-transport.js';
import { isRetryable } from '../../src/transport/retry-policy.js';
import type { ClosableHttpTransport, HttpRequest } from '../../src/transport/types.js';
import { rejectionOf, startServer } from '../support/loopback-server.js';
import { site, startTlsServer, type TlsServer } from '../support/tls.js';

const transports: ClosableHttpTransport[] = [];
const servers: { close(): Promise<void> }[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const transport of transports.splice(0)) transport.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(certificate?: string): Promise<TlsServer> {
  const server = await startTlsServer(certificate);
  servers.push(server);
  return server;
}

function open(options: GotTransportOptions): ClosableHttpTransport {
  const transport = gotTransport(options);
  transports.push(transport);
  return transport;
}

function get(url: string): HttpRequest {
  return { method: 'GET', url, timeoutMs: 5_000, maxResponseBytes: 1_000_000 };
}

describe('a server with a certificate of the site', () => {
  test('is trusted with the certificate of the site’s authority', async () => {
    const server = await serve();
    const transport = open({ certificateAuthority: site.authority });
    expect(await transport.request(get(`${server.url}/a`))).toMatchObject({ status: 200 });
    expect(await transport.request(get(`https://127.0.0.1:${server.port}/b`))).toMatchObject({ status: 200 });
    expect(server.requests).toEqual(['/a', '/b']);
  });

  test('is trusted when its authority is one of several', async () => {
    const server = await serve();
    const transport = open({ certificateAuthority: [site.otherAuthority, site.authority] });
    expect(await transport.request(get(server.url))).toMatchObject({ status: 200 });
  });

  test('keeps its connection for the next request', async () => {
    const server = await serve();
    const transport = open({ certificateAuthority: site.authority });
    for (let count = 0; count < 3; count += 1) await transport.request(get(server.url));
    expect(server.connections()).toBe(1);
    await transport.request({ ...get(server.url), freshConnection: true });
    expect(server.connections()).toBe(2);
  });
});

describe('a certificate that cannot be trusted', () => {
  test.each([
    ['without the option', {}],
    ['with the certificate of another authority', { certificateAuthority: site.otherAuthority }],
  ])('%s, is an error that names the option', async (_, options) => {
    const server = await serve();
    const error = await rejectionOf(open(options).request(get(server.url)));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION', sent: false, permanent: true });
    expect(String(error)).toContain('"certificateAuthority"');
    expect(server.requests).toEqual([]);
  });

  test('for its name, says which names it is made for', async () => {
    const server = await serve(site.certificateForElsewhere);
    const error = await rejectionOf(open({ certificateAuthority: site.authority }).request(get(server.url)));
    expect(error).toMatchObject({ sent: false, permanent: true });
    expect(String(error)).toContain('elsewhere.lab');
    expect(error).toMatchObject({ hint: expect.stringContaining('name') });
  });

  test('for its age, says so', async () => {
    const server = await serve(site.expiredCertificate);
    const error = await rejectionOf(open({ certificateAuthority: site.authority }).request(get(server.url)));
    expect(error).toMatchObject({ sent: false, permanent: true, hint: expect.stringContaining('renewed') });
    expect(String(error)).toContain('expired');
  });

  test('is not trusted because of an environment variable', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const server = await serve();
    expect(await rejectionOf(open({}).request(get(server.url)))).toMatchObject({ permanent: true });
  });

  test('is never worth another try, whatever the call', async () => {
    const server = await serve();
    const error = await rejectionOf(open({}).request(get(server.url)));
    expect((['read', 'repeatable', 'create'] as const).map((kind) => isRetryable(error, kind))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test('https at a port of plain HTTP says that there is no TLS', async () => {
  const server = await startServer((_, response) => response.end());
  servers.push(server);
  const error = await rejectionOf(open({}).request(get(server.url.replace('http:', 'https:'))));
  expect(error).toMatchObject({ sent: false, permanent: true, hint: expect.stringContaining('no TLS') });
});

test('a host that is not found may be found later', async () => {
  const error = await rejectionOf(open({}).request(get('https://no-such-host.invalid/')));
  expect(error).toMatchObject({ permanent: false, hint: undefined });
  expect(isRetryable(error, 'create')).toBe(true);
});

test.each(['/etc/ssl/lab-ca.pem', '', []])('%j is no certificate', (certificateAuthority) => {
  expect(() => gotTransport({ certificateAuthority })).toThrow(
    expect.objectContaining({ code: 'ERR_TRANSPORT_OPTION', option: 'certificateAuthority' }),
  );
});

test('a certificate that cannot be read is a failed connection, not a crash', async () => {
  const server = await serve();
  const broken = site.authority.replace(/\n[A-Za-z\d+/]{10}/, '\n**********');
  const error = await rejectionOf(open({ certificateAuthority: broken }).request(get(server.url)));
  expect(error).toMatchObject({ code: 'ERR_CONNECTION', sent: false });
});
