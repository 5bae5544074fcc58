/** From a time on, which is not in it, up to and with another one; in ms since the epoch. */
export type TimeSpan = readonly [afterMs: number, upToMs: number];

/** Spans in order, none of which touches another. */
export type TimeSpans = readonly TimeSpan[];

/** Adds a span. Of more than {@link maxSpans} the oldest become one, with what is between them. */
export function addSpan(spans: TimeSpans, [afterMs, upToMs]: TimeSpan): TimeSpans {
  if (upToMs <= afterMs) return spans;
  const touching = spans.filter(([from, to]) => from <= upToMs && to >= afterMs);
  const merged: TimeSpan = [
    Math.min(afterMs, ...touching.map(([from]) => from)),
    Math.max(upToMs, ...touching.map(([, to]) => to)),
  ];
  const all = [...spans.filter((span) => !touching.includes(span)), merged].sort(([a], [b]) => a - b);
  const [first, second] = all;
  if (all.length <= maxSpans || first === undefined || second === undefined) return all;
  return [[first[0], second[1]], ...all.slice(2)];
}

/** What of a span is in none of some others. */
export function spansLeft([afterMs, upToMs]: TimeSpan, others: TimeSpans): TimeSpans {
  const left: TimeSpan[] = [];
  let fromMs = afterMs;
  for (const [from, to] of others) {
    if (from > fromMs) left.push([fromMs, Math.min(from, upToMs)]);
    fromMs = Math.max(fromMs, to);
    if (fromMs >= upToMs) break;
  }
  if (fromMs < upToMs) left.push([fromMs, upToMs]);
  return left.filter(([from, to]) => to > from);
}

/** What of some spans is up to a time. */
export function spansUpTo(spans: TimeSpans, ms: number): TimeSpans {
  return spans.flatMap(([from, to]): TimeSpans => (from < ms ? [[from, Math.min(to, ms)]] : []));
}

/** The end of the last one; -Infinity where there is none. */
export function endOf(spans: TimeSpans): number {
  return spans.at(-1)?.[1] ?? -Infinity;
}

export function isTimeSpans(value: unknown): value is TimeSpans {
  return Array.isArray(value) && value.every(isTimeSpan);
}

const maxSpans = 16;

function isTimeSpan(value: unknown): value is TimeSpan {
  return Array.isArray(value) && value.length === 2 && value.every((ms) => Number.isFinite(ms));
}
