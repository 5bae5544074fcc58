import type { SuiteEvent } from '../results/events.js';
import type { CallEvent, RetryEvent } from '../transport/call-events.js';
import type { TelemetryCounter, TelemetryHistogram, TelemetryMeter } from './telemetry-ports.js';

/** Listeners that count and measure; hand them to any number of runs and clients. */
export interface SuiteMetrics {
  /** For `onEvent` of a run. */
  readonly onEvent: (event: SuiteEvent) => void;
  /** For `onCall` of a run, or of a client. */
  readonly onCall: (event: CallEvent) => void;
  /** For `onRetry` of a run, or of a client. */
  readonly onRetry: (event: RetryEvent) => void;
}

/**
 * Counts what happens in suites and in calls to the lab's servers, and how long it takes: results, tests, suites,
 * retries, warnings, crashes, stagings and calls. docs/observability.md lists the metrics.
 *
 * Names, labels and units are such that both OpenTelemetry and Prometheus take them. No label is the name of a test, of
 * a build or of a host: their number has no bound.
 *
 * @param options - `meter` makes the metrics: one of OpenTelemetry, or a few lines around prom-client
 */
export function suiteMetrics(options: { readonly meter: TelemetryMeter }): SuiteMetrics {
  const { suites, tests, results, retries, warnings, crashes, durations, stagings, runTimes } = ofSuites(options.meter);
  const { calls, callTimes, repeatedCalls } = ofCalls(options.meter);
  return {
    onEvent(event) {
      const { suite } = event;
      switch (event.type) {
        case 'warning':
          warnings.add(1, { suite, code: event.code });
          return;
        case 'staged':
          stagings.record(event.ms / 1000, { suite });
          return;
        case 'test-scheduled':
          if (event.retryOf !== null) retries.add(1, { suite });
          return;
        case 'test-result': {
          const { status, executed, startedMs, finishedMs } = event.result;
          results.add(1, { suite, status });
          if (executed) runTimes.record(seconds(finishedMs - startedMs), { suite });
          return;
        }
        case 'crash':
          crashes.add(1, { suite });
          return;
        case 'finished': {
          const { verdict, counts, startedMs, finishedMs } = event.outcome;
          for (const [conclusion, count] of Object.entries(counts))
            if (count > 0) tests.add(count, { suite, conclusion });
          durations.record(seconds(finishedMs - startedMs), { suite });
          suites.add(1, { suite, verdict });
          return;
        }
        default:
          return;
      }
    },
    onCall({ service, method, outcome, ms }) {
      calls.add(1, { service, method, outcome });
      callTimes.record(seconds(ms), { service, method });
    },
    onRetry({ service, method }) {
      repeatedCalls.add(1, { service, method });
    },
  };
}

function ofSuites(meter: TelemetryMeter) {
  const runs = [60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400];
  return {
    suites: counter(meter, 'suites_total', 'Suites that ended, by their verdict', ['suite', 'verdict']),
    tests: counter(meter, 'tests_total', 'Tests of suites that ended, by what they came to', ['suite', 'conclusion']),
    results: counter(meter, 'results_total', 'Results that were recorded, by their status', ['suite', 'status']),
    retries: counter(meter, 'retries_total', 'Jobs that were created to repeat a failed one', ['suite']),
    warnings: counter(meter, 'warnings_total', 'Warnings, by their code', ['suite', 'code']),
    crashes: counter(meter, 'crashes_total', 'Crash dumps that jobs left', ['suite']),
    durations: histogram(meter, 'suite_duration_seconds', 'From the choice of the tests to the end', ['suite'], runs),
    stagings: histogram(
      meter,
      'staging_duration_seconds',
      'How long the dev server took to stage a build',
      ['suite'],
      [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800],
    ),
    runTimes: histogram(
      meter,
      'test_duration_seconds',
      'How long a test ran that has a result',
      ['suite'],
      [1, 10, 30, 60, 120, 300, 600, 1200, 3600, 7200],
    ),
  };
}

function ofCalls(meter: TelemetryMeter) {
  const labels = ['service', 'method'];
  return {
    calls: counter(meter, 'calls_total', "Calls to the lab's servers, by how they ended", [...labels, 'outcome']),
    repeatedCalls: counter(meter, 'call_retries_total', 'Tries of calls that failed and were repeated', labels),
    callTimes: histogram(
      meter,
      'call_duration_seconds',
      'From the first try of a call to its end, waits included',
      labels,
      [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    ),
  };
}

function counter(
  meter: TelemetryMeter,
  name: string,
  description: string,
  labels: readonly string[],
): TelemetryCounter {
  return meter.createCounter(prefix + name, { description, unit: '1', labels });
}

function histogram(
  meter: TelemetryMeter,
  name: string,
  description: string,
  labels: readonly string[],
  explicitBucketBoundaries: number[],
): TelemetryHistogram {
  return meter.createHistogram(prefix + name, { description, unit: 's', labels, advice: { explicitBucketBoundaries } });
}

const prefix = 'dynamic_suite_';

/** Times of the lab may be of several clocks: what ended before it began took no time. */
function seconds(ms: number): number {
  return Math.max(0, ms) / 1000;
}
