/**
 * A trace of a suite with OpenTelemetry: the suite is a span, its staging, the attempts of its tests and the calls to the
 * lab's servers are parts of it. Here the spans stay in memory and are printed; in a program of yours an exporter of
 * OpenTelemetry sends them away, and `trace.getTracer('dynamic-suite')` is the tracer.
 */
import { context, trace, type Span } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { reimageAndRun, traceSuite } from 'dynamic-suite';
import { smallLab } from 'dynamic-suite/testing';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

const lab = await smallLab().test('power_Idle', ['fail', 'good']).start();
const tracing = traceSuite({
  tracer: provider.getTracer('dynamic-suite'),
  contextOf: (span: Span) => trace.setSpan(context.active(), span),
  // The lab's hours pass in milliseconds. A real lab has the computer's clock, which needs no mention.
  clock: lab.clock,
});

try {
  await reimageAndRun({
    ...lab.suiteArguments(),
    lab: { afe: lab.urls.afe, transport: lab.transport },
    devserverUrl: lab.urls.devServer,
    jobRetry: true,
    onEvent: tracing.onEvent,
    onCall: tracing.onCall,
  });
} catch (error) {
  tracing.close(error);
  throw error;
}

const spans = exporter.getFinishedSpans();
const suite = spans.find(({ name }) => name.startsWith('suite '));
if (suite === undefined) throw new Error('the suite has no span');
console.log(line(suite));
for (const span of spans.filter(isPartOf(suite)).filter(({ name }) => /^(stage|test) /u.test(name))) {
  console.log(`  ${line(span)}`);
}
const calls = spans.filter(({ attributes }) => 'dynamic_suite.method' in attributes);
console.log(`  and ${calls.length} calls, among them:`);
for (const span of calls.slice(0, 3)) console.log(`    ${line(span)}`);

function line({ name, attributes, duration: [seconds] }: ReadableSpan): string {
  const told = Object.entries(attributes).map(
    ([key, value]) => `${key.replace('dynamic_suite.', '')}=${String(value)}`,
  );
  return `${name} (${seconds} s) ${told.join(' ')}`;
}

function isPartOf(whole: ReadableSpan): (span: ReadableSpan) => boolean {
  return ({ parentSpanContext }) => parentSpanContext?.spanId === whole.spanContext().spanId;
}
