import { errorPage, failure } from '../services/cherrypy-page.js';
import { serverErrorPage } from '../services/django-page.js';
import { apacheError } from './front-server.js';
import type { LabResponse, ServiceName } from './lab-http.js';
import { html } from './lab-http.js';

/** The answer of a server that is in trouble. */
export function faultyAnswer(kind: '502' | '503' | '504' | 'html' | 'garbage', service: ServiceName): LabResponse {
  if (kind === 'garbage') return html(200, '\u0000\u0007{"error": nul');
  if (kind !== 'html') return apacheError(Number(kind), frontTexts[kind]);
  const reason = 'the lab was told to fail';
  if (service === 'afe' || service === 'tko') return { ...html(500, serverErrorPage(reason)), chunked: true };
  return errorPage(failure('DevServerError', reason));
}

/** An answer that broke off: the first half of its bytes, as if that were all. */
export function firstHalf(response: LabResponse): LabResponse {
  return { ...response, body: response.body.subarray(0, Math.floor(response.body.length / 2)) };
}

/** What the front server says while the service behind it is not there. */
const frontTexts = {
  '502': 'The proxy server received an invalid\nresponse from an upstream server.<br />',
  '503': `The server is temporarily unable to service your
request due to maintenance downtime or capacity
problems. Please try again later.`,
  '504': 'The gateway did not receive a timely response\nfrom the upstream server or application.',
} as const;
