import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  branchSpecsFault,
  compileBranchSpecs,
  fitsBranch,
  resolveMilestone,
} from '../../../src/scheduler/config/branch-specs.js';

const fits = (specs: readonly string[], branch: number | 'factory' | 'firmware', topOfTree: number | null = 50) =>
  fitsBranch(specs, { branch, topOfTree });

describe('a branch', () => {
  test('without specs fits if it is a milestone', () => {
    expect([fits([], 50), fits([], 'factory'), fits([], 'firmware')]).toEqual(['fits', 'other-branch', 'other-branch']);
  });

  test('fits no spec that names only factory or firmware, unless it is the one', () => {
    expect([fits(['firmware'], 'firmware'), fits(['firmware'], 'factory'), fits(['firmware'], 50)]).toEqual([
      'fits',
      'other-branch',
      'other-branch',
    ]);
  });

  test('is compared as a number', () => {
    expect([fits(['>=R18'], 100), fits(['>=R18'], 9), fits(['<=R100'], 18)]).toEqual(['fits', 'other-branch', 'fits']);
  });

  test('must satisfy every constraint (C5)', () => {
    const specs = ['>=R18', '<=R20', 'factory'];
    const fitting = [17, 18, 19, 20, 21].filter((milestone) => fits(specs, milestone) === 'fits');
    expect(fitting).toEqual([18, 19, 20]);
    expect(fits(specs, 'factory')).toBe('fits');
  });

  test('fits tot-N for any N, in any case (C5)', () => {
    expect([fits(['==tot-12'], 38), fits(['==ToT-12'], 38), fits(['>=TOT'], 51), fits(['<=tot-2'], 49)]).toEqual([
      'fits',
      'fits',
      'fits',
      'other-branch',
    ]);
  });

  test('is undecided only where the unknown top of the tree decides', () => {
    expect(fits(['>=tot-2'], 50, null)).toBe('top-of-tree-unknown');
    expect(fits(['>=R40', '<=tot'], 39, null)).toBe('other-branch');
    expect(fits(['>=R40'], 40, null)).toBe('fits');
    expect(fits(['>=tot', 'firmware'], 'firmware', null)).toBe('fits');
  });

  test('fits the compiled specs as it fits the constraints one by one', () => {
    const constraint = fc.tuple(fc.constantFrom('>=', '==', '<='), fc.integer({ min: 0, max: 60 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(constraint, { minLength: 1, maxLength: 4 }), fc.nat({ max: 120 }), (constraints, branch) => {
        const specs = constraints.map(([operator, n, below]) => `${operator}${below ? `tot-${n}` : `R${n}`}`);
        const expected = constraints.every(([operator, n, below]) => {
          const milestone = below ? 50 - n : n;
          if (operator === '>=') return branch >= milestone;
          return operator === '<=' ? branch <= milestone : branch === milestone;
        });
        expect(compileBranchSpecs(specs, 50)(branch)).toBe(expected ? 'fits' : 'other-branch');
      }),
    );
  });
});

describe('specs', () => {
  test.each([
    ['R18', '"==R18"'],
    ['=tot-2', '"==tot-2"'],
    ['>R18', '">=R18"'],
    ['<tot', '"<=tot"'],
    ['>=r18', '">=R18"'],
    ['tot', '"==tot"'],
    ['Firmware', '"firmware"'],
  ])('%s could never fire, and most likely was meant as %s', (spec, meant) => {
    expect(branchSpecsFault([spec])).toContain(`found "${spec}"; did you mean ${meant}?`);
  });

  test.each(['', '>=', '!=R18', 'release', '==R18a', '==tot-1x', '==R9999999999', `==R${'1'.repeat(100_000)}`])(
    '%.20s is no spec, and nobody knows what was meant',
    (spec) => {
      const fault = branchSpecsFault([spec]);
      expect(fault).toContain('expected "factory"');
      expect(fault?.length).toBeLessThan(200);
    },
  );

  test.each([[['>=R20', '<=R18']], [['==R18', '==R19']], [['>=tot', '<=tot-1']], [['==tot-1', '>=tot', '>=R1']]])(
    '%j contradict each other',
    (specs) => {
      expect(branchSpecsFault(specs)).toBe(`no milestone satisfies all of ${specs.join(', ')}`);
    },
  );

  test.each([[['>=R20', '<=tot-30']], [['>=R18', '<=R18']], [['factory', '>=R20', '<=R18']], [[]]])(
    '%j may fit some day',
    (specs) => {
      expect(branchSpecsFault(specs)).toBeNull();
    },
  );

  test('are refused when a caller did not vet them', () => {
    expect(() => compileBranchSpecs(['R18'], 50)).toThrow('"branchSpecs": expected');
  });
});

test('a milestone is resolved where it can be', () => {
  expect(['tot', 'tot-2', 'R48', '48', 'x'].map((spec) => resolveMilestone(spec, 50))).toEqual([50, 48, 48, 48, null]);
  expect(['tot', 'R48'].map((spec) => resolveMilestone(spec, null))).toEqual([null, 48]);
});
