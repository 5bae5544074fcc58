import { describe, expect, test } from 'vitest';
import { localDays } from '../../../src/scheduler/events/local-days.js';
import { dayMs, hourMs, mondayMs } from '../support/builders.js';

/** What moments there are of an hour between two times of UTC. */
function moments(timeZone: string, hour: number, after: string, upTo: string) {
  const range = { afterMs: Date.parse(after), upToMs: Date.parse(upTo) };
  return localDays(timeZone)
    .moments(hour, range)
    .map(({ ms, date, day }) => `${new Date(ms).toISOString().slice(0, 16)} = ${date} ${day}`);
}

const losAngeles = 'America/Los_Angeles';

describe('an hour of the day', () => {
  test('comes once a day, with its date and the day of the week', () => {
    expect(moments(losAngeles, 21, '2026-01-04T12:00Z', '2026-01-06T12:00Z')).toEqual([
      '2026-01-05T05:00 = 2026-01-04 6',
      '2026-01-06T05:00 = 2026-01-05 0',
    ]);
  });

  test('0 is midnight, the beginning of its day (C7)', () => {
    expect(moments(losAngeles, 0, '2026-01-05T00:00Z', '2026-01-05T23:00Z')).toEqual([
      '2026-01-05T08:00 = 2026-01-05 0',
    ]);
    expect(moments('Asia/Kolkata', 0, '2026-01-05T00:00Z', '2026-01-05T23:00Z')).toEqual([
      '2026-01-05T18:30 = 2026-01-06 1',
    ]);
  });

  test('is after the one end of the range and not after the other', () => {
    const at = '2026-01-05T05:00:00Z';
    expect(moments(losAngeles, 21, at, '2026-01-05T06:00Z')).toEqual([]);
    expect(moments(losAngeles, 21, '2026-01-05T04:59Z', at)).toHaveLength(1);
    expect(moments(losAngeles, 21, at, at)).toEqual([]);
    expect(moments(losAngeles, 21, at, '2026-01-01T00:00Z')).toEqual([]);
  });
});

describe('on the days when clocks change, an hour comes once', () => {
  test.each([
    // Forward: the hour that is left out comes as much later.
    [losAngeles, 2, '2026-03-08', '2026-03-08T10:00'],
    ['Europe/Berlin', 2, '2026-03-29', '2026-03-29T01:00'],
    // By half an hour.
    ['Australia/Lord_Howe', 2, '2026-10-04', '2026-10-03T15:30'],
    // At midnight.
    ['America/Santiago', 0, '2026-09-06', '2026-09-06T04:00'],
    // Back: of the hour that comes twice it is the first.
    [losAngeles, 1, '2026-11-01', '2026-11-01T08:00'],
    ['Europe/Berlin', 2, '2026-10-25', '2026-10-25T00:00'],
    ['Australia/Lord_Howe', 1, '2026-04-05', '2026-04-04T14:00'],
    // Never.
    ['Asia/Kolkata', 2, '2026-03-29', '2026-03-28T20:30'],
  ])('%s at %i on %s', (timeZone, hour, date, utc) => {
    const noonMs = Date.parse(`${date}T12:00Z`);
    const found = localDays(timeZone)
      .moments(hour, { afterMs: noonMs - 2 * dayMs, upToMs: noonMs + 2 * dayMs })
      .filter((moment) => moment.date === date);
    expect(found.map(({ ms }) => new Date(ms).toISOString().slice(0, 16))).toEqual([utc]);
  });

  test.each([losAngeles, 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe'])(
    '%s has each hour of a year 365 times',
    (timeZone) => {
      const days = localDays(timeZone);
      const [start] = days
        .moments(0, { afterMs: Date.parse('2025-12-30'), upToMs: Date.parse('2026-01-03') })
        .slice(-1);
      const afterMs = (start?.ms ?? 0) - 1;
      for (const hour of [0, 1, 2, 3, 23]) {
        const found = days.moments(hour, { afterMs, upToMs: afterMs + 365 * dayMs });
        expect(found).toHaveLength(365);
        expect(new Set(found.map(({ date }) => date)).size).toBe(365);
      }
    },
  );
});

test('times are told in the zone', () => {
  const days = localDays('Asia/Kolkata');
  expect(days.format(mondayMs)).toBe('2026-01-05 22:30');
  expect(days.hourOf(mondayMs)).toBe(22);
  expect(days.dayOf(mondayMs)).toBe(0);
  expect(days.dayOf(mondayMs + 2 * hourMs)).toBe(1);
  expect(localDays(losAngeles).format(mondayMs)).toBe('2026-01-05 09:00');
});

test('a time zone that is not known is refused', () => {
  expect(() => localDays('Mars/Olympus')).toThrow(RangeError);
});
