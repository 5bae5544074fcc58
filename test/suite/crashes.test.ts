import { describe, expect, test } from 'vitest';
import {
  inSuite,
  memoryControlFiles,
  reimageAndRun,
  renderSummary,
  Suite,
  type CrashReport,
  type CrashReporter,
  type SuiteEvent,
} from '../../src/index.js';
import { MemorySuiteJob } from '../../src/testing/index.js';
import { controlFile, marioBuild, marioLab } from '../support/labs.js';

const minute = 60_000;

function aCrash(changes: Partial<CrashReport> = {}): CrashReport {
  return {
    jobTag: '2-chromeos-test/chromeos1-rack1-host1',
    dump: 'a/crash/chrome.dmp',
    sizeBytes: 100,
    stack: 'Thread 0 (crashed)\n 0  chrome!browser::Tab::Close\n',
    signature: 'browser::Tab::Close',
    problem: null,
    ...changes,
  };
}

/** Runs the tests a and b, of which a fails, with somebody to look for crashes. */
async function run(
  collect: (jobTag: string, clock: { sleep(ms: number): Promise<void> }) => Promise<readonly CrashReport[]>,
) {
  const files = { ...controlFile('a', { time: 'LONG' }), ...controlFile('b') };
  const scripts = {
    a: { status: 'FAIL', durationMs: minute },
    b: { status: 'GOOD', durationMs: 20 * minute },
  } as const;
  const lab = await marioLab(files, scripts);
  const job = new MemorySuiteJob(lab.suiteJob().tag);
  const events: SuiteEvent[] = [];
  const asked: { readonly jobTag: string; readonly build: string | null }[] = [];
  const crashes: CrashReporter = {
    collect(about) {
      asked.push(about);
      return collect(about.jobTag, lab.clock);
    },
  };
  const suite = await Suite.createFromPredicates({
    name: 'bvt',
    board: 'x86-mario',
    builds: { 'cros-version': marioBuild },
    predicates: [inSuite('bvt')],
    controlFiles: memoryControlFiles(files),
    onEvent: (event) => events.push(event),
    clock: lab.clock,
    crashes,
    job,
    lab,
  });
  const order: string[] = [];
  for await (const { testName } of suite.results()) order.push(testName);
  return { suite, job, events, asked, order, outcome: await suite.finish() };
}

test('each finished job is asked for once, with the build whose symbols are needed', async () => {
  const { asked } = await run(() => Promise.resolve([]));
  expect(asked).toEqual([
    { jobTag: '2-chromeos-test/chromeos1-rack1-host1', build: marioBuild },
    { jobTag: '3-chromeos-test/chromeos1-rack1-host2', build: marioBuild },
  ]);
});

test('a crash is told in the status log, in an event, and with its attempt', async () => {
  const { job, events, outcome } = await run((jobTag) => Promise.resolve(jobTag.startsWith('2-') ? [aCrash()] : []));
  expect(job.story.slice(4)).toEqual(
    expect.arrayContaining(['INFO ----', 'INFO New Crash Dump', 'INFO ----']) as string[],
  );
  expect(job.entries.find(({ operation }) => operation === 'New Crash Dump')?.reason).toBe(
    '2-chromeos-test/chromeos1-rack1-host1/a/crash/chrome.dmp',
  );
  expect(events.find(({ type }) => type === 'crash')).toMatchObject({ test: 'a', attempt: 1, crash: aCrash() });
  expect(outcome.test('a').attempts[0]?.crashes).toEqual([aCrash()]);
  expect(outcome.test('b').attempts[0]?.crashes).toEqual([]);
});

test('a slow crash server holds up no result, only the end', async () => {
  const { events, outcome } = await run(async (jobTag, clock) => {
    if (!jobTag.startsWith('2-')) return [];
    await clock.sleep(60 * minute);
    return [aCrash()];
  });
  const types = events.flatMap((event) => (event.type === 'test-result' || event.type === 'crash' ? [event.type] : []));
  expect(types).toEqual(['test-result', 'test-result', 'crash']);
  expect(outcome.test('a').attempts[0]?.crashes).toHaveLength(1);
});

describe('what goes wrong with crashes never fails the suite', () => {
  test('files that cannot be looked at are a warning', async () => {
    const { events, outcome } = await run(() =>
      Promise.resolve([aCrash({ dump: null, stack: null, problem: 'no disk' })]),
    );
    expect(events.filter(({ type }) => type === 'crash')).toEqual([]);
    expect(events.find((event) => event.type === 'warning' && event.code === 'crashes-unknown')).toMatchObject({
      message: expect.stringContaining('no disk') as string,
    });
    expect(outcome.verdict).toBe('ERROR');
  });

  test('and so is a reporter that breaks', async () => {
    const { events, order } = await run(() => Promise.reject(new Error('broken')));
    expect(order).toEqual(['a', 'b']);
    const codes = events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
    expect(codes).toEqual(['crashes-unknown', 'crashes-unknown']);
  });
});

describe('on the lab, end to end', () => {
  const crashing = {
    a: { status: 'FAIL', crashes: [{ process: 'chrome', function: 'browser::Tab::Close', frames: ['main'] }] },
  } as const;

  test('a crash is symbolicated once and its stack kept beside the dump', async () => {
    const lab = await marioLab(controlFile('a'), crashing);
    const outcome = await reimageAndRun(lab.suiteArguments('bvt', 'x86-mario'));
    const [crash] = outcome.test('a').attempts[0]?.crashes ?? [];
    expect(crash).toMatchObject({ signature: 'browser::Tab::Close | main', problem: null });
    const kept = await lab.resultFiles.read(crash?.jobTag ?? '', `${crash?.dump ?? ''}.txt`, { maxBytes: 100_000 });
    expect(new TextDecoder().decode(kept)).toBe(crash?.stack);
    expect(lab.calls.count('symbolicate_dump')).toBe(1);
    expect(renderSummary(outcome)).toMatch(/crash: browser::Tab::Close \| main \(chrome\.[\d.]+\.dmp\)/u);
  });

  test.each(['503', 'html', 'garbage', 'refuse', 'stall'] as const)(
    'a crash server that gives %s never fails the suite, nor holds it up for long',
    async (kind) => {
      const lab = await marioLab({ ...controlFile('a'), ...controlFile('b') }, crashing);
      lab.faults.add({ service: 'crashServer', kind, count: Infinity });
      const startMs = lab.clock.now();
      const outcome = await reimageAndRun(lab.suiteArguments('bvt', 'x86-mario'));
      expect(outcome.test('b').conclusion).toBe('passed');
      expect(outcome.test('a').attempts[0]?.crashes).toMatchObject([
        { stack: null, problem: expect.any(String) as string },
      ]);
      expect(lab.clock.now() - startMs).toBeLessThan(40 * minute);
    },
  );
});
