import { expect } from 'vitest';
import type { RawAnswer } from '../support/raw-http.js';
import type { Recording } from './recorded-lab.js';

/**
 * Fails unless the headers that a client could depend on are those that were recorded. The recorder kept the dev
 * server's `Content-Type` and `Content-Range` only, and of the AFE's and TKO's those that say how to read an answer.
 */
export function expectRecordedHeaders(answer: RawAnswer, recording: Recording, base: string): void {
  const recorded: Recording['answerHeaders'] = recording.answerHeaders ?? {};
  for (const name of ['content-type', 'content-encoding', 'content-range', 'location', 'transfer-encoding']) {
    expect([name, answer.headers[name]]).toEqual([name, recorded[name]?.replace('http://127.0.0.1:8080', base)]);
  }
  for (const name of ['connection', 'server', 'vary', 'set-cookie', 'date']) {
    const value = recorded[name];
    if (value !== undefined) expect(withoutOwn(answer.headers[name] ?? 'none')).toBe(withoutOwn(value));
  }
  if (recorded['transfer-encoding'] === undefined && recording.method !== 'HEAD') {
    expect(answer.headers['content-length']).toBeDefined();
  }
}

/** Session ids and times are each server's own. */
function withoutOwn(value: string): string {
  return value
    .replace(/sessionid=[a-z0-9]{32};/, 'sessionid=<id>;')
    .replace(/[A-Z][a-z]{2}, \d\d[ -][A-Z][a-z]{2}[ -]\d{4} \d\d:\d\d:\d\d GMT/g, '<time>');
}

/** The parts of the dev server's error page that differ from page to page. */
export function tellingParts(page: string): object {
  const title = /<h2>([^]*?)<\/h2>/.exec(page)?.[1];
  const shown = /<p>([^]*?)<\/p>/.exec(page)?.[1];
  const traceback = /<pre id="traceback">([^]*?)<\/pre>/.exec(page)?.[1] ?? '';
  return { title, shown, lastLine: traceback.trim().split('\n    ...\n').at(-1) };
}
