import { metrics } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { reimageAndRun, suiteMetrics, type TelemetryAttributes, type TelemetryMeter } from '../../src/index.js';
import { smallLab, type LabBuilder } from '../../src/testing/index.js';

test('tests, results, retries and the verdict of a suite are counted', async () => {
  const { sumOf } = await measured(smallLab().test('power_Idle', ['fail', 'good']));
  expect(sumOf('suites_total', { verdict: 'WARNING' })).toBe(1);
  expect(sumOf('tests_total', { conclusion: 'passed' })).toBe(2);
  expect(sumOf('tests_total', { conclusion: 'flaky' })).toBe(1);
  expect(sumOf('results_total', { status: 'GOOD' })).toBe(3);
  expect(sumOf('results_total', { status: 'FAIL' })).toBe(1);
  expect(sumOf('retries_total', {})).toBe(1);
});

test('crashes are counted', async () => {
  const crashes = [{ process: 'chrome', function: 'Tab::Close' }];
  const { sumOf } = await measured(smallLab().test('power_Idle', { durationMs: 1_000, crashes }));
  expect(sumOf('crashes_total', {})).toBe(1);
});

test('calls are counted by how they ended, and so are their repetitions', async () => {
  const { sumOf, lab } = await measured(smallLab().fault({ method: 'get_num_jobs', kind: '503', count: 2 }));
  expect(sumOf('calls_total', { outcome: 'ok' })).toBe(lab.calls.total - 2);
  expect(sumOf('call_retries_total', { service: 'AFE', method: 'get_num_jobs' })).toBe(2);
  expect(sumOf('warnings_total', { code: 'no-answer' })).toBe(2);
});

test('times are in seconds: of the suite, the staging, the tests and the calls', async () => {
  const { valuesOf, outcome } = await measured(
    smallLab().tests({ durationMs: 90_000 }).fault({ method: 'get_hosts', kind: 'delay', delayMs: 3_000 }),
  );
  expect(valuesOf('staging_duration_seconds')).toEqual([20]);
  const results = outcome.tests.flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.results));
  const seconds = results.map(({ startedMs, finishedMs }) => (finishedMs - startedMs) / 1000);
  expect(valuesOf('test_duration_seconds')).toEqual(seconds);
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(90);
  expect(valuesOf('suite_duration_seconds')).toHaveLength(1);
  expect(valuesOf('call_duration_seconds', { method: 'get_hosts' })[0]).toBe(3);
});

test('values have the labels that their metric has, and none that has no bound', async () => {
  const { declared, values } = await measured(smallLab().test('power_Idle', ['fail', 'good']));
  expect(values.length).toBeGreaterThan(100);
  for (const { name, attributes } of values) expect(Object.keys(attributes).sort(), name).toEqual(declared.get(name));
  const labels = new Set([...declared.values()].flat());
  expect([...labels].sort()).toEqual([
    'code',
    'conclusion',
    'method',
    'outcome',
    'service',
    'status',
    'suite',
    'verdict',
  ]);
});

test('names are what Prometheus takes, and say their unit', async () => {
  const { declared } = await measured(smallLab());
  for (const name of declared.keys()) expect(name).toMatch(/^dynamic_suite_[a-z_]+_(total|seconds)$/u);
});

test('a meter of OpenTelemetry fits as it is', () => {
  const { onCall } = suiteMetrics({ meter: metrics.getMeter('dynamic-suite') });
  expect(() => onCall({ service: 'AFE', method: 'get_jobs', tries: 1, ms: 5, outcome: 'ok' })).not.toThrow();
});

async function measured(description: LabBuilder) {
  const { meter, declared, values } = memoryMeter();
  const lab = await description.start();
  const outcome = await reimageAndRun({
    ...lab.suiteArguments(),
    lab: { afe: lab.urls.afe, transport: lab.transport },
    devserverUrl: lab.urls.devServer,
    jobRetry: true,
    ...suiteMetrics({ meter }),
  });
  const matching = (metric: string, wanted: TelemetryAttributes) =>
    values
      .filter(({ name }) => name === `dynamic_suite_${metric}`)
      .filter(({ attributes }) => Object.entries(wanted).every(([key, value]) => attributes[key] === value))
      .map(({ value }) => value);
  return {
    ...{ lab, outcome, declared, values },
    valuesOf: (metric: string, wanted: TelemetryAttributes = {}) => matching(metric, wanted),
    sumOf: (metric: string, wanted: TelemetryAttributes) => matching(metric, wanted).reduce((a, b) => a + b, 0),
  };
}

interface Value {
  readonly name: string;
  readonly value: number;
  readonly attributes: TelemetryAttributes;
}

/** A meter that remembers what it was told; `declared` has the labels of each metric, sorted. */
function memoryMeter() {
  const declared = new Map<string, string[]>();
  const values: Value[] = [];
  const metric = (name: string, { labels }: { readonly labels: readonly string[] }) => {
    declared.set(name, [...labels].sort());
    return (value: number, attributes: TelemetryAttributes) => void values.push({ name, value, attributes });
  };
  const meter: TelemetryMeter = {
    createCounter: (name, options) => ({ add: metric(name, options) }),
    createHistogram: (name, options) => ({ record: metric(name, options) }),
  };
  return { meter, declared, values };
}
