import { DevServerFault, errorPage } from '../services/cherrypy-page.js';
import { apachePage } from '../services/django-page.js';
import type { LabResponse } from './lab-http.js';
import { html } from './lab-http.js';

/** The program that clients of a service speak HTTP with, and what it answers before the service sees a request. */
export interface FrontServer {
  /** Its `Server` header. */
  readonly software: string;
  /** Whether it compresses texts for whoever takes that. */
  readonly compresses: boolean;
  /** After how many requests it closes a connection; 0 is never. A reused connection can so die under a request. */
  readonly requestsPerSocket: number;
  /** To what is no request. */
  readonly malformed: LabResponse;
  /** To a request of HTTP/1.1 without a `Host`. */
  readonly withoutHost: LabResponse;
}

/** An error that Apache answers by itself. */
export function apacheError(status: number, text: string): LabResponse {
  const reason = reasons.get(status) ?? 'Error';
  return html(status, apachePage(`${status} ${reason}`, reason, text), 'text/html; charset=iso-8859-1');
}

const reasons: ReadonlyMap<number, string> = new Map([
  [301, 'Moved Permanently'],
  [400, 'Bad Request'],
  [404, 'Not Found'],
  [411, 'Length Required'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
]);

const badRequest = apacheError(400, 'Your browser sent a request that this server could not understand.<br />');

/** Before the AFE and TKO. */
export const apache: FrontServer = {
  software: 'Apache/2.4.71 (Debian) mod_wsgi/4.5.24 Python/2.7',
  compresses: true,
  requestsPerSocket: 100,
  malformed: badRequest,
  withoutHost: badRequest,
};

/** Before a dev server: it passes answers on as they are. */
export const apacheProxy: FrontServer = { ...apache, software: 'Apache', compresses: false };

/** The dev server's own. */
export const cherryPy: FrontServer = {
  software: 'CherryPy/3.2.2',
  compresses: false,
  requestsPerSocket: 0,
  malformed: html(400, 'Malformed Request-Line', 'text/plain'),
  withoutHost: errorPage(missingHost("HTTP/1.1 requires a 'Host' request header.")),
};

function missingHost(text: string): DevServerFault {
  return new DevServerFault(400, 'HTTPError', `(400, "${text}")`, text);
}
