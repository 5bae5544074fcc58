import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureAnchor, type AnchorFacts } from '../../src/bugs/failure-anchor.js';

const build = 'x86-mario-release/R19-1998.0.0';

function anchorOf(changes: Partial<AnchorFacts> = {}): string {
  return failureAnchor({ suite: 'bvt', test: 'a', reason: '', board: 'x86-mario', builds: [build], ...changes });
}

describe('what varies from run to run is levelled out of the reason', () => {
  test.each([
    ['Timeout after 30 s', 'Timeout after # s'],
    ['1.5 GB of 16 GB left at 10.0.0.7', '# GB of # GB left at #'],
    ['segfault at 0x7ffdeadbeef', 'segfault at #'],
    [`${build} does not boot`, 'BUILD does not boot'],
    ['R19-1998.0.0 and R18-1655.0.0-a1-b1584', 'BUILD and BUILD'],
    ['x86-mario is slow, x86_mario too', 'BOARD is slow, BOARD too'],
    ['chromeos-x86-mario-host', 'chromeos-BOARD-host'],
    ['many\r\n\tlines\u0000 ', 'many lines'],
    ['braces } and , and \\', 'braces } and , and \\'],
  ])('%j', (reason, levelled) => {
    expect(anchorOf({ reason })).toBe(`TestFailure{bvt,a,${levelled}}`);
  });

  test('a board’s name inside a word is that word’s', () => {
    expect(anchorOf({ board: 'link', reason: 'blinking on link' })).toBe('TestFailure{bvt,a,blinking on BOARD}');
  });

  test('a board or a build with signs that mean something in expressions is only itself', () => {
    const facts = { board: 'a.b*', builds: ['a(b+/c|', ''], reason: 'axb* a.b* a(b+/c|' };
    expect(anchorOf(facts)).toBe('TestFailure{bvt,a,axb* BOARD BUILD}');
  });
});

test('two builds and two boards have one anchor', () => {
  const on = (board: string, release: string) => {
    const name = `${board}-release/${release}`;
    return failureAnchor({
      suite: 'bvt',
      test: `${name}/bvt/a_SERVER_JOB`,
      reason: `${name}: ${board} did not come back in ${String(board.length)} min`,
      board,
      builds: [name],
    });
  };
  expect(on('lumpy', 'R20-2268.41.0')).toBe(on('x86-alex', 'R18-1655.0.0-a1-b1584'));
});

test('other tests, suites and reasons have other anchors', () => {
  const anchors = [
    anchorOf(),
    anchorOf({ test: 'b' }),
    anchorOf({ suite: 'au' }),
    anchorOf({ reason: 'x' }),
    anchorOf({ suite: 'bvt,a', test: 'b' }),
    anchorOf({ suite: 'bvt', test: 'a,b' }),
    anchorOf({ suite: 'bvt\\', test: ',b' }),
    anchorOf({ test: 'a1' }),
    anchorOf({ test: 'a2' }),
  ];
  expect(new Set(anchors).size).toBe(anchors.length);
});

describe('whatever the texts hold', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 });

  test('an anchor is one line of bounded length', () => {
    fc.assert(
      fc.property(text, text, text, text, fc.array(text, { maxLength: 3 }), (suite, name, reason, board, builds) => {
        const anchor = failureAnchor({ suite, test: name, reason: reason.repeat(50), board, builds });
        expect(anchor).toMatch(/^TestFailure\{\P{C}*\}$/u);
        expect(anchor.length).toBeLessThan(3000);
      }),
    );
  });

  test('other digits make no other anchor', () => {
    const part = fc.constantFrom('failed', ' after ', ' at 0xab', 's', '.', '-', ': ');
    fc.assert(
      fc.property(fc.array(fc.tuple(part, fc.nat(), fc.nat())), (parts) => {
        const reason = (which: 1 | 2) => parts.map((each) => `${each[0]}${String(each[which])}`).join('');
        expect(anchorOf({ reason: reason(1) })).toBe(anchorOf({ reason: reason(2) }));
      }),
    );
  });

  test('names that differ make anchors that differ', () => {
    const name = fc.stringMatching(/^[a-z,\\{}]{1,8}$/);
    fc.assert(
      fc.property(name, name, name, name, (suite, a, otherSuite, b) => {
        const same = suite === otherSuite && a === b;
        expect(anchorOf({ suite, test: a }) === anchorOf({ suite: otherSuite, test: b })).toBe(same);
      }),
    );
  });

  test('a reason of megabytes takes no longer than one of kilobytes', () => {
    const hostile = ['1.'.repeat(1e6), 'R1-'.repeat(1e6), '0x'.repeat(1e6), ' '.repeat(2e6), 'x86-mari'.repeat(3e5)];
    for (const reason of hostile) expect(anchorOf({ reason }).length).toBeLessThan(400);
  });
});

test('a cut never leaves half a character', () => {
  for (const padding of ['', 'x', 'xx', 'xxx']) {
    const anchor = failureAnchor({
      suite: 's',
      test: `${padding}${'😀'.repeat(400)}`,
      reason: `${padding}${'😀'.repeat(400)}`,
      board: 'b',
      builds: [],
    });
    expect(anchor).not.toMatch(/\p{Cs}/u);
  }
});
