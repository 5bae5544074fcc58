/**
 * Metrics of suites for Prometheus, with prom-client: a few lines make its counters and histograms out of what the package
 * describes. Here they are printed; a program of yours serves `await register.metrics()` below `/metrics`.
 */
import { Counter, Histogram, Registry } from 'prom-client';
import { reimageAndRun, suiteMetrics, type TelemetryMeter } from 'dynamic-suite';
import { smallLab } from 'dynamic-suite/testing';

const register = new Registry();

const meter: TelemetryMeter = {
  createCounter(name, { description, labels }) {
    const counter = new Counter({ name, help: description, labelNames: labels, registers: [register] });
    return { add: (value, attributes) => counter.inc(attributesOf(attributes), value) };
  },
  createHistogram(name, { description, labels, advice }) {
    const buckets = advice?.explicitBucketBoundaries ?? [];
    const histogram = new Histogram({ name, help: description, labelNames: labels, buckets, registers: [register] });
    return { record: (value, attributes) => histogram.observe(attributesOf(attributes), value) };
  },
};

// Once in a program, for all of its suites.
const { onEvent, onCall, onRetry } = suiteMetrics({ meter });

const lab = await smallLab()
  .test('power_Idle', ['fail', 'good'])
  .fault({ method: 'get_num_jobs', kind: '503' })
  .start();
for (let night = 1; night <= 2; night += 1) {
  await reimageAndRun({
    ...lab.suiteArguments(),
    lab: { afe: lab.urls.afe, transport: lab.transport },
    devserverUrl: lab.urls.devServer,
    jobRetry: true,
    ...{ onEvent, onCall, onRetry },
  });
}

const lines = (await register.metrics()).split('\n');
console.log(lines.filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket')).join('\n'));

/** prom-client takes no booleans. */
function attributesOf(attributes: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
}
