import { apachePage, serverErrorPage } from '../services/django-page.js';
import type { LabResponse } from './lab-http.js';
import { html } from './lab-http.js';

/** The answer of a server that is in trouble. */
export function faultyAnswer(kind: '502' | '503' | '504' | 'html' | 'garbage'): LabResponse {
  if (kind === 'garbage') return html(200, '\u0000\u0007{"error": nul');
  if (kind === 'html') return html(500, serverErrorPage('the lab was told to fail'));
  const { title, text } = frontPages[kind];
  return html(Number(kind), apachePage(`${kind} ${title}`, title, text), 'text/html; charset=iso-8859-1');
}

/** An answer that broke off: the first half of its bytes, as if that were all. */
export function firstHalf(response: LabResponse): LabResponse {
  return { ...response, body: response.body.subarray(0, Math.floor(response.body.length / 2)) };
}

/** What the front server says while the service behind it is not there. */
const frontPages = {
  '502': {
    title: 'Bad Gateway',
    text: 'The proxy server received an invalid\nresponse from an upstream server.',
  },
  '503': {
    title: 'Service Unavailable',
    text: 'The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\nproblems.',
  },
  '504': {
    title: 'Gateway Timeout',
    text: 'The gateway did not receive a timely response\nfrom the upstream server or application.',
  },
} as const;
