import type { SuiteEvent } from '../results/events.js';
import { isFailure, worst } from '../results/status.js';
import type { TestResult } from '../results/test-result.js';
import { systemClock, type Clock } from '../runtime/clock.js';
import type { CallEvent } from '../transport/call-events.js';
import type { TelemetryAttributes, TelemetrySpan, TelemetryTracer } from './telemetry-ports.js';

/** Options of {@link traceSuite}. */
export interface TraceSuiteOptions<Span extends TelemetrySpan, Context> {
  /** Makes the spans, e.g. `trace.getTracer('dynamic-suite')` of OpenTelemetry. */
  readonly tracer: TelemetryTracer<Span, Context>;
  /** What makes other spans parts of a span; with OpenTelemetry `(span) => trace.setSpan(context.active(), span)`. */
  readonly contextOf: (span: Span) => Context;
  /**
   * What the span of the suite is part of.
   *
   * @defaultValue what the tracer takes for that, with OpenTelemetry the active span
   */
  readonly parent?: Context | undefined;
  /**
   * The clock of the run: calls are told at their end, without a time.
   *
   * @defaultValue the computer's clock
   */
  readonly clock?: Clock | undefined;
}

/** Listeners that make the spans of one run of one suite. */
export interface SuiteTrace {
  /** For `onEvent` of the run. */
  readonly onEvent: (event: SuiteEvent) => void;
  /** For `onCall` of the run, or of its clients. */
  readonly onCall: (event: CallEvent) => void;
  /** Ends the spans that are still open, as failed: for a run that was stopped or rejected. Else it does nothing. */
  readonly close: (error?: unknown) => void;
}

/**
 * Makes spans of what happens in one run of a suite: `suite <name>`, and as its parts `stage <build>`, `test <name>` for
 * each attempt, from the creation of its job to the end of the test, and `<service> <method>` for each call to the lab's
 * servers. Warnings, crashes, filed reports and tests without a job are events of the suite's span.
 * docs/observability.md lists names and attributes.
 */
export function traceSuite<Span extends TelemetrySpan, Context>(options: TraceSuiteOptions<Span, Context>): SuiteTrace {
  const spans = new SuiteSpans(options);
  return {
    onEvent: (event) => spans.take(event),
    onCall: (event) => spans.takeCall(event),
    close: (error) => spans.close(error),
  };
}

interface OpenAttempt<Span> {
  readonly span: Span;
  readonly startMs: number;
  readonly results: TestResult[];
}

interface TracedCall {
  readonly call: CallEvent;
  readonly endMs: number;
}

class SuiteSpans<Span extends TelemetrySpan, Context> {
  readonly #options: TraceSuiteOptions<Span, Context>;
  readonly #clock: Clock;
  /** By job. */
  readonly #attempts = new Map<number, OpenAttempt<Span>>();
  /** Before the first event it is not known which suite it is. */
  #earlyCalls: TracedCall[] = [];
  #suite: Span | undefined;
  #within: Context | undefined;
  #staging: Span | undefined;
  #isOver = false;

  constructor(options: TraceSuiteOptions<Span, Context>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  take(event: SuiteEvent): void {
    if (this.#isOver) return;
    const { timeMs } = event;
    const suite = this.#suiteSpan(event);
    switch (event.type) {
      case 'staging': {
        const { build, devServer } = event;
        this.#staging = this.#start(`stage ${build}`, named({ build, dev_server: devServer }), timeMs);
        return;
      }
      case 'staged':
        this.#staging?.end(timeMs);
        this.#staging = undefined;
        return;
      case 'test-scheduled':
      case 'job-adopted':
        this.#startAttempt(event, timeMs);
        return;
      case 'test-result': {
        const { test, attempt, result } = event;
        const job = { test, attempt, jobId: result.jobId, retryOf: null };
        (this.#attempts.get(result.jobId) ?? this.#startAttempt(job, result.startedMs)).results.push(result);
        return;
      }
      case 'progress':
        // All results of a job come before it.
        this.#endAttempts();
        return;
      case 'warning': {
        const { code, message } = event;
        suite.addEvent('warning', named({ code, message }), timeMs);
        return;
      }
      case 'test-not-scheduled': {
        const { test, attempt, status, reason } = event;
        suite.addEvent('test not scheduled', named({ test, attempt, status, reason }), timeMs);
        return;
      }
      case 'crash': {
        const { test, attempt, crash } = event;
        suite.addEvent(
          'crash',
          named({ test, attempt, dump: crash.dump ?? '', signature: crash.signature ?? '' }),
          timeMs,
        );
        return;
      }
      case 'failure-reported': {
        const { test, attempt, route, bugId } = event;
        suite.addEvent('failure reported', named({ test, attempt, route, bug_id: bugId ?? '' }), timeMs);
        return;
      }
      case 'finished': {
        const { verdict, exitCode, board, suiteJobId, summary } = event.outcome;
        suite.setAttributes(named({ verdict, board, exit_code: exitCode, suite_job_id: suiteJobId ?? '' }));
        this.#end(timeMs, verdict === 'OK' || verdict === 'WARNING' ? null : summary);
        return;
      }
      default:
        return;
    }
  }

  takeCall(call: CallEvent): void {
    const traced = { call, endMs: this.#clock.now() };
    if (this.#suite === undefined) this.#earlyCalls.push(traced);
    else this.#traceCall(traced);
  }

  close(error: unknown): void {
    if (this.#isOver) return;
    this.#end(this.#clock.now(), error === undefined ? 'the run did not finish' : messageOf(error));
  }

  #suiteSpan({ suite, timeMs }: SuiteEvent): Span {
    if (this.#suite !== undefined) return this.#suite;
    const { tracer, contextOf, parent } = this.#options;
    const startTime = Math.min(timeMs, ...this.#earlyCalls.map(startOf));
    this.#suite = tracer.startSpan(`suite ${suite}`, { attributes: named({ suite }), startTime, kind: 0 }, parent);
    this.#within = contextOf(this.#suite);
    this.#traceEarlyCalls();
    return this.#suite;
  }

  #traceEarlyCalls(): void {
    for (const call of this.#earlyCalls) this.#traceCall(call);
    this.#earlyCalls = [];
  }

  #start(name: string, attributes: TelemetryAttributes, startTime: number, kind: 0 | 2 = 0): Span {
    return this.#options.tracer.startSpan(name, { attributes, startTime, kind }, this.#within ?? this.#options.parent);
  }

  #startAttempt(
    job: {
      readonly test: string;
      readonly attempt: number;
      readonly jobId: number;
      readonly retryOf: number | null;
    },
    startMs: number,
  ): OpenAttempt<Span> {
    const { test, attempt, jobId, retryOf } = job;
    const retried: TelemetryAttributes = retryOf === null ? {} : { retry_of: retryOf };
    const span = this.#start(`test ${test}`, named({ test, attempt, job_id: jobId, ...retried }), startMs);
    const opened = { span, startMs, results: [] };
    this.#attempts.set(jobId, opened);
    return opened;
  }

  #endAttempts(): void {
    for (const [jobId, { span, startMs, results }] of this.#attempts) {
      const result = worst(results);
      if (result === undefined) continue;
      const { status, hostname, reason, executed } = result;
      span.setAttributes(named({ status, host: hostname ?? '' }));
      if (executed) span.addEvent('started', {}, Math.max(startMs, result.startedMs));
      if (isFailure(status)) span.setStatus({ code: 2, message: reason });
      // The lab's clock may be behind ours: no span ends before it began.
      span.end(Math.max(startMs, ...results.map(({ finishedMs }) => finishedMs)));
      this.#attempts.delete(jobId);
    }
  }

  #traceCall({ call, endMs }: TracedCall): void {
    const { service, method, tries, outcome, error } = call;
    const attributes = named({ service, method, tries, outcome });
    const span = this.#start(`${service} ${method}`, attributes, startOf({ call, endMs }), 2);
    if (outcome !== 'ok') span.setStatus({ code: 2, message: outcome === 'aborted' ? 'aborted' : messageOf(error) });
    span.end(endMs);
  }

  /** @param problem - what went wrong with the suite as a whole; null for nothing */
  #end(timeMs: number, problem: string | null): void {
    this.#isOver = true;
    this.#endAttempts();
    for (const { span, startMs } of this.#attempts.values()) {
      span.setStatus({ code: 2, message: 'not finished when the suite ended' });
      span.end(Math.max(startMs, timeMs));
    }
    this.#attempts.clear();
    this.#traceEarlyCalls();
    for (const span of [this.#staging, this.#suite]) {
      if (problem !== null) span?.setStatus({ code: 2, message: problem });
      span?.end(timeMs);
    }
  }
}

function startOf({ call, endMs }: TracedCall): number {
  return endMs - call.ms;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Attributes under the package's name, so that they are taken for nobody else's. */
function named(attributes: TelemetryAttributes): TelemetryAttributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`dynamic_suite.${name}`, value]));
}
