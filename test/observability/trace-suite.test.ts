import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import { reimageAndRun, traceSuite, type SuiteTrace } from '../../src/index.js';
import { smallLab, type EmbeddedLab, type LabBuilder } from '../../src/testing/index.js';

test('a suite is a span, and its staging, attempts and calls are its parts', async () => {
  const { spans, lab } = await traced(smallLab().test('power_Idle', ['fail', 'good']));
  const [suite] = named(spans, 'suite bvt');
  expect(suite?.parentSpanContext).toBeUndefined();
  expect(suite?.attributes).toMatchObject({
    'dynamic_suite.suite': 'bvt',
    'dynamic_suite.board': 'x86-mario',
    'dynamic_suite.verdict': 'WARNING',
    'dynamic_suite.exit_code': 2,
  });
  for (const span of spans) {
    if (span !== suite) expect(span.parentSpanContext?.spanId, span.name).toBe(suite?.spanContext().spanId);
    expect(startMs(span), span.name).toBeGreaterThanOrEqual(startMs(suite));
    expect(endMs(span), span.name).toBeLessThanOrEqual(endMs(suite));
  }
  expect(named(spans, 'stage x86-mario-release/R19-1998.0.0').map(seconds)).toEqual([20]);
  expect(named(spans, /^AFE create_job$/u)).toHaveLength(4);
  expect(spans.filter(({ name }) => /^(AFE|TKO|dev server) /u.test(name))).toHaveLength(lab.calls.total);
});

test('each attempt has a span from the creation of its job to the end of the test, with its job, host and status', async () => {
  const { spans, lab } = await traced(smallLab().test('power_Idle', ['fail', 'good']));
  const [first, second, ...others] = named(spans, 'test power_Idle');
  expect(others).toEqual([]);
  expect(first?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'Lab failure: the script says so' });
  expect(first?.attributes).toMatchObject({ 'dynamic_suite.attempt': 1, 'dynamic_suite.status': 'FAIL' });
  expect(second?.status.code).toBe(SpanStatusCode.UNSET);
  expect(second?.attributes).toMatchObject({
    'dynamic_suite.attempt': 2,
    'dynamic_suite.status': 'GOOD',
    'dynamic_suite.retry_of': first?.attributes['dynamic_suite.job_id'],
  });
  const job = lab.jobs().find(({ id }) => id === second?.attributes['dynamic_suite.job_id']);
  expect(second?.attributes['dynamic_suite.host']).toBe(job?.entries[0]?.host);
  expect(second?.events.map(({ name }) => name)).toEqual(['started']);
});

test('what happens beside is an event of the suite', async () => {
  const description = smallLab()
    .suite('bvt', [{ name: 'audio_Loopback', dependencies: ['no_such_label'] }])
    .test('power_Idle', { status: 'FAIL', crashes: [{ process: 'chrome', function: 'Tab::Close' }] });
  const { spans } = await traced(description);
  const events = named(spans, 'suite bvt')[0]?.events ?? [];
  expect(events.map(({ name }) => name)).toContain('test not scheduled');
  expect(events.find(({ name }) => name === 'crash')?.attributes).toMatchObject({ 'dynamic_suite.test': 'power_Idle' });
});

test('a call that fails for good is a failed span, and so is the suite whose run was rejected', async () => {
  const { spans } = await traced(smallLab().fault({ service: 'devServer', kind: 'html', probability: 1 }));
  const [call] = named(spans, /^dev server stage$/u);
  expect(call?.status.code).toBe(SpanStatusCode.ERROR);
  const [suite] = named(spans, 'suite bvt');
  expect(suite?.status).toMatchObject({ code: SpanStatusCode.ERROR });
  expect(suite?.status.message).toContain('staging');
});

test('a run that is stopped leaves no span open', async () => {
  const { spans, started } = await traced(smallLab(), { stopAt: 'scheduled' });
  expect(spans.map(({ name }) => name)).toContain('suite bvt');
  expect(named(spans, /^test /u).map(({ status }) => status.code)).toEqual(Array(3).fill(SpanStatusCode.ERROR));
  expect(spans).toHaveLength(started());
});

test('the span of a suite is part of what the caller says', async () => {
  const { tracer, exporter } = memoryTracer();
  const night = tracer.startSpan('night');
  const parent = trace.setSpan(context.active(), night);
  const lab = await smallLab().start();
  const tracing = traceSuite({ tracer, contextOf, parent, clock: lab.clock });
  await run(lab, tracing);
  const [suite] = named(exporter.getFinishedSpans(), 'suite bvt');
  expect(suite?.parentSpanContext?.spanId).toBe(night.spanContext().spanId);
});

test('to close the trace of a run that has finished, or never began, changes nothing', async () => {
  const { tracer, exporter } = memoryTracer();
  traceSuite({ tracer, contextOf }).close();
  expect(exporter.getFinishedSpans()).toEqual([]);
  const lab = await smallLab().start();
  const tracing = traceSuite({ tracer, contextOf, clock: lab.clock });
  await run(lab, tracing);
  const before = exporter.getFinishedSpans().length;
  tracing.close(new Error('late'));
  expect(exporter.getFinishedSpans()).toHaveLength(before);
  expect(named(exporter.getFinishedSpans(), 'suite bvt')[0]?.status.code).toBe(SpanStatusCode.UNSET);
});

async function traced(
  description: LabBuilder,
  { stopAt }: { readonly stopAt?: 'scheduled' } = {},
): Promise<{ readonly spans: readonly ReadableSpan[]; readonly lab: EmbeddedLab; readonly started: () => number }> {
  const lab = await description.start();
  const { tracer, exporter } = memoryTracer();
  let started = 0;
  const counting = {
    startSpan: (...[name, options, parent]: Parameters<typeof tracer.startSpan>) => {
      started += 1;
      return tracer.startSpan(name, options, parent);
    },
  };
  const tracing = traceSuite({ tracer: counting, contextOf, clock: lab.clock });
  const stop = new AbortController();
  try {
    await run(
      lab,
      {
        ...tracing,
        onEvent: (event) => {
          tracing.onEvent(event);
          if (event.type === stopAt) stop.abort(new Error('enough'));
        },
      },
      stop.signal,
    );
  } catch (error) {
    tracing.close(error);
  }
  return { spans: exporter.getFinishedSpans(), lab, started: () => started };
}

/** With clients of the run's own, so that it tells of their calls. */
async function run(lab: EmbeddedLab, { onEvent, onCall }: SuiteTrace, signal?: AbortSignal): Promise<void> {
  await reimageAndRun({
    ...lab.suiteArguments(),
    lab: { afe: lab.urls.afe, transport: lab.transport },
    devserverUrl: lab.urls.devServer,
    jobRetry: true,
    ...{ onEvent, onCall, signal },
  });
}

function memoryTracer() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { exporter, tracer: provider.getTracer('dynamic-suite') };
}

function contextOf(span: Parameters<typeof trace.setSpan>[1]) {
  return trace.setSpan(context.active(), span);
}

function named(spans: readonly ReadableSpan[], name: string | RegExp): readonly ReadableSpan[] {
  return spans.filter((span) => (typeof name === 'string' ? span.name === name : name.test(span.name)));
}

function startMs(span: ReadableSpan | undefined): number {
  return msOf(span?.startTime);
}

function endMs(span: ReadableSpan | undefined): number {
  return msOf(span?.endTime);
}

function seconds(span: ReadableSpan): number {
  return (endMs(span) - startMs(span)) / 1000;
}

function msOf([whole, nanoseconds]: readonly [number, number] = [Number.NaN, 0]): number {
  return whole * 1000 + Math.round(nanoseconds / 1e6);
}
