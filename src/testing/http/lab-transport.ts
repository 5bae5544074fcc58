import {
  ConnectionError,
  ResponseTooLargeError,
  TimeoutError,
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
} from '../../index.js';
import type { LabFront } from './lab-front.js';
import type { LabService } from './lab-http.js';

/** The package's transport port, for requests of any method: the lab's servers have an answer to `PUT` and `HEAD` too. */
export interface LabTransport extends HttpTransport {
  request(request: LabTransportRequest): Promise<HttpResponse>;
}

/** A request to the lab, of any method. */
export type LabTransportRequest = Omit<HttpRequest, 'method'> & { readonly method: string };

/** A transport without a network: requests go straight to the lab's services. */
export function labTransport(front: LabFront, serviceFor: (url: URL) => LabService | undefined): LabTransport {
  return {
    async request(request) {
      request.signal?.throwIfAborted();
      const url = new URL(request.url);
      const service = serviceFor(url);
      if (service === undefined) throw broken(request, false, `the lab has no server at ${url.host}`);
      const labRequest = {
        method: request.method,
        target: url.pathname + url.search,
        headers: { host: url.host, ...lowerCase(request.headers ?? {}) },
        body: bytesOf(request.body),
      };
      const { timeoutMs, signal } = request;
      const delivery = await front.deliver(service, labRequest, { holds: 1, timeoutMs, signal });
      request.signal?.throwIfAborted();
      if (delivery.kind === 'stalled') throw new TimeoutError(request);
      if (delivery.kind === 'dropped') throw broken(request, delivery.acted, 'the lab was told to fail');
      return accept(request, delivery.response);
    },
  };
}

function accept(request: LabTransportRequest, response: HttpResponse): HttpResponse {
  if (response.body.length > request.maxResponseBytes) throw new ResponseTooLargeError(request);
  return response;
}

function broken({ url, method }: LabTransportRequest, sent: boolean, reason: string): ConnectionError {
  return new ConnectionError({ url, method, sent, reason });
}

function bytesOf(body: string | Uint8Array | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array();
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
