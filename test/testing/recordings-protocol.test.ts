import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { expectRecordedHeaders } from './recorded-answer.js';
import type { Recording } from './recorded-lab.js';
import { recordedLab, recordings, sendInProcess, sendRaw } from './recorded-lab.js';

/** Recordings that the lab does not repeat, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'method dunder': 'an accident of Python: __class__ is callable there',
  'big integer': 'JavaScript numbers cannot hold it',
  'result not serialisable': "the lab's AFE has no get_tests_by_build: it knows no dev servers",
  'filter: extra_where': 'the lab runs no SQL',
  'TKO SQL error': 'the lab runs no SQL',
  'TKO execute_query_with_param': 'the lab runs no SQL',
};

const replayed = recordings('protocol').filter(({ name }) => !(name in leftOut));

/** What only a socket shows: the in-process transport sends GET and POST, and knows neither lengths nor connections. */
const needsSocket = new Set([
  'PUT',
  'OPTIONS',
  'Expect: 100-continue',
  'Accept-Encoding gzip',
  'Accept-Encoding gzip, error',
]);

describe.each(['protocol', 'protocol_tko'])('the services answer over sockets as recorded: %s', (group) => {
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await recordedLab();
  });

  // In sequence: later requests build on what earlier ones did.
  test.each(replayed.filter((recording) => recording.group === group))('$name', async (recording) => {
    const { method, path } = recording;
    const headers = { ...usualHeaders(recording), ...recording.headers };
    const answer = await sendRaw(lab, lab.urls.afe + path, { method, headers, body: bodyOf(recording) });
    expect([answer.version, answer.status]).toEqual(['HTTP/1.1', recording.status]);
    expect(answer.interim).toEqual('expect' in headers ? [100] : []);
    expectRecordedHeaders(answer, recording, lab.urls.afe);
    expectRecordedBody(answer.body.toString(), recording);
  });
});

describe.each(['protocol', 'protocol_tko'])('the services answer in process as over sockets: %s', (group) => {
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await recordedLab();
  });

  test.each(replayed.filter(({ name }) => !needsSocket.has(name)).filter((recording) => recording.group === group))(
    '$name',
    async (recording) => {
      const { status, headers, text } = await sendInProcess(lab, lab.urls.afe + recording.path, {
        method: recording.method === 'GET' ? 'GET' : 'POST',
        headers: { ...usualHeaders(recording), ...recording.headers },
        body: bodyOf(recording),
      });
      expect([status, headers['content-type']]).toEqual([recording.status, recording.answerHeaders?.['content-type']]);
      expectRecordedBody(text, recording);
    },
  );
});

test('what is left out, or needs a socket, is there', () => {
  const names = new Set(recordings('protocol').map(({ name }) => name));
  expect([...Object.keys(leftOut), ...needsSocket].filter((name) => !names.has(name))).toEqual([]);
  expect(replayed).toHaveLength(84);
});

/** As Python's urllib sends them. */
function usualHeaders({ method }: Recording): Readonly<Record<string, string>> {
  const type = method === 'POST' || method === 'PUT' ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  return { 'accept-encoding': 'identity', ...type, authorization: 'chromeos-test' };
}

function bodyOf({ body }: Recording): string | Uint8Array | undefined {
  if (body === '<1000053 bytes>')
    return `{"method": "echo", "params": [{"data": "${'x'.repeat(1_000_000)}"}], "id": "1"}`;
  if (body === undefined || typeof body === 'string') return body;
  if (typeof body === 'object' && body !== null && 'base64' in body) return Buffer.from(String(body.base64), 'base64');
  return JSON.stringify(body);
}

function expectRecordedBody(text: string, recording: Recording): void {
  if (recording.answer === 'cut')
    expect(JSON.parse(text)).toMatchObject({ error: null, result: 'x'.repeat(1_000_000) });
  else if (typeof recording.answer === 'string') expect(comparablePage(text)).toBe(comparablePage(recording.answer));
  else expect(comparable(JSON.parse(text), recording)).toEqual(comparable(recording.answer, recording));
}

/** Times are the lab's own, tracebacks were cut, and more users had come by when these were recorded. */
function comparable(value: unknown, recording: Recording, key = ''): unknown {
  if (key === 'traceback') return '<traceback>';
  if (key === 'id' && /^(who is the user|cookie of one user)/.test(recording.name)) return '<id>';
  if (typeof value === 'string') return value.replace(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, '<time>');
  if (Array.isArray(value)) return value.map((item) => comparable(item, recording));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, comparable(item, recording, name)]));
}

/** Pages were cut within their traceback. They may show a Python dict, whose order is Python's own. */
function comparablePage(page: string): string {
  const head = page.slice(0, page.includes('\nTraceback') ? page.indexOf('\nTraceback') : undefined);
  if (!/remote_ip/.test(head)) return head;
  return head.replace(/Value: \{(.*)\} <br \/>/, (_, items: string) =>
    items
      .split(/, (?=&#39;)/)
      .sort()
      .join('\n'),
  );
}
