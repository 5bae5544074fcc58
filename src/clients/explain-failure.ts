import {
  BadResponseError,
  ConnectionError,
  DeadlineError,
  HttpStatusError,
  ResponseTooLargeError,
  TimeoutError,
} from '../transport/errors.js';
import { excerpt } from '../transport/excerpt.js';
import { RpcError } from './afe/errors.js';
import { DevServerError } from './dev-server/errors.js';

/** A service as its failures are explained. */
export interface ServiceDescription {
  /** e.g. `an AFE` */
  readonly what: string;
  /** What gives its URL: a member of the configuration, e.g. `afe`, or the URL itself. */
  readonly setting: string;
  /** A URL as it should be, e.g. `http://afe.lab`. */
  readonly example: string;
}

/** What a failed call says of a service, and what a lab engineer can do about it. */
export function explainFailure(
  failure: unknown,
  service: ServiceDescription,
): { readonly message: string; readonly hint: string } {
  // What the last try met says more than that the time for all tries is over.
  const error = failure instanceof DeadlineError && failure.cause !== undefined ? failure.cause : failure;
  return { message: excerpt(messageOf(error), 600), hint: hintFor(error, service) };
}

function messageOf(error: unknown): string {
  // Its message is the server's own, without a word of where that is.
  if (error instanceof DevServerError) return `GET ${error.url}: HTTP status ${error.status}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function hintFor(error: unknown, { what, setting, example }: ServiceDescription): string {
  const other = `something other than ${what} answers: "${setting}" must be its base URL, e.g. "${example}"`;
  if (error instanceof ConnectionError) {
    if (error.hint !== undefined) return error.hint;
    const { cause } = error;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      return `no such host: see whether "${setting}" has the right name`;
    return `see whether the service runs, host and port in "${setting}" are right, and no firewall is in the way`;
  }
  if (error instanceof TimeoutError) {
    return `the service or the way to it hangs; see whether host and port in "${setting}" are right`;
  }
  if (error instanceof HttpStatusError || error instanceof DevServerError) {
    const { status } = error;
    if (status === 401 || status === 403) return 'the front server wants to know who asks: see "headers" and "user"';
    if (status >= 300 && status <= 399) return `use the URL in "${setting}" that the front server leads to`;
    if (status === 404) return other;
    if (status === 502 || status === 503 || status === 504) {
      return 'the front server runs, the service behind it does not: start it';
    }
    return 'see the log of the service';
  }
  if (error instanceof BadResponseError || error instanceof ResponseTooLargeError) return other;
  if (error instanceof RpcError) {
    return error.remoteName === 'ServiceMethodNotFound' ? other : 'see the log of the service';
  }
  return `see the documentation of "${setting}"`;
}
