/** A time as ISO 8601 in UTC; null where there is none, or none that a calendar has. */
export function isoTime(ms: number | null): string | null {
  if (ms === null) return null;
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** How long something took in ms, never less than nothing; null while an end is missing. */
export function tookMs(startedMs: number | null, finishedMs: number | null): number | null {
  if (startedMs === null || finishedMs === null) return null;
  const took = finishedMs - startedMs;
  return Number.isFinite(took) ? Math.max(0, took) : null;
}
