import { expect, test } from 'vitest';
import { consoleReporter, reimageAndRun, type ReimageAndRunOptions, type SuiteEvent } from '../../src/index.js';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { afeWith } from '../support/afe-with.js';
import { controlFile, marioLab } from '../support/labs.js';

const minute = 60_000;

/** A lab in which `slow` and `slower` take longer than the suite has, and `quick` does not. */
function labOfSlowTests(): Promise<EmbeddedLab> {
  const files = { ...controlFile('quick'), ...controlFile('slow'), ...controlFile('slower') };
  const slow = { status: 'GOOD', durationMs: 300 * minute } as const;
  return marioLab(files, { slow, slower: slow });
}

/** Runs the suite, whose time is an hour; its jobs have longer, as those of retries have. */
async function run(lab: EmbeddedLab, options: Partial<ReimageAndRunOptions>) {
  const given = lab.suiteArguments('bvt', 'x86-mario');
  const events: SuiteEvent[] = [];
  const afe = afeWith(lab.afe, {
    createJob: (request, options) => lab.afe.createJob({ ...request, timeoutMins: 1440 }, options),
  });
  const outcome = await reimageAndRun({
    ...given,
    lab: { ...given.lab, afe },
    timeoutMins: 60,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event] : []));
  const aborts = events.flatMap((event) => (event.type === 'jobs-aborted' ? [event] : []));
  return { given, outcome, events, warnings, aborts };
}

test('unless asked for, what is left when the time is over goes on', async () => {
  const lab = await labOfSlowTests();
  const { outcome, aborts } = await run(lab, {});
  expect(outcome).toMatchObject({ verdict: 'SUITE_TIMEOUT', counts: { passed: 1, unfinished: 2 } });
  expect(lab.calls.count('abort_host_queue_entries')).toBe(0);
  expect(aborts).toEqual([]);
});

test('what is left when the time is over is aborted by one call, and told; the tests are unfinished as ever', async () => {
  const lab = await labOfSlowTests();
  const { given, outcome, aborts, warnings } = await run(lab, { abortOnTimeout: true });
  expect(lab.calls.count('abort_host_queue_entries')).toBe(1);
  expect(aborts).toMatchObject([{ entries: 2 }]);
  const left = outcome.tests.filter(({ conclusion }) => conclusion === 'unfinished');
  expect(aborts[0]?.jobs).toEqual(
    left.map(({ name, attempts }) => ({ test: name, attempt: 1, jobId: attempts[0]?.jobId })),
  );
  expect(outcome).toMatchObject({ verdict: 'SUITE_TIMEOUT', exitCode: 4, counts: { passed: 1, unfinished: 2 } });
  expect(given.job.story).toEqual(['INFO Start bvt', 'START quick', 'GOOD quick', 'END GOOD quick', 'FAIL bvt']);
  expect(warnings).toEqual([]);
  await lab.clock.sleep(10 * minute);
  lab.expectEverythingFinished();
});

test('an abort that fails is a warning with the jobs, and the suite ends as it would have', async () => {
  const lab = await labOfSlowTests();
  lab.faults.add({ method: 'abort_host_queue_entries', kind: '503', count: Infinity });
  const { outcome, aborts, warnings } = await run(lab, { abortOnTimeout: true });
  expect(outcome).toMatchObject({ verdict: 'SUITE_TIMEOUT', counts: { passed: 1, unfinished: 2 } });
  expect(aborts).toEqual([]);
  const [warning] = warnings.filter(({ code }) => code === 'abort-failed');
  const ids = outcome.tests.filter(({ conclusion }) => conclusion === 'unfinished');
  for (const { attempts } of ids) expect(warning?.message).toContain(String(attempts[0]?.jobId));
});

test('a suite that ends in time has nothing aborted', async () => {
  const lab = await marioLab(controlFile('quick'));
  const { outcome, aborts } = await run(lab, { abortOnTimeout: true });
  expect(outcome.verdict).toBe('OK');
  expect(aborts).toEqual([]);
  expect(lab.calls.count('abort_host_queue_entries')).toBe(0);
});

test('whoever stops the wait has nothing aborted', async () => {
  const lab = await labOfSlowTests();
  const stop = new AbortController();
  const enough = new Error('enough');
  const stopping = run(lab, {
    abortOnTimeout: true,
    signal: stop.signal,
    onEvent: ({ type }) => type === 'test-result' && stop.abort(enough),
  });
  await expect(stopping).rejects.toBe(enough);
  expect(lab.calls.count('abort_host_queue_entries')).toBe(0);
});

test('the console tells it in a line', async () => {
  let text = '';
  const stream = { write: (part: string) => (text += part) };
  await run(await labOfSlowTests(), { abortOnTimeout: true, onEvent: consoleReporter({ stream }) });
  expect(text).toMatch(/ the time of the suite is over: 2 jobs aborted\n/u);
});

test('anything but true and false is refused', async () => {
  const lab = await marioLab(controlFile('quick'));
  const options = { ...lab.suiteArguments('bvt', 'x86-mario'), abortOnTimeout: 'yes' as unknown as boolean };
  await expect(() => reimageAndRun(options)).rejects.toMatchObject({ argument: 'abortOnTimeout' });
});
