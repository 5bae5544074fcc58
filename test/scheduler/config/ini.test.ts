import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDynamicSuiteError } from '../../../src/errors.js';
import { iniValues } from '../../../src/scheduler/config/ini-values.js';
import { parseIni } from '../../../src/scheduler/config/ini.js';

/** Section → key → value; a value that could not be put together is its fault in an Error. */
function read(text: string) {
  return Object.fromEntries(
    iniValues(parseIni(text)).map(({ name, values }) => [
      name,
      Object.fromEntries(
        [...values].map(([key, { text: value, fault }]) => [key, fault === null ? value : Error(fault)]),
      ),
    ]),
  );
}

function errorOf(text: string, file?: string): unknown {
  try {
    iniValues(parseIni(text, file), file);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a line', () => {
  test('has a key and a value with a colon or an equals sign, whichever comes first', () => {
    expect(read('[T]\na: 1\nb=2\nc = x:y\nd : x=y\ne:\n')).toEqual({
      T: { a: '1', b: '2', c: 'x:y', d: 'x=y', e: '' },
    });
  });

  test('has a key in any case, and a value that keeps its own', () => {
    expect(read('[T]\nRun_On: Nightly\n')).toEqual({ T: { run_on: 'Nightly' } });
  });

  test('that is indented continues a value', () => {
    expect(read('[T]\nboards: a,\n  b,\n\tc\n\n  d\npool: x\n')).toEqual({ T: { boards: 'a,\nb,\nc\nd', pool: 'x' } });
  });

  test('that begins with # or ; is a comment, indented or not (C8)', () => {
    expect(read('# x\n[T]\n;y\n  # z\na: 1\n  # not its value\n\t; nor this\n  2\n')).toEqual({ T: { a: '1\n2' } });
  });

  test('that begins with "rem" is a comment, though not one with a longer word', () => {
    expect(read('[T]\nREM: x\nrem\nremark: 1\n')).toEqual({ T: { rem: 'x', remark: '1' } });
  });

  test('ends its value at the first semicolon if white space precedes it, and at no other sign', () => {
    expect(read('[T]\na: 1 ; x\nb: 1;2 ; x\nc: 1 # x\nd: ""\n')).toEqual({
      T: { a: '1', b: '1;2 ; x', c: '1 # x', d: '' },
    });
  });

  test('may end as on Windows', () => {
    expect(read('[T]\r\na: 1\r\n  2\r\n')).toEqual({ T: { a: '1\n2' } });
  });
});

describe('a section', () => {
  test('that stands there twice is one, and of a key the last counts', () => {
    const text = '[T]\na: 1\nb: 1\n[U]\n[T]\nb: 2\n';
    expect(read(text)).toEqual({ T: { a: '1', b: '2' }, U: {} });
    expect(parseIni(text).sections.map(({ name, line }) => [name, line])).toEqual([
      ['T', 1],
      ['U', 4],
    ]);
  });

  test('ends at the first bracket', () => {
    expect(Object.keys(read('[ T ]\n[U] x\n[V]]\n'))).toEqual([' T ', 'U', 'V']);
  });

  test('has what [DEFAULT] says, wherever that stands, and says otherwise itself', () => {
    expect(read('[T]\na: 1\n[DEFAULT]\na: 0\nb: 0\n[default]\n')).toEqual({
      T: { a: '1', b: '0' },
      default: { a: '0', b: '0' },
    });
  });

  test('may be called like a member of every object', () => {
    expect(read('[constructor]\ntostring: 1\n[hasOwnProperty]\n')).toEqual({
      constructor: { tostring: '1' },
      hasOwnProperty: {},
    });
  });

  test('tells the lines of its keys', () => {
    const [section] = iniValues(parseIni('[DEFAULT]\nd: 1\n\n[T]\n# x\na: 1\n  2\nb: 3\n'));
    expect([...(section?.values ?? [])].map(([key, { line, isInherited }]) => [key, line, isInherited])).toEqual([
      ['d', 2, true],
      ['a', 6, false],
      ['b', 8, false],
    ]);
  });
});

describe('a text that cannot be read as a whole', () => {
  test.each([
    [
      'without a section',
      '\n# x\nsuite: s\n',
      3,
      'expected a section such as [NightlyBvt] before anything else, found "suite: s"',
    ],
    ['with a byte order mark', '\uFEFF[T]\n', 1, 'begins with a byte order mark; save it as UTF-8 without one'],
    ['with a line of something else', '[T]\na: 1\nwhat\n', 3, '"what" is no section, no "key: value" and no comment'],
    ['with a key without a name', '[T]\n: 1\n', 2, '": 1" is no section, no "key: value" and no comment'],
    ['with an empty head', '[]\n', 1, 'expected a section such as [NightlyBvt] before anything else, found "[]"'],
    ['with an indented key below the head', '[T]\n a: 1\n', 2, '"a: 1" is no section, no "key: value" and no comment'],
  ])('%s is one error with file and line', (_, text, line, problem) => {
    expect(errorOf(text, 'suites.ini')).toMatchObject({
      code: 'ERR_SCHEDULER_CONFIG',
      file: 'suites.ini',
      line,
      message: `suites.ini, line ${line}: ${problem}`,
    });
  });

  test('names all its bad lines', () => {
    expect(errorOf('[T]\nx\na: 1\ny\nz\n')).toMatchObject({
      message:
        'the configuration of the scheduler, line 2: "x" is no section, no "key: value" and no comment; nor are lines 4, 5',
    });
  });

  test.each([
    ['more characters', 'x'.repeat(10_000_001), 'is longer than 10000000 characters'],
    ['more sections', Array.from({ length: 5_001 }, (_, n) => `[s${n}]\n`).join(''), 'more than 5000 sections'],
    ['more keys', `[T]\n${Array.from({ length: 1_001 }, (_, n) => `k${n}:\n`).join('')}`, 'more than 1000 keys'],
  ])('may have %s than anybody needs', (_, text, problem) => {
    expect(errorOf(text)).toMatchObject({ code: 'ERR_SCHEDULER_CONFIG', message: expect.stringContaining(problem) });
  });
});

describe('a reference', () => {
  test('stands for a key of the section or of [DEFAULT], through several of them', () => {
    expect(read('[DEFAULT]\nbase: bvt\n[T]\na: %(B)s-x\nb: %(base)s%%\nc: %(__name__)s\n')).toEqual({
      T: { base: 'bvt', a: 'bvt%-x', b: 'bvt%', c: 'T' },
    });
  });

  test.each([
    ['%(x)s', '"%(x)s" stands for no key of the section or of [DEFAULT]'],
    ['50%', '"%" must be followed by "%" or "(name)s", found "%"'],
    ['%d', '"%" must be followed by "%" or "(name)s", found "%d"'],
    ['%(a', '"%" must be followed by "%" or "(name)s", found "%(a"'],
    ['%(a)', '"%" must be followed by "%" or "(name)s", found "%(a)"'],
    ['%()s', '"%" must be followed by "%" or "(name)s", found "%()s"'],
    ['%(a)s', '%(name)s more than 10 deep, or in a circle'],
    ['x'.repeat(32_769), 'is longer than 32768 characters'],
  ])('that is wrong spoils its own value only: %.20s', (value, fault) => {
    expect(read(`[T]\na: ${value}\nb: 1\n`)).toEqual({ T: { a: Error(fault), b: '1' } });
  });

  test('never makes a value that is longer than one may be', () => {
    expect(read(`[T]\na: ${'x'.repeat(30_000)}\nb: %(a)s%(a)s\n`).T?.b).toEqual(
      Error('is longer than 32768 characters'),
    );
  });

  test('never makes more work than a file is worth, even if it stands for nothing', () => {
    const level = (n: number) => `k${n}: ${`%(k${n + 1})s`.repeat(4_000)}\n`;
    const text = `[T]\n${Array.from({ length: 9 }, (_, n) => level(n)).join('')}k9:\n`;
    expect(errorOf(text, 'bomb.ini')).toMatchObject({
      message: 'bomb.ini, line 1: what [DEFAULT] and %(name)s stand for is more than 10000000 characters in all',
    });
  });

  test('cannot multiply [DEFAULT] without bounds', () => {
    const keys = Array.from({ length: 1_000 }, (_, n) => `key${n}: ${'x'.repeat(20)}\n`).join('');
    const sections = Array.from({ length: 5_000 }, (_, n) => `[s${n}]\n`).join('');
    expect(errorOf(`[DEFAULT]\n${keys}${sections}`)).toMatchObject({ code: 'ERR_SCHEDULER_CONFIG' });
  });
});

describe('any text', () => {
  const fragment = fc.constantFrom(
    '[',
    ']',
    '[T]\n',
    'a',
    ':',
    '=',
    ';',
    '#',
    '%(',
    ')s',
    '%',
    ' ',
    '\n',
    '\r',
    '""',
    'rem',
    'DEFAULT',
    'é',
  );

  test('is read, or refused with the one error there is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fragment).map((parts) => parts.join('')),
          fc.string(),
        ),
        (text) => {
          const error = errorOf(text);
          expect(error === undefined || isDynamicSuiteError(error, 'ERR_SCHEDULER_CONFIG')).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of sections that were written is read back', () => {
    const word = fc.stringMatching(/^[a-z][a-z_]{0,8}$/);
    const value = fc
      .stringMatching(/^[A-Za-z0-9%:=.-]([ -:<-~]{0,20}[A-Za-z0-9%])?$/)
      .filter((text) => !/[;#]/.test(text));
    const section = fc.dictionary(
      word.filter((key) => key !== 'rem'),
      fc.array(value, { minLength: 1, maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][\w .-]{0,10}$/), section), (sections) => {
        delete sections.DEFAULT;
        const written = Object.entries(sections).flatMap(([name, keys]) => [
          `[${name}]`,
          ...Object.entries(keys).map(([key, lines]) => `${key}: ${lines.join('\n  ').replaceAll('%', '%%')}`),
        ]);
        const expected = Object.entries(sections).map(([name, keys]) => [
          name,
          Object.fromEntries(Object.entries(keys).map(([key, lines]) => [key, lines.join('\n')])),
        ]);
        expect(read(written.join('\n'))).toEqual(Object.fromEntries(expected));
      }),
    );
  });

  test.each([
    ['lines of nothing', (size: number) => ' \n'.repeat(size / 2)],
    ['one line of white space', (size: number) => `[T]\na: 1${' '.repeat(size)}`],
    ['one value in many lines', (size: number) => `[T]\na: 1\n${' x\n'.repeat(size / 3)}`],
    ['one open bracket', (size: number) => `[${'['.repeat(size)}`],
    ['bad lines', (size: number) => `[T]\n${'x\n'.repeat(size / 2)}`],
  ])('of the greatest size is read without delay: %s', (_, make) => {
    const text = make(9_900_000);
    // A reader that went over it once per line or per character would not come to an end within the test's time.
    const error = errorOf(text);
    expect(error === undefined || isDynamicSuiteError(error, 'ERR_SCHEDULER_CONFIG')).toBe(true);
  });
});
