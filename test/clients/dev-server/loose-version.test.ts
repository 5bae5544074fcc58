import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions, latestVersion } from '../../../src/clients/dev-server/loose-version.js';

test.each([
  ['R9-500.0.0', 'R20-2226.0.0'],
  ['R19-1998.0.0', 'R19-1999.0.0'],
  ['R19-1999.0.0', 'R19-2003.0.0-a1-b1514'],
  ['R19-2003.0.0', 'R19-2003.0.0-a1-b1514'],
  ['R19-2003.0.0-a1-b999', 'R19-2003.0.0-a1-b1514'],
  ['R50-7800.1', 'R50-7800.1.0'],
  // A number comes before a text.
  ['1.5', '1.x'],
  ['1.2', '1.2b2'],
  ['', '0'],
  ['99999999999999999999', '100000000000000000000'],
])('%s is below %s', (lower, higher) => {
  expect(compareVersions(lower, higher)).toBeLessThan(0);
  expect(compareVersions(higher, lower)).toBeGreaterThan(0);
});

test('zeros before a number and dots make no difference', () => {
  expect(compareVersions('R19-007.0', 'R19-7..0')).toBe(0);
  expect(compareVersions('R19-1998.0.0', 'R19-1998.0.0')).toBe(0);
});

test('the latest is the greatest, wherever it stands', () => {
  expect(latestVersion(['R9-500.0.0', 'R20-2226.0.0', 'R19-2003.0.0-a1-b1514'])).toBe('R20-2226.0.0');
  expect(latestVersion([])).toBeUndefined();
});

test('versions have one order', () => {
  const version = fc
    .array(fc.constantFrom('R', '-', '.', '0', '1', '20', 'a', 'b', 'rc'), { maxLength: 8 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }
      expect(compareVersions(a, a)).toBe(0);
    }),
  );
});
