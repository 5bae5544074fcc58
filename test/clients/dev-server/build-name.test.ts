import { expect, test } from 'vitest';
import { boardOfSymbolicBuild, buildOfImagePath } from '../../../src/clients/dev-server/build-name.js';

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
