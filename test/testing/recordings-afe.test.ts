import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import type { Recording } from './recorded-lab.js';
import { call, recordedLab, recordings, send } from './recorded-lab.js';

/** Recordings that the lab does not repeat, and why. */
const leftOut: Readonly<Record<string, string>> = {
  get_jobs_summary: 'without the counts of test results, which only plots use',
  'get_jobs_summary after abort': 'as above',
};

describe.each(['read', 'attributes', 'create_job, jobs'])('the AFE answers as recorded: %s', (groups) => {
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await recordedLab();
  });

  // In sequence: later requests build on what earlier ones did.
  test.each(recordings('afe').filter(({ group }) => groups.split(', ').includes(group)))(
    '$group: $name',
    async (recording) => {
      if (recording.name in leftOut) return;
      // The request before it was not recorded for its size.
      if (recording.name === 'get_jobs name=big cf') await createBigJob(lab);
      const { status, text } = await send(lab, lab.urls.afe + recording.path, {
        method: recording.method === 'GET' ? 'GET' : 'POST',
        headers: { authorization: 'chromeos-test', ...recording.headers },
        body: bodyOf(recording),
      });
      expect(status).toBe(recording.status);
      if (typeof recording.answer === 'string') expect(headOf(text)).toBe(headOf(recording.answer));
      else expect(comparable(JSON.parse(text), recording)).toEqual(comparable(recording.answer, recording));
    },
  );
});

test('what is left out is there to be left out', () => {
  const names = new Set(recordings('afe').map(({ name }) => name));
  expect(Object.keys(leftOut).filter((name) => !names.has(name))).toEqual([]);
});

async function createBigJob(lab: EmbeddedLab): Promise<void> {
  const controlFile = '#'.repeat(70_000);
  const job = { name: 'big cf', control_file: controlFile, control_type: 'Server', priority: 10, hostless: true };
  await call(lab, 'create_job', job);
}

function bodyOf({ method, body }: Recording): string | undefined {
  if (method === 'GET' || body === undefined) return undefined;
  return typeof body === 'string' ? body : JSON.stringify(body);
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

/** Pages were cut in the middle of their traceback. */
function headOf(page: string): string {
  return page.slice(0, page.includes('\nTraceback') ? page.indexOf('\nTraceback') : undefined);
}
