import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLabTime, formatLabTime } from '../../src/clients/lab-time.js';

const zone = 'America/Los_Angeles';
const utc = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`);

test('a time of the lab is read in its zone, in winter and in summer', () => {
  expect(createLabTime(zone).parse('2026-11-21 09:14:54')).toBe(utc('2026-11-21 17:14:54'));
  expect(createLabTime(zone).parse('2026-07-01 09:14:54')).toBe(utc('2026-07-01 16:14:54'));
  expect(createLabTime('Asia/Kolkata').parse('2026-07-01 09:14:54')).toBe(utc('2026-07-01 03:44:54'));
});

test('microseconds are cut', () => {
  expect(createLabTime(zone).parse('2026-11-21 09:14:54.999999')).toBe(utc('2026-11-21 17:14:54'));
});

test.each([
  '',
  'None',
  'yesterday',
  '0000-00-00 00:00:00',
  '2026-02-30 00:00:00',
  '2026-13-01 00:00:00',
  '2026-11-21 24:00:00',
  '2026-11-21 23:60:00',
  '2026-11-21 09:14',
  '2026-11-21',
  '2026-11-21 09:14:54Z',
  ' 2026-11-21 09:14:54',
  '2026-11-21 09:14:54\n',
])('%j is no time', (text) => {
  expect(createLabTime(zone).parse(text)).toBeNull();
});

describe('when clocks are put forward', () => {
  test('the minutes around are read as they are', () => {
    expect(createLabTime(zone).parse('2026-03-08 01:59:59')).toBe(utc('2026-03-08 09:59:59'));
    expect(createLabTime(zone).parse('2026-03-08 03:00:00')).toBe(utc('2026-03-08 10:00:00'));
  });

  test('a time that is left out is taken an hour later', () => {
    expect(createLabTime(zone).parse('2026-03-08 02:30:00')).toBe(createLabTime(zone).parse('2026-03-08 03:30:00'));
  });
});

describe('when clocks are put back', () => {
  test('the minutes around are read as they are', () => {
    expect(createLabTime(zone).parse('2026-11-01 00:59:59')).toBe(utc('2026-11-01 07:59:59'));
    expect(createLabTime(zone).parse('2026-11-01 02:00:00')).toBe(utc('2026-11-01 10:00:00'));
  });

  test('an hour that comes twice is taken for the first', () => {
    expect(createLabTime(zone).parse('2026-11-01 01:30:00')).toBe(utc('2026-11-01 08:30:00'));
  });

  test('both of its hours are written alike', () => {
    expect(formatLabTime(utc('2026-11-01 08:30:00'), zone)).toBe('2026-11-01 01:30:00');
    expect(formatLabTime(utc('2026-11-01 09:30:00'), zone)).toBe('2026-11-01 01:30:00');
  });
});

test('a time is written to the second below', () => {
  expect(formatLabTime(utc('2026-01-01 08:00:00') + 999, zone)).toBe('2026-01-01 00:00:00');
  expect(formatLabTime(-1, 'UTC')).toBe('1969-12-31 23:59:59');
});

test('a zone that does not exist is refused', () => {
  expect(() => createLabTime('Mars/Olympus')).toThrow(RangeError);
});

test('what is written is read back, but for the second of two equal hours', () => {
  const zones = [zone, 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/St_Johns', 'UTC'].map(
    createLabTime,
  );
  const seconds = fc.integer({ min: utc('1995-01-01 00:00:00') / 1000, max: utc('2037-01-01 00:00:00') / 1000 });
  fc.assert(
    fc.property(fc.constantFrom(...zones), seconds, (labTime, second) => {
      const ms = second * 1000;
      const read = labTime.parse(labTime.format(ms));
      expect(read).not.toBeNull();
      if (read !== ms) {
        expect(read).toBeLessThan(ms);
        expect(labTime.format(read ?? 0)).toBe(labTime.format(ms));
      }
    }),
  );
});

test('clocks that are not changed at a full quarter of an hour are read to the second', () => {
  const newfoundland = createLabTime('America/St_Johns');
  expect(newfoundland.format(utc('2010-03-14 03:29:00'))).toBe('2010-03-13 23:59:00');
  expect(newfoundland.format(utc('2010-03-14 03:30:59'))).toBe('2010-03-14 00:00:59');
  expect(newfoundland.format(utc('2010-03-14 03:31:00'))).toBe('2010-03-14 01:01:00');
  expect(newfoundland.format(utc('2010-03-14 03:30:59'))).toBe('2010-03-14 00:00:59');
});
