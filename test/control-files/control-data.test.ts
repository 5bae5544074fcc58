import { describe, expect, test } from 'vitest';
import { parseControlFile } from '../../src/control-files/control-data.js';
import { ControlFileError } from '../../src/control-files/control-file-error.js';
import { renderDiagnostic } from '../../src/control-files/diagnostics.js';
import { isDynamicSuiteError } from '../../src/errors.js';
import { controlFileText } from './control-file-text.js';

const path = 'client/site_tests/power_Idle/control';
const parse = (text: string) => parseControlFile(text, { path });
const parseLenient = (text: string) => parseControlFile(text, { path, strict: false });

function errorOf(text: string | Uint8Array, options: { rejectExperimental?: boolean; maxBytes?: number } = {}) {
  try {
    parseControlFile(text, { path, ...options });
  } catch (error) {
    if (error instanceof ControlFileError) return error;
    throw error;
  }
  throw new Error('no error');
}

describe('a complete file', () => {
  const text = controlFileText(`
SUITE = 'bvt, smoke,'
ATTRIBUTES = 'suite:bvt'
DEPENDENCIES = 'rpm, battery'
TEST_PARAMETERS = 'host, mode'
TEST_CLASS = 'Power'
TEST_CATEGORY = 'Benchmark'
SYNC_COUNT = 2
RETRIES = 1
JOB_RETRIES = '3'
RUN_VERIFY = False
REQUIRE_SSP = 'true'
BUG_TEMPLATE = {'labels': ['power', 'idle'], 'owner': 'me'}
job.run_test('power_Idle')
`);

  test('says everything about its test', () => {
    expect(parse(text)).toEqual({
      path,
      text,
      name: 'power_Idle',
      author: 'Chrome OS Team',
      doc: 'It idles.',
      time: 'SHORT',
      testType: 'client',
      testClass: 'power',
      testCategory: 'benchmark',
      dependencies: ['battery', 'rpm'],
      testParameters: ['host', 'mode'],
      attributes: ['subsystem:default', 'suite:bvt'],
      suites: ['bvt', 'smoke'],
      syncCount: 2,
      retries: 1,
      jobRetries: 3,
      runVerify: false,
      requireSsp: true,
      experimental: false,
      bugTemplate: { labels: ['power', 'idle'], owner: 'me' },
      diagnostics: [],
    });
  });

  test('reads the same from bytes', () => {
    expect(parseControlFile(Buffer.from(text), { path })).toEqual(parse(text));
  });

  test('reads the same through a view into a larger buffer', () => {
    const view = new Uint8Array(Buffer.from(`xx${text}yy`)).subarray(2, 2 + text.length);
    expect(parseControlFile(view, { path })).toEqual(parse(text));
  });
});

test('variables that are not set have the defaults of the lab', () => {
  expect(parse(controlFileText())).toMatchObject({
    testClass: '',
    dependencies: [],
    attributes: [],
    suites: [],
    syncCount: 1,
    retries: 0,
    jobRetries: 0,
    runVerify: true,
    requireSsp: null,
    experimental: false,
    bugTemplate: null,
  });
});

describe('strict mode', () => {
  test('names each required variable that is missing', () => {
    const error = errorOf('NAME = "x"\nTIME = "FAST"\nTEST_TYPE = "client"\n');
    expect(error).toMatchObject({ code: 'ERR_CONTROL_FILE', file: path, line: 1, column: 1, variable: 'AUTHOR' });
    expect(error.diagnostics.map(({ variable }) => variable)).toEqual(['AUTHOR', 'DOC']);
    expect(error.message).toBe(`${path}:1:1: the required variable AUTHOR is missing (and 1 more)`);
  });

  test('says why a required variable that is there cannot be read', () => {
    const error = errorOf(controlFileText('', { NAME: 'make_name()' }));
    expect(error.message).toBe(
      `${path}:3:1: the required variable NAME is missing: it is a call, and only constants are read`,
    );
  });

  test.each([
    ['TIME', '"soon"'],
    ['TIME', '["SHORT"]'],
    ['TEST_TYPE', '"sever"'],
    ['SYNC_COUNT', '0'],
    ['SYNC_COUNT', '"two"'],
    ['RETRIES', '1.5'],
    ['JOB_RETRIES', '[1]'],
    ['RUN_VERIFY', '1'],
    ['REQUIRE_SSP', 'None'],
    ['EXPERIMENTAL', '2'],
  ])('%s = %s is a bad value, with its place', (variable, value) => {
    const error = errorOf(controlFileText(`\n${variable} = ${value}\n`));
    expect(error).toMatchObject({ line: 7, column: 1, variable });
    expect(isDynamicSuiteError(error, 'ERR_CONTROL_FILE')).toBe(true);
  });

  test('reports every problem of a file at once', () => {
    const error = errorOf(controlFileText('SYNC_COUNT = 0\nRUN_VERIFY = "x"\n'));
    expect(error.diagnostics.map(({ variable, line }) => [variable, line])).toEqual([
      ['SYNC_COUNT', 6],
      ['RUN_VERIFY', 7],
    ]);
  });
});

describe('lenient mode', () => {
  test('leaves null for what is missing and the default for what is bad', () => {
    const data = parseLenient('NAME = "x"\nTIME = "soon"\nSYNC_COUNT = 0\n');
    expect(data).toMatchObject({ name: 'x', author: null, doc: null, time: null, testType: null, syncCount: 1 });
    expect(data.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['missing-variable', 'warning'],
      ['missing-variable', 'warning'],
      ['missing-variable', 'warning'],
      ['bad-value', 'error'],
      ['bad-value', 'error'],
    ]);
  });

  test('still refuses text that is not Python', () => {
    expect(() => parseLenient('NAME = "x\n')).toThrow(ControlFileError);
  });
});

describe('where we are better than the original', () => {
  test('D1 a list of strings is taken as its items', () => {
    const data = parse(controlFileText('DEPENDENCIES = [" b ", "a", "a"]\nSUITE = ["bvt", "smoke"]\n'));
    expect(data).toMatchObject({ dependencies: ['a', 'b'], suites: ['bvt', 'smoke'] });
  });

  test('D2 empty items are dropped', () => {
    const data = parse(controlFileText('DEPENDENCIES = "a,,b, "\nSUITE = ""\nATTRIBUTES = ","\n'));
    expect(data).toMatchObject({ dependencies: ['a', 'b'], suites: [], attributes: ['subsystem:default'] });
  });

  test.each([
    ['a NUL byte', 'NAME = "x"\0'],
    ['a bad escape', 'NAME = "\\xzz"'],
    ['an unknown encoding', '# coding: klingon\n'],
    ['an encoding in which a quote may be half of a letter', '# coding: shift_jis\n'],
    ['an encoding that is not the text', Buffer.from('# coding: ascii\n# caf\xe9\n', 'latin1')],
    ['unicode text that is not UTF-8', Buffer.from('# coding: utf-8\nA = u"\xe9"\n', 'latin1')],
    ['a mark and a comment that contradict each other', '\ufeff# coding: latin-1\n'],
    ['bytes joined with unicode text', 'A = "\\xe9" u"b"'],
  ])('D3 %s is the same kind of error as any other', (_, text) => {
    expect(errorOf(text)).toMatchObject({ code: 'ERR_CONTROL_FILE', variable: undefined });
  });

  test('D3 a variable with an odd name is ignored', () => {
    expect(parse(controlFileText('ATTR = 1\n__PROTO__ = 2\nCONSTRUCTOR = 3\n')).diagnostics).toEqual([]);
  });

  test.each([
    ['SUITE = "a", "b"', 'it is a tuple; write a list or one string'],
    ['SUITE = "a" + "b"', 'it is computed by an operator, and only constants are read'],
    ['SUITE = u"caf\\xe9"', 'it is a unicode string with a character outside ASCII'],
    ['SUITE = suite', 'it is a variable, and only constants are read'],
    ['SUITE = NAME = "x"', 'several names are assigned at once, and only NAME = value is read'],
    ['SUITE += ",x"', 'it is changed in place, and only NAME = value is read'],
    ['SYNC_COUNT = 1L', 'it is a long integer'],
  ])('D4 %s is passed over with a reason', (statement, reason) => {
    const [diagnostic] = parse(controlFileText(`${statement}\n`)).diagnostics.filter(({ line }) => line === 6);
    const variable = statement.slice(0, statement.search(/\W/));
    expect(diagnostic).toMatchObject({ code: 'passed-over', severity: 'warning', line: 6, column: 1 });
    expect(diagnostic?.message).toBe(`${variable} was passed over: ${reason}`);
  });

  test('D4 an element that is left out has its own place', () => {
    const { diagnostics, dependencies } = parse(controlFileText('DEPENDENCIES = ["a", b, -1]\n'));
    expect(dependencies).toEqual(['a']);
    expect(diagnostics.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['dropped-element', 6, 22],
      ['dropped-element', 6, 25],
    ]);
  });

  test('D4 nothing is said about variables that no one reads, nor about code', () => {
    expect(parse(controlFileText('FOO = bar()\nif x:\n    SUITE = 1\n')).diagnostics).toEqual([]);
  });

  test('D9 EXPERIMENTAL is read, with a remark', () => {
    const data = parse(controlFileText('EXPERIMENTAL = True\n'));
    expect(data.experimental).toBe(true);
    expect(data.diagnostics).toMatchObject([{ code: 'obsolete-variable', severity: 'warning', line: 6 }]);
    expect(parse(controlFileText('EXPERIMENTAL = "false"\n')).experimental).toBe(false);
  });

  test('D9 EXPERIMENTAL can be refused, as the original does', () => {
    const error = errorOf(controlFileText('EXPERIMENTAL = False\n'), { rejectExperimental: true });
    expect(error).toMatchObject({ variable: 'EXPERIMENTAL', line: 6 });
  });
});

test('a later assignment that cannot be read changes nothing', () => {
  expect(parse(controlFileText('SUITE = "bvt"\nSUITE = suites()\n')).suites).toEqual(['bvt']);
});

test('a value that means little for its variable is taken as the original would, with a remark', () => {
  const data = parse(
    controlFileText('TEST_CLASS = ["a"]\nBUG_TEMPLATE = "x"\nDEPENDENCIES = {"a": "b"}\n', { NAME: '["a", "it\'s"]' }),
  );
  expect(data).toMatchObject({
    name: `['a', "it's"]`,
    testClass: '',
    bugTemplate: null,
    dependencies: ["{'a': 'b'}"],
  });
  expect(data.diagnostics.map(({ code }) => code)).toEqual(['odd-value', 'odd-value', 'odd-value', 'odd-value']);
});

test('a key like __proto__ is an ordinary key', () => {
  const { bugTemplate } = parse(controlFileText('BUG_TEMPLATE = {"__proto__": "x"}\n'));
  expect(Object.entries(bugTemplate ?? {})).toEqual([['__proto__', 'x']]);
});

test('a file that is too long is not read', () => {
  expect(errorOf(controlFileText(), { maxBytes: 20 }).diagnostics).toMatchObject([{ code: 'too-long' }]);
  expect(errorOf('# é'.padEnd(20), { maxBytes: 20 }).message).toContain('more than 20 bytes');
});

test('no byte is lost from text that is not UTF-8', () => {
  const bytes = Buffer.from(controlFileText('SUITE = "caf\xe9"\n'), 'latin1');
  const { text, suites } = parseControlFile(bytes, { path });
  expect(suites).toEqual(['caf\udce9']);
  expect(parseControlFile(text, { path }).suites).toEqual(suites);
});

describe('a diagnostic', () => {
  test('shows its line with a caret, in characters', () => {
    const text = '# coding: utf-8\r\nA = "é"; SUITE = "x", "y"\r\n';
    const [diagnostic] = parseLenient(text).diagnostics.filter(({ code }) => code === 'passed-over');
    if (diagnostic === undefined) throw new Error('no diagnostic');
    expect(renderDiagnostic(diagnostic, text)).toBe(
      `${path}:2:10: warning: SUITE was passed over: it is a tuple; write a list or one string
  A = "é"; SUITE = "x", "y"
           ^`,
    );
  });

  test('shows a window of a long line, and nothing that moves the terminal', () => {
    const text = `A = "${'x'.repeat(500)}\x1b[2J"; SUITE = y\n`;
    const [diagnostic] = parseLenient(text).diagnostics.filter(({ code }) => code === 'passed-over');
    if (diagnostic === undefined) throw new Error('no diagnostic');
    const [, source = '', caret = ''] = renderDiagnostic(diagnostic, text).split('\n');
    expect(source.slice(caret.indexOf('^'))).toBe('SUITE = y');
    expect(source).not.toContain('\x1b');
    expect(source.length).toBeLessThan(110);
  });

  test('does without the line when it has another text', () => {
    const [diagnostic] = parseLenient(controlFileText('SUITE = x\n')).diagnostics;
    if (diagnostic === undefined) throw new Error('no diagnostic');
    expect(renderDiagnostic(diagnostic, '')).toMatch(/^[^\n]+$/);
  });
});

test('a ControlFileError without an error is a mistake of the caller', () => {
  expect(() => new ControlFileError([])).toThrow(TypeError);
});
