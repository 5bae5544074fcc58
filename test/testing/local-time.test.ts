import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LocalTime } from '../../src/testing/lab/local-time.js';

test.each<[string, string, readonly string[]]>([
  // The clock goes back, forward, back by half an hour, and a whole day is left out.
  ['America/Los_Angeles', '2026-11-01T08:59:59Z', ['2026-11-01 01:59:59', '2026-11-01 01:00:00']],
  ['America/Los_Angeles', '2026-03-08T09:59:59Z', ['2026-03-08 01:59:59', '2026-03-08 03:00:00']],
  ['Australia/Lord_Howe', '2026-04-04T14:59:59Z', ['2026-04-05 01:59:59', '2026-04-05 01:30:00']],
  ['Pacific/Apia', '2011-12-30T09:59:59Z', ['2011-12-29 23:59:59', '2011-12-31 00:00:00']],
  ['Asia/Kathmandu', '2026-01-01T00:00:00Z', ['2026-01-01 05:45:00', '2026-01-01 05:45:01']],
])('in %s the second after %s is the next one there', (zone, utc, texts) => {
  const time = new LocalTime(zone);
  const ms = Date.parse(utc);
  for (let round = 0; round < 2; round++) expect([time.text(ms), time.text(ms + 1000)]).toEqual(texts);
});

test('a time is the same whether its zone was asked for before or not', () => {
  const zone = fc.constantFrom('America/Los_Angeles', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
  const ms = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2040-01-01') });
  const format = (timeZone: string, at: number) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
  fc.assert(
    fc.property(zone, fc.array(ms, { maxLength: 5 }), (timeZone, times) => {
      const time = new LocalTime(timeZone);
      for (const at of [...times, ...times.map((earlier) => earlier + 1)]) {
        expect(time.text(at)).toBe(format(timeZone, at));
      }
    }),
  );
});
