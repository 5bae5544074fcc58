import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  boardOfSymbolicBuild,
  BuildNameError,
  buildOfImagePath,
  formatBuildName,
  parseBuildName,
} from '../../../src/clients/dev-server/build-name.js';
import recorded from '../../fixtures/dev-server/builds.json' with { type: 'json' };

test.each([
  ['x86-mario-release/LATEST', 'x86-mario'],
  ['lumpy-release/LATEST', 'lumpy'],
  ['x86-mario-release/R19-1998.0.0', undefined],
  ['x86-mario-release/LATEST/', undefined],
  ['lumpy/LATEST', undefined],
  ['-release/LATEST', undefined],
  ['LATEST', undefined],
])('the board of %s is %s', (build, board) => {
  expect(boardOfSymbolicBuild(build)).toBe(board);
});

test.each([
  ['x86-mario-release/R19-1998.0.0/chromiumos_test_image.bin', 'x86-mario-release/R19-1998.0.0'],
  ['lumpy-release/R65-6583.0.0\n/chromiumos_test_image.bin', 'lumpy-release/R65-6583.0.0'],
  ['x86-alex-release/R18-1655.0.0-a1-b1584/chromiumos_test_image.bin\n', 'x86-alex-release/R18-1655.0.0-a1-b1584'],
  ['trybot-lumpy-paladin/R65-6583.0.0-b3/image.bin', 'trybot-lumpy-paladin/R65-6583.0.0-b3'],
  ['', undefined],
  ['x86-mario-release/R19-1998.0.0', undefined],
  ['../../etc/passwd', undefined],
  ['../R19-1998.0.0/image.bin', undefined],
  ['x86-mario-release/../R19-1998.0.0/image.bin', undefined],
  ['x86-mario-release/LATEST/image.bin', undefined],
  ['<html>R19-1998.0.0/image.bin', undefined],
  ['x/R1-1\nfoo: bar/image.bin', undefined],
  [`${'x'.repeat(5_000)}/R1-1/image.bin`, undefined],
])('the build of the image %j is %s', (path, build) => {
  expect(buildOfImagePath(path)).toBe(build);
});

describe('a build name', () => {
  const taken = recorded.buildNames.parse_build_name.map(([name, parts]) => [JSON.stringify(name), parts] as const);

  test.each(taken)('is taken apart as the lab does it: %s', (text, parts) => {
    const name = String(JSON.parse(text));
    if (!Array.isArray(parts)) {
      expect(() => parseBuildName(name)).toThrow(BuildNameError);
      return;
    }
    const [board, type, milestone, version] = parts;
    const trybot = name.startsWith('trybot-');
    expect(parseBuildName(name)).toEqual({
      board,
      type,
      milestone: milestone === null ? null : Number(milestone),
      version,
      trybot,
    });
  });

  test('is put together as the lab does it; without a release it is the symbolic name', () => {
    const [alex] = recorded.buildNames.build_name;
    expect(formatBuildName({ board: 'x86-alex', type: 'release', milestone: 20, version: '2015.0.0' })).toBe(alex);
    expect(formatBuildName({ board: 'b', type: 'firmware' })).toBe('b-firmware/LATEST');
  });

  test.each([
    { board: '', type: 'release' },
    { board: 'link', type: 'release-group' },
    { board: 'link', type: '' },
    { board: 'trybot-link', type: 'release' },
    { board: 'link/x', type: 'release' },
    { board: 'link', type: 'release', milestone: 20 },
    { board: 'link', type: 'release', version: '1.0.0' },
    { board: 'link', type: 'release', milestone: -1, version: '1.0.0' },
    { board: 'link', type: 'release', milestone: 1.5, version: '1.0.0' },
    { board: 'link', type: 'release', milestone: 20, version: '1.0.0-rc1' },
    { board: 'link', type: 'release', milestone: 20, version: '1/../..' },
    { board: 'x'.repeat(2_000), type: 'release' },
  ])('is not made of parts that cannot be read back: %#', (parts) => {
    expect(() => formatBuildName(parts)).toThrow(BuildNameError);
  });

  const word = fc.stringMatching(/^[a-z\d_]{1,12}$/);
  const parts = fc.record({
    board: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('-')),
    type: word,
    release: fc.option(
      fc.record({ milestone: fc.nat({ max: 999_999_999 }), version: fc.stringMatching(/^[\d.ab-]{1,20}$/) }),
    ),
    trybot: fc.boolean(),
  });

  test('that is put together comes apart again', () => {
    fc.assert(
      fc.property(parts, ({ board, type, release, trybot }) => {
        fc.pre(!board.startsWith('trybot-'));
        const whole = { board, type, trybot, milestone: release?.milestone ?? null, version: release?.version ?? null };
        expect(parseBuildName(formatBuildName(whole))).toEqual(whole);
      }),
    );
  });

  test('of any text is a name or a BuildNameError, in time', () => {
    const hostile = fc.array(fc.constantFrom('trybot-', '-', '/', 'R', 'R1-', 'a', 'LATEST', '\n', '\0', 'é'), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(hostile, (texts) => {
        try {
          expect(parseBuildName(texts.join('')).board).toMatch(/^[\w-]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(BuildNameError);
        }
      }),
    );
    expect(() => parseBuildName('-'.repeat(5_000_000))).toThrow(BuildNameError);
    expect(() => parseBuildName(`link-release/R1-${'1'.repeat(1_000)}`)).toThrow(BuildNameError);
  });
});
