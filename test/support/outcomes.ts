import fc from 'fast-check';
import { suiteOutcome, type SuiteFacts, type SuiteOutcome, type TestFacts } from '../../src/results/outcome.js';
import type { CrashReport } from '../../src/crashes/crash-report.js';
import { testStatuses } from '../../src/results/status.js';
import { aResult, aSuite, aTest } from './builders.js';

/** A crash with a stack; change what matters. */
export function aCrash(changes: Partial<CrashReport> = {}): CrashReport {
  return {
    jobTag: '7-lab/host1',
    dump: 'login/crash/chrome.20260131.dmp',
    sizeBytes: 4096,
    stack: 'Thread 0 (crashed)\n 0  chrome!gpu::Draw\n 1  chrome!main\n',
    signature: 'gpu::Draw < main',
    problem: null,
    ...changes,
  };
}

const minute = 60_000;
const atMs = Date.UTC(2026, 0, 31, 22);

/** A suite in which every conclusion occurs. */
export function everyConclusion(changes: Partial<SuiteFacts> = {}): SuiteOutcome {
  const ran = (jobId: number, fromMin: number, mins: number) => ({
    jobId,
    startedMs: atMs + fromMin * minute,
    finishedMs: atMs + (fromMin + mins) * minute,
  });
  const crashed = {
    jobId: 13,
    results: [
      aResult({
        status: 'FAIL',
        reason: 'Triangle 7 is upside down\nexpected: up\n',
        hostname: 'host3',
        ...ran(13, 1, 9),
      }),
    ],
    crashes: [aCrash(), aCrash({ stack: null, signature: null, problem: 'no crash server answered' })],
  };
  const tests: TestFacts[] = [
    aTest('login', [aResult(ran(10, 1, 2))]),
    aTest(
      'power_Idle',
      [aResult({ status: 'FAIL', reason: 'drew 9 W <too much>', ...ran(11, 4, 6) })],
      [aResult({ hostname: 'host2', ...ran(12, 11, 6) })],
    ),
    { ...aTest('graphics_Sanity'), attempts: [crashed] },
    aTest(
      'video_Decoder',
      [aResult({ status: 'FAIL', reason: 'frame 3', ...ran(14, 18, 1) })],
      [aResult({ status: 'ABORT', origin: 'job', reason: 'Machine did not return', ...ran(15, 20, 1) })],
    ),
    aTest('audio_Loopback', [aResult({ status: 'WARN', reason: 'a little quiet', ...ran(16, 22, 1) })]),
    aTest('camera_Still', [aResult({ status: 'TEST_NA', reason: 'no camera', ...ran(17, 24, 1) })]),
    aTest('network_Wifi', [
      aResult({ status: 'ABORT', origin: 'none', reason: 'Job 18 was aborted before it ran', executed: false }),
    ]),
    { ...aTest('security_Tpm'), notScheduled: { status: 'ERROR', reason: 'ValidationError: no such label' } },
    aTest('platform_Boot', []),
    {
      ...aTest('experimental_Holograms', [aResult({ status: 'FAIL', reason: 'too flat', ...ran(20, 26, 2) })]),
      experimental: true,
    },
  ];
  return suiteOutcome(
    aSuite(tests, {
      startedMs: atMs,
      finishedMs: atMs + 30 * minute,
      skipped: [{ path: 'client/x/control', reason: 'client/x/control:3:7: unterminated string' }],
      ...changes,
    }),
  );
}

/** Any text at all: odd characters, markup, half surrogate pairs, several lines. */
export const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ maxLength: 20 }),
      fc.constantFrom('\n', '\r\n', '\r', '\t', ' ', '\u0000', '\u001B[31m', '\u0085', '\u2028', '\uD800', '\uFFFE'),
      fc.constantFrom(
        ']]>',
        '<![CDATA[',
        '</script>',
        '<!--',
        '&amp;',
        '&#0;',
        '"',
        "'",
        '#',
        '\\',
        '---',
        '...',
        '  ...',
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const anyResult = fc
  .record({
    reason: anyText,
    testName: anyText,
    status: fc.constantFrom(...testStatuses),
    origin: fc.constantFrom('test' as const, 'job' as const, 'none' as const),
    hostname: fc.option(anyText),
    startedMs: fc.oneof(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom(Number.NaN, 1e300, -1e300)),
    finishedMs: fc.integer({ min: 0, max: 1e9 }),
  })
  .map(aResult);

const anyTest = fc
  .record({
    name: anyText,
    experimental: fc.boolean(),
    attempts: fc.array(fc.array(anyResult, { maxLength: 2 }), { maxLength: 3 }),
    stack: fc.option(anyText),
    problem: anyText,
  })
  .map(({ name, experimental, attempts, stack, problem }): TestFacts => {
    const test = aTest(name, ...attempts);
    const crashes = [aCrash({ stack, signature: stack, dump: stack, problem })];
    return {
      ...test,
      experimental,
      attempts: test.attempts.map((attempt) => ({ ...attempt, crashes })),
      notScheduled: attempts.length > 0 ? undefined : { status: 'ERROR', reason: problem },
    };
  });

/** Any suite, with the most hostile texts in every place where a text can be. */
export const anyOutcome = fc
  .record({
    tests: fc.array(anyTest, { maxLength: 4 }),
    text: anyText,
    waited: fc.boolean(),
  })
  .map(({ tests, text, waited }) =>
    suiteOutcome(
      aSuite(tests, {
        waited,
        suite: text,
        board: text,
        builds: { [text]: text },
        skipped: [{ path: text, reason: text }],
      }),
    ),
  );
