import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseControlFile } from '../../src/control-files/control-data.js';
import { ControlFileError } from '../../src/control-files/control-file-error.js';
import { scanControlFile } from '../../src/control-files/scanner.js';
import { controlFileText } from './control-file-text.js';

const scan = (source: string | Uint8Array) => scanControlFile(source, { path: 'control' });

function valueOf(expression: string): unknown {
  return scan(`A = ${expression}\n`).assignments.find(({ name }) => name === 'a')?.value;
}

function accepts(source: string): boolean {
  try {
    scan(source);
    return true;
  } catch (error) {
    if (error instanceof ControlFileError) return false;
    throw error;
  }
}

describe('constants', () => {
  test.each([
    [`"a" 'b' r"\\c" """d"""`, 'ab\\cd'],
    [`("a"\n"b")`, 'ab'],
    [`" \\t a \\n"`, 'a'],
    [`"\\x1c\\xc2\\xa0"`, '\x1c\u00a0'],
    [`u"\\u0041\\U00000042\\103\\x44"`, 'ABCD'],
    [`ur"\\u0041\\n\\\\u0041"`, 'A\\n\\\\u0041'],
    [`u"\\N{SPACE LIKE}"`, undefined],
    [`u"\\u00e9"`, undefined],
    [
      `"\\q\\
z"`,
      '\\qz',
    ],
    ['0x10', '16'],
    ['010', '8'],
    ['0b11', '3'],
    ['9223372036854775807', '9223372036854775807'],
    ['9223372036854775808', undefined],
    ['9'.repeat(100), undefined],
    ['1L', undefined],
    ['1j', undefined],
    ['0xfL', undefined],
    ['1e3', '1000.0'],
    ['.5', '0.5'],
    ['0.0001', '0.0001'],
    ['0.00001', '1e-05'],
    ['1.5e300', '1.5e+300'],
    ['1e11', '1e+11'],
    ['1e10', '10000000000.0'],
    ['0.1', '0.1'],
    ['1.23456789012345', '1.23456789012'],
    ['100000000000.5', '1e+11'],
    ['100000000001.5', '1.00000000002e+11'],
    ['1e999', 'inf'],
    ['0.0', '0.0'],
    ['None', 'None'],
    ['-1', undefined],
    ['[1, ["a", x], {}, {"k": (1)}]', ['1', ['a'], { k: '1' }]],
    ['{"a": 1, x: 2, None: 3, "b": y, "a": "again"}', { a: 'again' }],
    ['{"a", "b"}', undefined],
    ['[x for x in y]', undefined],
    ['(x for x in y)', undefined],
    ['{x: 1 for x in y}', undefined],
    ['{x for x in y}', undefined],
    ['`1`', undefined],
    ['lambda: 1', undefined],
    ['(yield)', undefined],
    ['yield', undefined],
    ['"a" if 1 else "b"', undefined],
    ['not 1', undefined],
    ['1 < 2', undefined],
    ['"a".b', undefined],
    ['"a"[0]', undefined],
    ['"a"()', undefined],
    ['()', undefined],
    ['{}', undefined],
  ])('A = %s', (expression, value) => {
    expect(valueOf(expression)).toEqual(value);
  });
});

describe('Python 2 that is accepted', () => {
  test.each([
    'print x, y,',
    'print >>f, x',
    'print >>f',
    'print',
    'from __future__ import print_function\nprint(x, file=f)',
    'exec code in a, b',
    'raise E, "x", tb',
    'raise',
    'try:\n  x\nexcept E, e:\n  y\nexcept (A, B) as e:\n  z\nexcept:\n  w\nelse:\n  v\nfinally:\n  u',
    'try:\n  x\nfinally:\n  y',
    'with a as b, c:\n  pass',
    'if a: b\nelif c: d\nelse: e',
    'while 1:\n  break\nelse:\n  continue',
    'for a, (b, c) in d, e:\n  pass',
    'def f(a, (b, c), d=1, *e, **g): return',
    'def f(**k): yield',
    'class C: pass',
    'class C():\n  x = 1',
    'class C(A, B):\n  @d.e(1, *a)\n  def f(self): return 1, 2',
    '@d\nclass C: pass',
    'import a.b as c, d',
    'from . import a',
    'from ..a import (b as c, d,)',
    'from a import *',
    'global a, b',
    'assert a, b',
    'del a, b[0], c.d, (e, f), [g]',
    'a.b = c[1:2, ..., ::3] = [d, e] = f',
    'a <<= 1; b **= 2; c //= 3; d >>= 4',
    'a[1:] += 2',
    'f(a, *b, c=1, **d)',
    'f(x for x in y)',
    'f(a=1,)',
    'lambda a, b=1, *c: a',
    'lambda: (yield)',
    '[x for x in 1, 2, if x if not x]',
    '[lambda: x for x in y if lambda: z]',
    'a if b else c if d else lambda: e',
    'a <> b != c is not d not in e',
    '`a, b`',
    'x = 1if 1else 2',
    '-+~x ** -y',
    'if 1:\n\tx\n        y',
    'if 1:\n  x\n\n # comment\n  y\n',
    'x \\\n = 1',
    'x = 1 \\',
    '   # only a comment',
    '(x\n#c\n)',
    'a\f= 1',
    'return 1',
    'if 1:\n  x',
  ])('%j', (source) => {
    expect(accepts(source)).toBe(true);
  });
});

describe('text that is not Python 2', () => {
  test.each([
    'a = ',
    'a b',
    'a = = b',
    'f() = 1',
    '() = 1',
    '[] = 1',
    'a + b = 1',
    '"a" = 1',
    '(a, 1) = 2',
    '(a, b) += 1',
    'a = yield = b',
    'for f() in x: pass',
    '[x for 1 in y]',
    'del f()',
    'with a as 1: pass',
    'print >>f,',
    'f(a=1, b)',
    'f(*a, b)',
    'f(*a, *b)',
    'f(*a,)',
    'f(**a, b)',
    'f(x for x in y, 1)',
    'f(1, x for x in y)',
    'f(a.b=1)',
    'f((a)=1)',
    'def f(a=1, b): pass',
    'def f(*a, b): pass',
    'def f(a.b): pass',
    'def f(): \nx',
    'if 1:\nx',
    'if 1 x',
    ' x',
    'x\n  y',
    'if 1:\n    x\n  y',
    'else: x',
    'try: x\ny',
    'class: pass',
    '@d\nx',
    'import a.',
    'from a import (b',
    'from a import',
    'global a.b',
    '1 + not x',
    'a not b',
    'a and lambda: x',
    '[x for x in a if b else c]',
    '[x for x in a,]',
    '[1, x for x in y]',
    '{a: 1, b}',
    '{a, b: 1}',
    '{,}',
    '[,]',
    '(,)',
    'a[]',
    'a[1,,2]',
    'a[.]',
    '`a,`',
    '(a',
    'a)',
    '[a)',
    '"a',
    '"""a',
    "'a\nb'",
    '08',
    '0x',
    '1_000',
    '0or 1',
    'a ! b',
    'a ? b',
    'a \\ b',
    'x = "a" ; ; y',
    'u"\\u12"',
    'u"\\U00110000"',
    'u"\\N{DASH}"',
    'u"\\N"',
    '"\\x1"',
    'print = 1',
    'f"a"',
    'a := 1',
    'async def f(): pass\nawait x',
    'caf\u00e9 = 1',
    `${'('.repeat(101)}1${')'.repeat(101)}`,
    Array.from({ length: 101 }, (_, depth) => `${' '.repeat(depth)}if 1:`).join('\n'),
  ])('%j', (source) => {
    expect(accepts(`${source}\n`)).toBe(false);
  });

  test('a bracket that is never closed is reported where it was opened', () => {
    expect(() => scan('a = 1\nb = [1,\n\nc = 2\n')).toThrow(/^control:4:3: /);
    expect(() => scan('a = f(1,\n  [2,\n')).toThrow('control:2:3: a bracket that is never closed');
  });
});

describe('encodings', () => {
  const values = (source: Uint8Array) => scan(source).assignments.map(({ value }) => value);

  test('bytes keep what they are in any encoding in which ASCII stands for itself', () => {
    expect(values(Buffer.from('# coding: koi8-r\nA = "\xc1"', 'latin1'))).toEqual(['\udcc1']);
    expect(values(Buffer.from('A = "é"'))).toEqual(['é']);
    expect(values(Buffer.from('A = "é\xff"', 'latin1'))).toEqual(['\udce9\udcff']);
  });

  test('only the first two lines can declare one, and the second only after a comment', () => {
    expect(accepts('#\n#\n# coding: klingon')).toBe(true);
    expect(accepts('x\n# coding: klingon')).toBe(true);
    expect(accepts('#\n# coding: klingon')).toBe(false);
  });

  test('CR and CRLF are line ends, also within strings', () => {
    expect(values(Buffer.from('A = "x"\rB = """1\r\n2\r3"""\r\n'))).toEqual(['x', '1\n2\n3']);
  });
});

describe('hostile text', () => {
  const fragments = fc.constantFrom(
    ...['A', ' = ', '"', "'", '"""', '\\', '\n', '\r', '(', ')', '[', ']', '{', '}', ',', ':', '#', '1', '0x', 'L'],
    ...['if ', 'else', 'for ', 'in ', 'not ', 'lambda ', 'print ', 'def f', 'u', 'r', '\t', ' ', '\f', '\0', '\u00e9'],
    ...['\\x4', '\\u12', '\\N{', '# coding: utf-8\n', '*', '**', '.', ';', '=', '+=', '`', '@', '\udc80', '\ud800'],
  );
  const texts = fc.array(fragments, { maxLength: 60 }).map((parts) => parts.join(''));

  test('any text is read or is one ControlFileError', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'binary' })), (text) => {
        expect(typeof accepts(text)).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });

  test('any bytes are read or are one ControlFileError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          scan(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ControlFileError);
        }
      }),
    );
  });

  test('the text of any bytes holds them all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const comment = Buffer.concat([Buffer.from('#'), Buffer.from(bytes.filter((byte) => byte !== 0))]);
        const line = Buffer.from(comment.toString('latin1').replace(/[\r\n]/g, ''), 'latin1');
        const { text } = scan(line);
        expect(scan(text).text).toBe(text);
        expect(
          text.replace(/[^]/gu, (c) => (/[\udc80-\udcff]/u.test(c) ? '?' : 'x'.repeat(Buffer.byteLength(c)))),
        ).toHaveLength(line.length);
      }),
    );
  });

  test('any bytes up to 1 MB are read or are one ControlFileError, strictly and leniently', () => {
    const parts = fc.oneof(
      texts.map((text) => Buffer.from(text)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    );
    const required = Buffer.from(controlFileText());
    const bytes = fc
      .tuple(fc.boolean(), fc.array(parts, { maxLength: 3 }), fc.nat(1024 * 1024))
      .map(([isControlFile, [part = Buffer.from(''), ...others], size]) => {
        const start = isControlFile ? required : Buffer.from('');
        const repeated = part.length === 0 ? part : Buffer.alloc(size, part);
        return Buffer.concat([start, ...others, repeated]).subarray(0, 1024 * 1024);
      });
    fc.assert(
      fc.property(bytes, fc.boolean(), (source, strict) => {
        try {
          expect(parseControlFile(source, { path: 'control', strict }).path).toBe('control');
        } catch (error) {
          expect(error).toBeInstanceOf(ControlFileError);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each<readonly [string, string]>([
    ['elements that are dropped', `SUITE = [${'x,'.repeat(500_000)}]`],
    ['statements on one line', 'SUITE=x;'.repeat(125_000)],
    ['a number of eights', `A = 0${'8'.repeat(1_000_000)}.0`],
    ['a number of zeros', `A = ${'0'.repeat(1_000_000)}`],
    ['bytes that are no text', `A = "${'\udc80'.repeat(1_000_000)}"`],
    ['names of suites', `SUITE = "${'a,'.repeat(500_000)}"`],
  ])('1 MB of %s is done with at once', (_, text) => {
    // With quadratic work anywhere, each of them would take minutes.
    const { diagnostics } = parseControlFile(`${text}\n`, { path: 'control', strict: false });
    expect(diagnostics.length).toBeLessThan(200);
  });

  test.each<readonly [string, string]>([
    ['brackets', `A = ${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['calls', `A = ${'f('.repeat(300_000)}`],
    ['lambdas', `A = ${'lambda:'.repeat(140_000)}1`],
    ['parameters', `def f(${'('.repeat(500_000)}`],
    ['back-quotes', `A = ${'`'.repeat(1_000_000)}`],
    ['negations', `A = ${'not '.repeat(250_000)}1`],
    ['signs', `A = ${'- '.repeat(500_000)}1`],
    ['decorators', '@a\n'.repeat(300_000)],
    ['conditions', `A = ${'1 if 1 else '.repeat(80_000)}1`],
    ['blocks', Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}if 1:`).join('\n')],
    ['one-line blocks', 'if 1: '.repeat(150_000)],
  ])('%s without end do not overflow the stack', (_, text) => {
    expect(typeof accepts(`${text}\n`)).toBe('boolean');
  });

  const shapes: readonly (readonly [string, (size: number) => string])[] = [
    ['opening brackets', (size) => `A = ${'['.repeat(size)}`],
    ['closing brackets', (size) => `A = ${']'.repeat(size)}`],
    ['nested brackets', (size) => `A = [${`${'['.repeat(99)}${']'.repeat(99)},`.repeat(size / 200)}]`],
    ['quotes', (size) => `A = ${'"'.repeat(size)}`],
    ['empty strings', (size) => `A = ${'"" '.repeat(size)}`],
    ['triple quotes', (size) => `A = """${'""a'.repeat(size)}"""`],
    ['backslashes', (size) => `A = "${'\\\\'.repeat(size)}"`],
    ['continuations', (size) => `A = 1${'\\\n'.repeat(size)}`],
    ['a long line', (size) => `A = [${'"x", '.repeat(size)}]`],
    ['statements', (size) => 'A = "x"\n'.repeat(size)],
    ['statements that are passed over', (size) => 'SUITE = x\n'.repeat(size)],
    ['unary operators', (size) => `A = ${'-'.repeat(size)}1`],
    ['conditions', (size) => `A = ${'1 if 1 else '.repeat(size)}1`],
    ['attributes', (size) => `A = a${'.b'.repeat(size)}`],
    ['indented blocks', (size) => 'if 1:\n x\n'.repeat(size)],
    ['empty lines', (size) => `${' \n'.repeat(size)}A = 1`],
    ['digits', (size) => `A = ${'9'.repeat(size)}`],
    ['unfinished names of characters', (size) => `A = u"${'\\N{x x}'.repeat(size)}"`],
    ['spaces behind a coding comment', (size) => `# ${'coding: '.repeat(size)}\n`],
  ];

  test.each(shapes)('%s take work in proportion to their length', (_, text) => {
    const work = (size: number) => {
      try {
        return scan(text(size)).steps;
      } catch (error) {
        expect(error).toBeInstanceOf(ControlFileError);
        return 0;
      }
    };
    const [small, large] = [work(1_000), work(10_000)];
    expect(large).toBeLessThanOrEqual(small * 10 + 100);
    expect(large).toBeLessThanOrEqual(2 * text(10_000).length + 10);
  });

  test('100,000 statements take at most two steps a byte', () => {
    const text = 'SUITE = "x"\n'.repeat(50_000) + 'job.f(1)\n'.repeat(50_000);
    const { steps, assignments } = scanControlFile(text, { path: 'control', maxBytes: 2 * text.length });
    expect(assignments).toHaveLength(50_000);
    expect(steps).toBeLessThanOrEqual(2 * text.length);
  });
});
