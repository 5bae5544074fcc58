import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions } from '../../../src/index.js';
import { nulTokens } from '../../../src/scheduler/builds/git/nul-tokens.js';
import { buildsOfManifest } from '../../../src/scheduler/builds/manifest-path.js';

const recorded: {
  readonly path_match: readonly [board: string, path: string, match: readonly [string, string, string] | null][];
  readonly loose_version_sort: readonly [readonly string[], readonly string[]][];
} = JSON.parse(readFileSync(new URL('../../fixtures/scheduler/manifests.json', import.meta.url), 'utf8'));

/** What is not as it was recorded: the recorded program took a board for a pattern, and looked at no path's end. */
const onPurpose: readonly [why: string, differs: (board: string, path: string) => boolean][] = [
  ['a board is no pattern, and its name has no dots and stars', (board) => /[.*]/.test(board)],
  ['what does not end in .xml is no manifest', (_, path) => !path.endsWith('.xml')],
  ['dots alone are no version', (_, path) => path.endsWith('/...xml')],
];

describe('paths as they were recorded', () => {
  test.each(recorded.path_match)('of %s: %j', (board, path, match) => {
    const found = buildsOfManifest(path, null).filter((build) => build.board === board);
    if (onPurpose.some(([, differs]) => differs(board, path))) {
      expect(found).toEqual([]);
      return;
    }
    const [build] = found;
    expect(found.length).toBeLessThanOrEqual(1);
    expect(build === undefined ? null : [build.type, build.milestone, build.version]).toEqual(
      match && [match[0], Number(match[1]), match[2]],
    );
  });

  test('what differs on purpose does differ', () => {
    for (const [why, differs] of onPurpose) {
      const rows = recorded.path_match.filter(([board, path, match]) => match !== null && differs(board, path));
      expect(rows.length, why).toBeGreaterThan(0);
    }
  });

  test.each(recorded.loose_version_sort)('versions %j in their order', (versions, sorted) => {
    expect(versions.toSorted(compareVersions)).toEqual(sorted);
  });
});

test('whatever a path is, a build of it has a name that can be read again', () => {
  const part = fc.stringMatching(/^[\w.-]{0,12}$/);
  const path = fc.oneof(
    fc.string(),
    fc
      .tuple(part, part, part)
      .map(([folder, milestone, version]) => `build-name/${folder}/pass/${milestone}/${version}.xml`),
    fc
      .tuple(part, fc.nat(99), fc.stringMatching(/^\d[\d.ab-]{0,12}$/))
      .map(([folder, milestone, version]) => `build-name/${folder}/pass/${String(milestone)}/${version}.xml`),
  );
  fc.assert(
    fc.property(path, (text) => {
      for (const build of buildsOfManifest(text, 7)) {
        expect(build.name).toMatch(/^[\w-]+-\w+\/R\d+-[\d.ab-]+$/);
        expect(build.name).toBe(`${build.board}-${build.type}/R${String(build.milestone)}-${build.version}`);
        expect(build.version).toMatch(/\d/);
      }
    }),
  );
});

test('an output is taken apart the same way wherever its chunks end', () => {
  const token = fc
    .oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 3 }))
    .map((text) => text.replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(token), fc.array(fc.integer({ min: 1, max: 9 })), (tokens, sizes) => {
      const bytes = Buffer.from(tokens.map((text) => `${text}\0`).join(''));
      const seen: (string | undefined)[] = [];
      const reader = nulTokens(8, (text) => seen.push(text));
      let at = 0;
      for (const size of sizes) reader.take(bytes.subarray(at, (at += size)));
      if (at < bytes.length) reader.take(bytes.subarray(at));
      expect(seen).toEqual(tokens.map((text) => (Buffer.byteLength(text) > 8 ? undefined : text)));
    }),
  );
});

test('of an output of 100 MB in one piece nothing is kept, and the next piece is whole', () => {
  const seen: (string | undefined)[] = [];
  const reader = nulTokens(4096, (text) => seen.push(text));
  const before = process.memoryUsage().arrayBuffers;
  const part = Buffer.alloc(1024 * 1024, 0x61);
  for (let megabyte = 0; megabyte < 100; megabyte += 1) reader.take(part);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  reader.take(Buffer.from('\0b\0'));
  expect(seen).toEqual([undefined, 'b']);
});

test('a piece that is not UTF-8 is none, and the next one is whole', () => {
  const seen: (string | undefined)[] = [];
  nulTokens(100, (text) => seen.push(text)).take(Buffer.from([0xff, 0xfe, 0, 0x61, 0]));
  expect(seen).toEqual([undefined, 'a']);
});
