import { describe, expect, test } from 'vitest';
import type { SuiteTaskOptions } from '../../../src/scheduler/config/suite-task.js';
import { compileBranchSpecs } from '../../../src/scheduler/config/branch-specs.js';
import { branchOf, chooseBuilds } from '../../../src/scheduler/decide/choose-builds.js';
import { aBuild, aTask } from '../support/builders.js';

/** Oldest first. */
const names = [
  'lumpy-release/R27-3900.9.0',
  'lumpy-factory/R20-2000.0.0',
  'lumpy-firmware/R20-2695.9.0',
  'lumpy-paladin/R28-3990.0.0',
  'lumpy-release/R28-3991.0.0',
  'lumpy-firmware/R21-2695.1.0',
  'lumpy-release/R28-3990.0.0',
  'lumpy-release/R29-4000.0.0',
];

function chosen(
  options: Partial<SuiteTaskOptions>,
  pick: 'latest' | 'every' = 'every',
  { builds = names, topOfTree = 29 }: { readonly builds?: readonly string[]; readonly topOfTree?: number | null } = {},
) {
  const task = aTask(options);
  const passed = builds.map((name, at) => aBuild(name, at));
  const {
    builds: found,
    passedOver,
    reason,
  } = chooseBuilds(task, passed, { pick }, compileBranchSpecs(task.branchSpecs, topOfTree));
  const short = ({ name }: { readonly name: string }) => name.replace('lumpy-', '');
  return { builds: found.map(short), passedOver: passedOver.map(short), reason };
}

describe('the branches of a task', () => {
  test('without specs are all milestones, but neither factory nor firmware', () => {
    expect(chosen({}).builds).toEqual([
      'release/R27-3900.9.0',
      'release/R28-3991.0.0',
      'release/R28-3990.0.0',
      'release/R29-4000.0.0',
    ]);
  });

  test.each([
    [
      ['>=R28', '<=R28'],
      ['release/R28-3991.0.0', 'release/R28-3990.0.0'],
    ],
    [['==tot'], ['release/R29-4000.0.0']],
    [['<=tot-2'], ['release/R27-3900.9.0']],
    [['factory'], ['factory/R20-2000.0.0']],
    [['firmware'], ['firmware/R20-2695.9.0', 'firmware/R21-2695.1.0']],
    [
      ['factory', '>=R29'],
      ['factory/R20-2000.0.0', 'release/R29-4000.0.0'],
    ],
  ])('%j', (branchSpecs, builds) => {
    expect(chosen({ branchSpecs }).builds).toEqual(builds);
  });

  test('are those of the types it tests: a paladin does not compete with a release (C11)', () => {
    expect(chosen({ buildTypes: ['paladin'] }).builds).toEqual(['paladin/R28-3990.0.0']);
    expect(chosen({ buildTypes: ['paladin', 'release'], branchSpecs: ['==R28'] }, 'latest').builds).toEqual([
      'paladin/R28-3990.0.0',
      'release/R28-3991.0.0',
    ]);
  });

  test('have factory and firmware builds whatever the types are', () => {
    expect(chosen({ branchSpecs: ['factory'], buildTypes: ['paladin'] }).builds).toEqual(['factory/R20-2000.0.0']);
    expect(branchOf(aBuild('lumpy-factory/R20-2000.0.0'))).toBe('factory');
    expect(branchOf(aBuild('lumpy-release/R20-2000.0.0'))).toBe(20);
  });
});

describe('of several builds', () => {
  test('the latest of each branch are those of the highest versions, in whatever order they passed', () => {
    expect(chosen({}, 'latest')).toEqual({
      builds: ['release/R27-3900.9.0', 'release/R28-3991.0.0', 'release/R29-4000.0.0'],
      passedOver: [],
      reason: null,
    });
  });

  test('the latest firmware is that of the highest milestone', () => {
    expect(chosen({ branchSpecs: ['firmware'] }, 'latest').builds).toEqual(['firmware/R21-2695.1.0']);
  });

  test('versions are compared part by part, as numbers', () => {
    const builds = ['lumpy-release/R28-3993.10.0', 'lumpy-release/R28-3993.9.0'];
    expect(chosen({}, 'latest', { builds }).builds).toEqual(['release/R28-3993.10.0']);
  });

  test('the policy says which come, and in what order (C10)', () => {
    const branchSpecs = ['==R28'];
    expect(chosen({ branchSpecs }).builds).toEqual(['release/R28-3991.0.0', 'release/R28-3990.0.0']);
    expect(chosen({ branchSpecs, buildPolicy: 'newest-first' }).builds).toEqual([
      'release/R28-3990.0.0',
      'release/R28-3991.0.0',
    ]);
    expect(chosen({ branchSpecs, buildPolicy: 'newest-only' })).toEqual({
      builds: ['release/R28-3991.0.0'],
      passedOver: ['release/R28-3990.0.0'],
      reason: null,
    });
  });
});

describe('where none fits', () => {
  const reasonOf = (...args: Parameters<typeof chosen>) => chosen(...args).reason;

  test('there may be none at all', () => {
    expect(reasonOf({}, 'every', { builds: [] })).toEqual({
      code: 'no-builds',
      text: 'there is no build of the board to test',
    });
  });

  test('within the time that an event looks back', () => {
    const day = { pick: 'latest', buildsWithinMs: 24 * 3600_000 } as const;
    expect(chooseBuilds(aTask({}), [], day, () => 'fits').reason?.text).toBe(
      'no build of the board passed in the 24 hours before',
    );
  });

  test('the reason says what was wanted and what there was', () => {
    const builds = ['lumpy-release/R27-1.0.0', 'lumpy-paladin/R29-1.0.0', 'lumpy-release/R27-2.0.0'];
    expect(reasonOf({ branchSpecs: ['>=R28'] }, 'every', { builds })).toEqual({
      code: 'branch-does-not-fit',
      text: 'it tests release builds of >=R28; there were only R27 release, R29 paladin builds',
    });
    expect(reasonOf({ branchSpecs: ['factory'] }, 'every', { builds })?.text).toBe(
      'it tests factory builds; there were only R27 release, R29 paladin builds',
    );
    expect(reasonOf({ buildTypes: ['pgo', 'asan'] }, 'every', { builds })?.text).toMatch(
      /^it tests pgo and asan builds of every milestone; /,
    );
  });

  test('the reason stays short whatever there was', () => {
    const builds = Array.from({ length: 100 }, (_, n) => `lumpy-release/R${n + 1}-1.0.0`);
    const text = reasonOf({ branchSpecs: ['>=R200'] }, 'every', { builds })?.text;
    expect(text).toMatch(/R5 release, \.\.\. builds$/);
  });

  test('it may be that nobody knows what tot is', () => {
    const unknown = { topOfTree: null };
    expect(reasonOf({ branchSpecs: ['==tot'] }, 'every', unknown)).toEqual({
      code: 'branch-does-not-fit',
      text: 'it tests release builds of ==tot, and what "tot" stands for is not known',
    });
    // A build of another type would not fit either way.
    const builds = ['lumpy-paladin/R29-1.0.0'];
    expect(reasonOf({ branchSpecs: ['==tot'] }, 'every', { ...unknown, builds })?.text).toMatch(
      /^it tests release builds .* only R29 paladin/,
    );
  });
});
