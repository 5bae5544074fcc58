import { describe, expect, test } from 'vitest';
import type { SuiteTaskOptions } from '../../../src/scheduler/config/suite-task.js';
import { latestKey } from '../../../src/scheduler/decide/facts.js';
import { launchKey } from '../../../src/scheduler/decide/launch-key.js';
import { pairBuilds, partnerOf } from '../../../src/scheduler/decide/pair-builds.js';
import { aBuild, aTask } from '../support/builders.js';

const release = aBuild('lumpy-release/R28-3993.0.0');
const firmware = aBuild('lumpy-firmware/R20-2695.1.0');
const tot = aBuild('lumpy-release/R30-4100.0.0');
const latest = new Map([
  [latestKey('lumpy', 'firmware', null), firmware],
  [latestKey('lumpy', 'release', null), tot],
  [latestKey('lumpy', 'release', 29), release],
  [latestKey('lumpy', 'release', 27), null],
]);

function paired(options: Partial<SuiteTaskOptions>, build = release, topOfTree: number | null = 29) {
  return pairBuilds(aTask(options), build, { latest, topOfTree });
}

describe('a build on its own', () => {
  test('is the cros-version, or the fwrw-version where it is firmware', () => {
    expect(paired({})).toEqual({ builds: { 'cros-version': release.name }, testSourceBuild: release.name });
    expect(paired({ branchSpecs: ['firmware'] }, firmware)).toEqual({
      builds: { 'fwrw-version': firmware.name },
      testSourceBuild: firmware.name,
    });
  });

  test('is what a task with firmware has of its milestones', () => {
    const task = { branchSpecs: ['firmware', '>=R28'], crosBuildSpec: 'tot', testSource: 'cros' } as const;
    expect(paired(task)).toEqual({ builds: { 'cros-version': release.name }, testSourceBuild: release.name });
  });
});

describe('firmware_rw_build_spec', () => {
  test.each([
    ['firmware', firmware],
    ['cros', tot],
  ] as const)('%s: which build gives the firmware', (firmwareRwBuildSpec, other) => {
    const builds = { 'cros-version': release.name, 'fwrw-version': other.name };
    expect(paired({ firmwareRwBuildSpec, testSource: 'cros' })).toEqual({ builds, testSourceBuild: release.name });
    expect(paired({ firmwareRwBuildSpec, testSource: 'firmware_rw' })).toEqual({ builds, testSourceBuild: other.name });
  });

  test('without such a build nothing is run', () => {
    const task = aTask({ firmwareRwBuildSpec: 'firmware', testSource: 'cros' });
    expect(pairBuilds(task, release, { latest: new Map(), topOfTree: 29 })).toEqual({
      code: 'no-matching-build',
      text: 'there is no firmware build to go with lumpy-release/R28-3993.0.0',
    });
  });
});

describe('cros_build_spec', () => {
  const task = (crosBuildSpec: string) => ({ branchSpecs: ['firmware'], crosBuildSpec, testSource: 'cros' }) as const;

  test('names the milestone of the ChromeOS build that goes with a firmware build', () => {
    const builds = { 'cros-version': release.name, 'fwrw-version': firmware.name };
    expect(paired(task('tot'), firmware)).toEqual({ builds, testSourceBuild: release.name });
    expect(paired(task('R29'), firmware, null)).toEqual({ builds, testSourceBuild: release.name });
    expect(paired({ ...task('tot-1'), testSource: 'firmware_rw' }, firmware, 30)).toEqual({
      builds,
      testSourceBuild: firmware.name,
    });
  });

  test('without such a build, or without a known tot, nothing is run', () => {
    expect(paired(task('R27'), firmware)).toEqual({
      code: 'no-matching-build',
      text: 'there is no release build of R27 to go with lumpy-firmware/R20-2695.1.0',
    });
    expect(paired(task('tot-1'), firmware, null)).toEqual({
      code: 'no-matching-build',
      text: 'what "tot-1" stands for is not known',
    });
  });

  test('is asked of the source of builds by type and milestone', () => {
    expect(partnerOf(aTask(task('tot-1')), firmware, 29)).toEqual({ type: 'release', milestone: 28 });
    expect(partnerOf(aTask(task('tot-1')), firmware, null)).toBeUndefined();
    expect(partnerOf(aTask(), release, 29)).toBeNull();
  });
});

describe('the key of a launch', () => {
  const one = { suite: 'bvt', board: 'lumpy', builds: { 'cros-version': release.name } };

  test('is that of the suite, the board and the builds, in whatever order they are given', () => {
    expect(launchKey(one)).toBe('bvt lumpy cros-version=lumpy-release/R28-3993.0.0');
    const ab = { 'fwrw-version': 'b', 'cros-version': 'a' };
    const ba = { 'cros-version': 'a', 'fwrw-version': 'b' };
    expect(launchKey({ ...one, builds: ab })).toBe(launchKey({ ...one, builds: ba }));
  });

  test('is another one where any of them is', () => {
    const others = [
      { ...one, suite: 'smoke' },
      { ...one, board: 'stumpy' },
      { ...one, builds: { 'fwrw-version': release.name } },
      { ...one, builds: { 'cros-version': `${release.name}-a1-b1135` } },
      { ...one, builds: { ...one.builds, 'fwrw-version': firmware.name } },
    ];
    expect(new Set([one, ...others].map(launchKey)).size).toBe(others.length + 1);
  });
});
