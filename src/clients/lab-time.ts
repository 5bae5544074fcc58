/** The lab's wall clock: its servers write times as `YYYY-MM-DD HH:MM:SS` in the lab's zone, without naming it. */
export interface LabTime {
  /**
   * The time in milliseconds since the epoch; microseconds are cut. Null for `None`, for an empty text and for anything
   * that is not a time.
   *
   * An hour that comes twice, when clocks are put back, is taken for the first one. A time that is left out, when they
   * are put forward, is taken for as much later as the clocks were moved.
   */
  parse(text: string): number | null;
  /** The lab's wall clock at a time in milliseconds since the epoch, to the second below. */
  format(ms: number): string;
}

/** The zone that labs are taken to be in unless they say otherwise. */
export const defaultLabTimeZone = 'America/Los_Angeles';

/** @param timeZone - an IANA name, e.g. `America/Los_Angeles`; throws a `RangeError` for one that is not known */
export function createLabTime(timeZone: string): LabTime {
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  const readWallClock = (ms: number): number => {
    const fields: Record<string, number> = {};
    for (const part of formatter.formatToParts(ms)) fields[part.type] = Number(part.value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  /** By the quarter of an hour, which has one offset from its beginning to its end. */
  const offsets = new Map<number, number>();

  /** The wall clock at `ms`, as the UTC time that reads the same. An answer has many times, mostly near each other. */
  const wallClockAt = (ms: number): number => {
    const from = Math.floor(ms / quarterMs) * quarterMs;
    let offset = offsets.get(from);
    if (offset === undefined) {
      const atEnd = readWallClock(from + quarterMs) - (from + quarterMs);
      offset = readWallClock(from) - from;
      // Clocks are changed within this quarter of an hour.
      if (offset !== atEnd) return readWallClock(ms);
      if (offsets.size >= keptOffsets) offsets.clear();
      offsets.set(from, offset);
    }
    return Math.floor(ms / 1000) * 1000 + offset;
  };

  return {
    parse(text) {
      const wall = parseWallClock(text);
      if (wall === null) return null;
      // The zone's offset a day before and a day after: on all but two days a year they are the same.
      const before = wallClockAt(wall - dayMs) - (wall - dayMs);
      const after = wallClockAt(wall + dayMs) - (wall + dayMs);
      const candidates = [wall - before, wall - after].filter((ms) => wallClockAt(ms) === wall);
      return candidates.length > 0 ? Math.min(...candidates) : wall - before;
    },
    format(ms) {
      return new Date(wallClockAt(Math.floor(ms / 1000) * 1000)).toISOString().slice(0, 19).replace('T', ' ');
    },
  };
}

/** {@link LabTime.format} for a single time. */
export function formatLabTime(ms: number, timeZone: string): string {
  return createLabTime(timeZone).format(ms);
}

const dayMs = 24 * 3600_000;

const quarterMs = 15 * 60_000;
const keptOffsets = 4096;

function parseWallClock(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?$/.exec(text);
  if (match === null) return null;
  const iso = `${match[1]}T${match[2]}.000Z`;
  const ms = Date.parse(iso);
  // A 30th of February is read as a day of March, and must not pass.
  return Number.isNaN(ms) || new Date(ms).toISOString() !== iso ? null : ms;
}
