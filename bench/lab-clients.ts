import { HttpAfeClient, HttpTkoClient, type HttpTransport } from 'dynamic-suite';
import type { EmbeddedLab } from 'dynamic-suite/testing';

/** Clients of a lab that take another way to it than its own clients. */
export function clientsOver(
  { urls, clock }: EmbeddedLab,
  transport: HttpTransport,
): { readonly afe: HttpAfeClient; readonly tko: HttpTkoClient } {
  const options = { transport, clock };
  return {
    afe: new HttpAfeClient({ ...options, url: urls.afe }),
    tko: new HttpTkoClient({ ...options, url: urls.tko }),
  };
}
