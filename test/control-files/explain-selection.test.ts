import { describe, expect, test } from 'vitest';
import { explainSelection, type SelectionExplanation } from '../../src/control-files/explain-selection.js';
import { findTests } from '../../src/control-files/find-tests.js';
import { memoryControlFiles } from '../../src/control-files/memory-control-files.js';
import {
  and,
  attribute,
  inSuite,
  nameEquals,
  nameMatches,
  not,
  or,
  predicate,
  type TestPredicate,
} from '../../src/control-files/predicates.js';
import { renderSelection } from '../../src/control-files/render-selection.js';
import type { ControlFileGetter } from '../../src/control-files/types.js';
import { controlFileText, suiteTest } from './control-file-text.js';
import { fixture } from './recorded-cases.js';

const path = 'client/site_tests/power_Idle/control';

async function explain(text: string, ...predicates: readonly TestPredicate[]): Promise<SelectionExplanation> {
  const [explanation] = await explainSelection({ getter: memoryControlFiles({ [path]: text }), predicates });
  if (explanation === undefined) throw new Error('nothing explained');
  return explanation;
}
const decidedBy = async (asked: TestPredicate, more = '') => {
  const { reason } = await explain(controlFileText(more), asked);
  return reason.kind === 'predicate'
    ? reason.decidedBy.map(({ description, holds }) => [description, holds])
    : reason.kind;
};

test('an explanation and a search agree on every file of the recording', async () => {
  const { find }: { find: { files: Readonly<Record<string, string>> } } = JSON.parse(fixture('discovery.json'));
  const options = { getter: memoryControlFiles(find.files), predicates: [inSuite('s')], suite: 's' };
  const [explanations, found] = [await explainSelection(options), await findTests(options)];
  const pathsOf = (each: readonly { readonly path: string }[]) => each.map((one) => one.path).sort();
  const ofKind = (kind: string) => pathsOf(explanations.filter(({ reason }) => reason.kind === kind));
  expect(pathsOf(explanations)).toEqual(Object.keys(find.files).sort());
  expect(pathsOf(explanations.filter(({ selected }) => selected))).toEqual(pathsOf(found.tests));
  expect(ofKind('selected')).toEqual(pathsOf(found.tests));
  expect(ofKind('not-parsed')).toEqual(pathsOf(found.skipped));
  expect(ofKind('left-out')).toHaveLength(Object.keys(find.files).length - found.listed);
});

test('what is explained is plain data', async () => {
  const explanation = await explain(controlFileText('SUITE = "smoke"\n'), inSuite('bvt'));
  expect(JSON.parse(JSON.stringify(explanation))).toEqual({
    path,
    name: 'power_Idle',
    selected: false,
    reason: {
      kind: 'predicate',
      predicate: 'in suite bvt',
      decidedBy: [{ description: 'in suite bvt', holds: false, variable: 'SUITE', values: ['smoke'] }],
    },
    diagnostics: [],
  });
});

describe('the predicate that said no is named', () => {
  test('the first of several', async () => {
    const { reason } = await explain(controlFileText(), nameEquals('power_Idle'), inSuite('a'), inSuite('b'));
    expect(reason).toMatchObject({ predicate: 'in suite a' });
  });

  const yes = predicate('yes', () => true);
  const no = predicate('no', () => false);
  const alsoNo = predicate('also no', () => false);

  test.each<readonly [string, TestPredicate, unknown]>([
    ['by itself', no, [['no', false]]],
    ['the part of an and', and(yes, no, alsoNo), [['no', false]]],
    [
      'all parts of an or',
      or(no, alsoNo),
      [
        ['no', false],
        ['also no', false],
      ],
    ],
    ['what a not denies', not(yes), [['yes', true]]],
    ['the part of an or that a not denies', not(or(no, yes)), [['yes', true]]],
    [
      'all parts of an and that a not denies',
      not(and(yes, not(no))),
      [
        ['yes', true],
        ['no', false],
      ],
    ],
    [
      'as deep as it goes',
      and(yes, or(no, and(yes, not(yes)))),
      [
        ['no', false],
        ['yes', true],
      ],
    ],
    ['an empty or', or(), [['', false]]],
    ['an attribute', attribute('suite:bvt and not (subsystem:a or subsystem:b)'), [['attribute subsystem:b', true]]],
    ['a constant', attribute('False'), [['attributes: False', false]]],
    ['an attribute by itself', attribute('x'), [['attributes: x', false]]],
  ])('%s', async (_, asked, expected) => {
    expect(await decidedBy(asked, 'ATTRIBUTES = "suite:bvt, subsystem:b"\n')).toEqual(expected);
  });

  test('a predicate that changes its mind is still named', async () => {
    let asked = 0;
    const fickle = predicate('fickle', () => ++asked > 3);
    expect(await decidedBy(and(fickle))).toBeInstanceOf(Array);
  });
});

describe('a slip of the pen is pointed at', () => {
  const nearMiss = async (asked: TestPredicate, more: string) => {
    const { reason } = await explain(controlFileText(more), asked);
    return reason.kind === 'predicate' ? reason.decidedBy[0]?.nearMiss : undefined;
  };

  test.each<readonly [TestPredicate, string, string]>([
    [inSuite('bvt-cq'), 'SUITE = "smoke, bvt_cq"\n', 'bvt_cq'],
    [inSuite('bvt'), 'SUITE = "BVT"\n', 'BVT'],
    [inSuite('smoke'), 'SUITE = "smoek"\n', 'smoek'],
    [nameEquals('power_Idel'), '', 'power_Idle'],
    [attribute('suite:bvt-cq'), 'ATTRIBUTES = "suite:bvt_cq"\n', 'suite:bvt_cq'],
  ])('$0.description', async (asked, more, value) => {
    expect(await nearMiss(asked, more)).toMatchObject({ value });
  });

  test.each<readonly [TestPredicate, string]>([
    [inSuite('bvt'), 'SUITE = "bvt-cq"\n'],
    [inSuite('bvt'), ''],
    [nameMatches('x'), ''],
    [not(inSuite('bvt')), 'SUITE = "bvt"\n'],
  ])('but nothing else is: $0.description', async (asked, more) => {
    expect(await nearMiss(asked, more)).toBeUndefined();
  });
});

describe('the remarks that bear on the reason come with their lines', () => {
  test('an assignment to the variable that was passed over', async () => {
    const { diagnostics } = await explain(controlFileText('SUITE = "a", "b"\nDEPENDENCIES = x\n'), inSuite('a'));
    expect(diagnostics).toMatchObject([{ code: 'passed-over', variable: 'SUITE', line: 6 }]);
    expect(diagnostics[0]?.rendered).toContain('\n  SUITE = "a", "b"\n  ^');
  });

  test('what keeps a file from being used, errors first, with the name that can be read of it', async () => {
    const explanation = await explain(controlFileText('SUITE = x\nSYNC_COUNT = 0\n'), inSuite('a'));
    expect(explanation).toMatchObject({ name: 'power_Idle', reason: { kind: 'not-parsed' } });
    expect(explanation.diagnostics.map(({ code }) => code)).toEqual(['bad-value', 'passed-over']);
  });

  test('a file that is not Python has no name', async () => {
    const [explanation] = await explainSelection({
      getter: memoryControlFiles({ [path]: Buffer.from('NAME = "x\n') }),
      predicates: [],
    });
    expect(explanation).toMatchObject({ name: null, selected: false, diagnostics: [{ code: 'syntax', line: 1 }] });
    expect(explanation?.diagnostics[0]?.rendered).toContain('NAME = "x');
  });

  test('never more than ten', async () => {
    const { diagnostics } = await explain(controlFileText('SUITE = x\n'.repeat(50)), inSuite('a'));
    expect(diagnostics).toHaveLength(10);
  });
});

describe('a server that narrows the search', () => {
  const files = {
    'client/site_tests/a/control': suiteTest('a', 'bvt'),
    'client/site_tests/b/control': suiteTest('b', 'bvt'),
    'client/deps/c/control': suiteTest('c', 'bvt'),
  };
  const memory = memoryControlFiles(files);
  const narrowing: ControlFileGetter = {
    list: async (options) => (options?.suite === undefined ? memory.list() : ['client/site_tests/a/control']),
    read: memory.read,
  };

  test('and lacks a file in its map is told, without reading the file', async () => {
    const read: string[] = [];
    const getter: ControlFileGetter = {
      ...narrowing,
      read: (each, options) => {
        read.push(each);
        return memory.read(each, options);
      },
    };
    const explanations = await explainSelection({ getter, suite: 'bvt', predicates: [inSuite('bvt')] });
    expect(explanations.map((each) => [each.path, each.reason.kind])).toEqual([
      ['client/deps/c/control', 'left-out'],
      ['client/site_tests/a/control', 'selected'],
      ['client/site_tests/b/control', 'not-listed'],
    ]);
    expect(read).toEqual(['client/site_tests/a/control']);
  });

  test('also when it sends the suite at once', async () => {
    const getter: ControlFileGetter = {
      ...narrowing,
      readSuite: async () => new Map([['client/site_tests/b/control', suiteTest('b', 'cq')]]),
    };
    const explanations = await explainSelection({ getter, suite: 'bvt', predicates: [inSuite('bvt')] });
    expect(explanations.map(({ reason }) => reason.kind)).toEqual(['left-out', 'not-listed', 'predicate']);
  });
});

test('a file that cannot be fetched fails the explanation, as it fails the search', async () => {
  const getter: ControlFileGetter = { list: async () => ['a'], read: () => Promise.reject(new Error('gone')) };
  await expect(explainSelection({ getter, predicates: [] })).rejects.toThrow('gone');
});

describe('printed for an author', () => {
  const getter = memoryControlFiles({
    [path]: controlFileText('SUITE = "bvt_cq"\nATTRIBUTES = "subsystem:audio"\n'),
    'client/site_tests/a/control': suiteTest('a', 'bvt-cq'),
    'client/site_tests/b/control': controlFileText('SUITE = "bvt-cq", "smoke"\n', { NAME: '"b"' }),
    'client/site_tests/c/control': 'NAME = "c\n',
    'client/site_tests/d/control': controlFileText('', { NAME: '"d"', TIME: '"soon"' }),
    'client/deps/e/control': '',
    'client/profilers/f/control': '',
    'client/src/debian/control': '',
  });
  const text = async (only?: string, ...predicates: readonly TestPredicate[]) =>
    renderSelection(await explainSelection({ getter, predicates: [inSuite('bvt-cq'), ...predicates] }), { only });

  test('every file has a line, and a reason below it', async () => {
    expect(await text()).toBe(`1 of 8 control files are selected
client/deps/e/control: not selected
  its path is left out: what lies in a folder \`deps\` belongs to tests, and is none
client/profilers/f/control: not selected
  its path is left out: what lies in a folder \`profilers\` belongs to tests, and is none
client/site_tests/a/control (a): selected
client/site_tests/b/control (b): not selected
  in suite bvt-cq: no
    SUITE has nothing
  client/site_tests/b/control:6:1: warning: SUITE was passed over: it is a tuple; write a list or one string
    SUITE = "bvt-cq", "smoke"
    ^
client/site_tests/c/control: not selected
  it cannot be used:
  client/site_tests/c/control:1:8: error: the line ends inside a string
    NAME = "c
           ^
client/site_tests/d/control (d): not selected
  it cannot be used:
  client/site_tests/d/control:4:1: error: TIME must be one of FAST, SHORT, MEDIUM, LONG, LENGTHY
    TIME = "soon"
    ^
client/site_tests/power_Idle/control (power_Idle): not selected
  in suite bvt-cq: no
    SUITE has 'bvt_cq'; did you mean 'bvt-cq'?
client/src/debian/control: not selected
  its path is left out: \`src/debian/control\` describes a package
`);
  });

  test.each([path, 'power_Idle', 'power_Idle/control'])('or only %s', async (only) => {
    expect((await text(only)).split('\n')[0]).toBe(`${path} (power_Idle): not selected`);
  });

  test('the parts that decided stand below the predicate', async () => {
    expect(await text('a', not(or(inSuite('smoke'), nameEquals('a')))))
      .toBe(`client/site_tests/a/control (a): not selected
  not ((in suite smoke) or (named a)): no
    named a: yes
    NAME has 'a'
`);
  });

  test('a test that is not there is answered with those of a similar name', async () => {
    expect(await text('power_Idel')).toMatch(/^no control file of 'power_Idel' was listed; similar: power_Idle/);
    expect(renderSelection([], { only: 'x' })).toBe("no control file of 'x' was listed\n");
  });

  test('many values are cut, and nothing of a file moves the terminal', async () => {
    const suites = Array.from({ length: 20 }, (_, index) => `s${index}`).join(',');
    const hostile = memoryControlFiles({ 'a\x1b[2J/control': suiteTest('\\x1b[2J', suites) });
    const shown = renderSelection(await explainSelection({ getter: hostile, predicates: [inSuite('other')] }));
    expect(shown).toContain("SUITE has 's0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9' and 10 more");
    expect(shown).not.toContain('\x1b');
  });

  test('a file that the suite’s list lacks says so', async () => {
    const memory = memoryControlFiles({ [path]: '' });
    const narrowing: ControlFileGetter = {
      ...memory,
      ignoresSuite: false,
      list: async (o) => (o?.suite ? [] : [path]),
    };
    const explanations = await explainSelection({ getter: narrowing, suite: 'bvt', predicates: [] });
    expect(renderSelection(explanations)).toContain('it was not listed for suite bvt');
  });
});
