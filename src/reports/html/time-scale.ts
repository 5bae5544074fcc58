/** Where moments lie on a line from 0 to 100 percent. */
export interface TimeScale {
  /** Position in percent, within 0 and 100. */
  at(ms: number): number;
  /** Round times since the start, with their places. */
  readonly ticks: readonly { readonly label: string; readonly percent: number }[];
}

/** A scale for a span of time; `fromMs` is its zero. */
export function timeScale(fromMs: number, toMs: number): TimeScale {
  const spanMs = Math.max(1000, toMs - fromMs);
  const at = (ms: number) => Math.round(Math.min(100, Math.max(0, ((ms - fromMs) / spanMs) * 100)) * 1000) / 1000;
  const stepMs = steps.find((step) => spanMs / step <= mostTicks) ?? Math.ceil(spanMs / mostTicks / day) * day;
  const count = Math.floor(spanMs / stepMs) + 1;
  const ticks = Array.from({ length: count }, (_, index) => ({
    label: tickLabel(index * stepMs),
    percent: at(fromMs + index * stepMs),
  }));
  return { at, ticks };
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const mostTicks = 8;
const steps = [
  ...[1, 5, 10, 30].map((seconds) => seconds * second),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 4, 6, 12, 24].map((hours) => hours * hour),
];

function tickLabel(ms: number): string {
  if (ms === 0) return '0';
  if (ms < minute) return `${String(ms / second)} s`;
  if (ms < hour) return ms % minute === 0 ? `${String(ms / minute)} min` : `${String(ms / second)} s`;
  const minutes = Math.round((ms % hour) / minute);
  return `${String(Math.floor(ms / hour))}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`} h`;
}
