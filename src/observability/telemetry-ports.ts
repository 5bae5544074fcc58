/** What a span, an event of a span or a measured value says of itself. */
export type TelemetryAttributes = Readonly<Record<string, string | number | boolean>>;

/** What {@link traceSuite} needs of a span. Spans of OpenTelemetry fit. */
export interface TelemetrySpan {
  setAttributes(attributes: TelemetryAttributes): unknown;
  /** @param timeMs - in ms since the epoch */
  addEvent(name: string, attributes: TelemetryAttributes, timeMs: number): unknown;
  /** `code` 2 says that what the span is about has failed; the package sets no other. */
  setStatus(status: { readonly code: 2; readonly message: string }): unknown;
  /** @param timeMs - in ms since the epoch */
  end(timeMs: number): unknown;
}

/** What {@link traceSuite} needs of a tracer. Those of OpenTelemetry fit: `trace.getTracer('dynamic-suite')`. */
export interface TelemetryTracer<Span extends TelemetrySpan, Context> {
  /** @param context - what the span is part of; undefined: whatever the tracer takes for that */
  startSpan(name: string, options: TelemetrySpanOptions, context: Context | undefined): Span;
}

/** How a span begins. */
export interface TelemetrySpanOptions {
  readonly attributes: TelemetryAttributes;
  /** In ms since the epoch. */
  readonly startTime: number;
  /** OpenTelemetry's numbers: 0 for what happens in the suite, 2 for a call to a server. */
  readonly kind: 0 | 2;
}

/** What {@link suiteMetrics} needs of a meter. Those of OpenTelemetry fit: `metrics.getMeter('dynamic-suite')`. */
export interface TelemetryMeter {
  createCounter(name: string, options: TelemetryMetricOptions): TelemetryCounter;
  createHistogram(name: string, options: TelemetryMetricOptions): TelemetryHistogram;
}

/** How a metric is described. */
export interface TelemetryMetricOptions {
  readonly description: string;
  /** `s` for seconds; `1` for a count. */
  readonly unit: string;
  /** The names of the attributes that every value has, for systems that want to know them beforehand. */
  readonly labels: readonly string[];
  /** Of a histogram: where its buckets end, in its unit. */
  readonly advice?: { readonly explicitBucketBoundaries: number[] };
}

/** A number that only grows. */
export interface TelemetryCounter {
  add(value: number, attributes: TelemetryAttributes): unknown;
}

/** A distribution of values. */
export interface TelemetryHistogram {
  record(value: number, attributes: TelemetryAttributes): unknown;
}
