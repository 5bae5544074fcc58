import type { ServerResponse } from 'node:http';
import { apachePage } from '../services/django-page.js';
import { withoutHeaders, type HeldAnswer } from './forward.js';

export function writeHead(
  response: ServerResponse,
  { status, statusText, rawHeaders }: Omit<HeldAnswer, 'body'>,
): void {
  response.sendDate = false;
  response.writeHead(status, statusText, [...rawHeaders]);
}

/** Sends a whole answer. */
export function send(response: ServerResponse, answer: HeldAnswer): void {
  writeHead(response, answer);
  response.end(answer.body);
}

/** Answers with a page of the front server. */
export function sendPage(response: ServerResponse, status: number, title: string, text: string): void {
  send(response, pageOf(status, title, apachePage(`${status} ${title}`, title, text)));
}

export function pageOf(status: number, statusText: string, page: string): HeldAnswer {
  const body = Buffer.from(page);
  const rawHeaders = ['Content-Type', 'text/html; charset=iso-8859-1', 'Content-Length', String(body.length)];
  return { status, statusText, rawHeaders, body };
}

/** Promises the whole answer, sends half of its body and ends the connection; of an empty one it sends nothing. */
export function sendHalf(response: ServerResponse, answer: HeldAnswer): void {
  const { rawHeaders, body } = answer;
  const { socket } = response;
  if (body.length === 0) return void socket?.destroy();
  const others = withoutHeaders(rawHeaders, new Set(['content-length', 'transfer-encoding']));
  writeHead(response, { ...answer, rawHeaders: [...others, 'Content-Length', String(body.length)] });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => socket?.destroy());
}
