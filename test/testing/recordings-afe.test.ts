import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import type { Recording } from './recorded-lab.js';
import { call, queueFamily, recordedLab, recordings, send } from './recorded-lab.js';
import { finishedSuite, recordedBuild } from './recorded-suites.js';

/** Recordings that the lab does not repeat, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'control file of 70000 characters': 'its body was not recorded for its size; the test sends one like it',
  'get_host_queue_entries crash_Test': 'its parser crashed after it had run; the lab has no such failure',
  generate_control_file: 'fails for want of a file of the recorded server; nobody generates control files in a lab',
  'get_job_history (needs elasticsearch)': 'links to logs on the recorded server, of which the lab knows nothing',
};

/** The lab that the recordings of some groups were made in. */
const labs: Readonly<Record<string, () => Promise<EmbeddedLab>>> = {
  read: recordedLab,
  attributes: recordedLab,
  'create_job, jobs': recordedLab,
  finished_jobs: finishedSuite,
  more: () => recordedLab(queueFamily),
};

describe.each(Object.keys(labs))('the AFE answers as recorded: %s', (groups) => {
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await (labs[groups] ?? recordedLab)();
  });

  // In sequence: later requests build on what earlier ones did.
  const repeated = recordings('afe').filter(
    ({ group, name }) => groups.split(', ').includes(group) && !(name in leftOut),
  );
  test.each(repeated)('$group: $name', async (recording) => {
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
  });
});

test('what is left out is there to be left out, and everything else is repeated', () => {
  const all = recordings('afe');
  const names = new Set(all.map(({ name }) => name));
  expect(Object.keys(leftOut).filter((name) => !names.has(name))).toEqual([]);
  const groups = new Set(Object.keys(labs).flatMap((list) => list.split(', ')));
  expect(all.filter(({ group }) => !groups.has(group))).toEqual([]);
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

/**
 * Times and the numbers of test rows are the lab's own, tracebacks were cut, and more users had come by when these were
 * recorded.
 */
function comparable(value: unknown, recording: Recording, key = ''): unknown {
  if (key === 'traceback') return '<traceback>';
  if (key.endsWith('_idx') && key !== 'status_idx') return value === null ? null : '<number>';
  // See 'get_host_queue_entries crash_Test'.
  if (isObject(value) && isObject(value['status_counts']) && value['name'] === `${recordedBuild}/bvt/crash_Test`) {
    return comparable({ ...value, status_counts: null }, recording);
  }
  // The service keeps a table of tests, which jobs do not need and the lab leaves empty.
  if (key === 'tests' && recording.name === 'get_static_data') return [];
  if (key === 'id' && /^(who is the user|cookie of one user)/.test(recording.name)) return '<id>';
  if (typeof value === 'string') return value.replace(/\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?/g, '<time>');
  if (Array.isArray(value)) return value.map((item) => comparable(item, recording));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, comparable(item, recording, name)]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Pages were cut in the middle of their traceback. */
function headOf(page: string): string {
  return page.slice(0, page.includes('\nTraceback') ? page.indexOf('\nTraceback') : undefined);
}
