import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedBuilds, whyClosed } from '../../../src/scheduler/lab-status/closed-builds.js';
import type { LabStatusReport } from '../../../src/scheduler/lab-status/types.js';

interface RecordedCase {
  readonly state: string;
  readonly message: string;
  readonly build: string | null;
  readonly error: { readonly class: string; readonly message: string } | null;
}

const recorded = JSON.parse(
  await readFile(new URL('../../fixtures/scheduler/lab-status.json', import.meta.url), 'utf8'),
) as readonly RecordedCase[];

const open = (message: string): LabStatusReport => ({ state: 'open', message, problem: null });
const build = 'x86-alex-release/R20-2015.0.0-a1-b1584';

describe('a lab is closed as it was recorded', () => {
  test.each(recorded)('$state, $message: $build', ({ state, message, build: name, error }) => {
    const why = whyClosed({ state, message, problem: null }, name);
    // A pattern that is none made the original fail; here it does not count.
    expect(why !== null).toBe(error !== null && error.class === 'TestLabException');
    const pattern = / matches (.*)\.$/.exec(error?.message ?? '')?.[1];
    if (pattern !== undefined) expect(why).toBe(`the lab is closed for ${name ?? ''}, which matches ${pattern}`);
  });
});

test('a lab whose status cannot be had is open', () => {
  expect(whyClosed({ state: null, message: '[.*]', problem: 'no answer' }, build)).toBeNull();
});

test('a closed lab says what its page says', () => {
  const report = { state: 'closed', message: 'Power cut\nuntil noon', problem: null };
  expect(whyClosed(report, build)).toBe('the lab is closed: Power cut until noon');
  expect(whyClosed(report, null)).toBe('the lab is closed: Power cut until noon');
});

test('patterns stand between the first and the last bracket of the first line that has both', () => {
  expect(closedBuilds(open('up ] [\n[lumpy-.* link] x [foo]\n[bar]')).whyClosed('lumpy-release/R1-1.0.0')).toContain(
    'lumpy-.*',
  );
  expect(whyClosed(open('up\n[lumpy-.*] x [foo]'), 'foo')).toBeNull();
  expect(whyClosed(open('up\n[lumpy] foo [x]'), 'foo')).toContain('matches foo');
});

test('a malformed pattern is left out with a note, and the others count', () => {
  const { notes, whyClosed: why } = closedBuilds(open('[(lumpy *x x86-.*/R20]'));
  expect(notes).toEqual([
    'the pattern (lumpy does not count: a group without an end',
    'the pattern *x does not count: nothing to repeat',
  ]);
  expect(why(build)).toContain('x86-.*/R20');
});

test('of patterns without end the first hundred count', () => {
  const { notes, whyClosed: why } = closedBuilds(open(`[${'y '.repeat(100)}x86-.*]`));
  expect(notes).toEqual(['only the first 100 of 101 patterns count']);
  expect(why(build)).toBeNull();
});

test.each([
  ['(a+)+$', 'a'.repeat(400)],
  ['(.*)*(.*)*(.*)*x', 'a'.repeat(400)],
  ['(((((a*)*)*)*)*)*b', 'a'.repeat(400)],
  ['(a|a|a|a)*c', 'a'.repeat(400)],
  [`${'a?'.repeat(100) + 'a'.repeat(100)}b`, 'a'.repeat(150)],
  ['(a{0,30}){0,30}b', 'a'.repeat(400)],
])('a pattern with catastrophic backtracking takes no time: %s', (pattern, name) => {
  const startedMs = performance.now();
  const { whyClosed: why } = closedBuilds(open(`[${pattern}]`));
  expect(why(`${name}!`)).toBeNull();
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

test.each(['((a{999}){999}){999}', '(((){999}){999}){999}', '('.repeat(60) + ')'.repeat(60), 'x'.repeat(501)])(
  'a pattern that is too large is left out: %.30s',
  (pattern) => {
    const { notes } = closedBuilds(open(`[${pattern}]`));
    expect(notes).toHaveLength(1);
  },
);

test('a thousand builds cost little', () => {
  const { whyClosed: why } = closedBuilds(open('[lumpy-.*/R2 .*-firmware (link|daisy_spring)-release.*-b\\d+]'));
  const names = Array.from({ length: 1_000 }, (_, index) => `x86-alex-release/R20-2015.0.${String(index)}`);
  const startedMs = performance.now();
  expect(names.filter((name) => why(name) !== null)).toEqual([]);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test.each([
  ['x86-.*', true],
  ['alex', false],
  ['x86-alex-release/R(19|20)-', true],
  ['x86-alex-release/R(18|19)-', false],
  ['(?:x86|arm)-\\w+-release', true],
  ['x8{1}6-alex-[a-z]{3,}/R[12]\\d-[^a]*-a1', true],
  ['x8{2,}6', false],
  ['x8{0,1}6-a', true],
  ['x86-a{l}', false],
  ['x86{,2}-', true],
  ['x{z}', false],
  ['.*?-b1584$', true],
  ['.*-b158$', false],
  ['^x86', true],
  ['x^86', false],
  ['\\D86', true],
  ['\\d86', false],
  ['x\\S\\d\\-', true],
  ['[]x]86', true],
  ['[^]x]86', false],
  ['[\\w]86[-x]alex', true],
  ['[x-]86[+--]alex', true],
  ['[a\\-x]86', true],
  ['', true],
])('%s is read as it is in Python', (pattern, begins) => {
  const report = pattern === '' ? open('[()]') : open(`[${pattern}]`);
  expect(closedBuilds(report).notes).toEqual([]);
  expect(whyClosed(report, build) !== null).toBe(begins);
});

test.each([
  'a**',
  'a)',
  '(a',
  '[a',
  '[z-a]',
  '[\\d-z]',
  'a{3,2}',
  '\\',
  '\\1',
  '(?=a)',
  '(?P<n>a)',
  '\\b',
  '|*',
  '[a-',
])('%s is no pattern, or none that is supported', (pattern) => {
  // The brackets around it are the outermost ones.
  const { notes } = closedBuilds(open(`[${pattern} ]`));
  expect(notes).toHaveLength(1);
});

test('what is read is what RegExp would say', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '(a|b)', '(?:ab)', '^', '$', '(a*|b)');
  const quantifier = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{2,}', '*?');
  const piece = fc
    .tuple(atom, quantifier)
    .map(([text, often]) => (/[$^]/.test(text) && text.length === 1 ? text : text + often));
  const pattern = fc
    .array(fc.oneof(piece, piece, fc.constant('|')), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      pattern,
      fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 8 }),
      (text, name) => {
        const { notes, whyClosed: why } = closedBuilds(open(`[${text}]`));
        expect(notes).toEqual([]);
        expect(why(name) !== null).toBe(new RegExp(text, 'y').test(name));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('no message is too odd', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (message, name) => {
      const { whyClosed: why } = closedBuilds(open(`[${message}]`));
      expect(['string', 'object']).toContain(typeof why(name));
    }),
  );
});
