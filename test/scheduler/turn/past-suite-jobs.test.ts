import { describe, expect, test } from 'vitest';
import { launchKey } from '../../../src/scheduler/decide/launch-key.js';
import { countHosts } from '../../../src/scheduler/turn/host-counts.js';
import { PastSuiteJobs } from '../../../src/scheduler/turn/past-suite-jobs.js';
import { aLaunch } from '../launch/a-launch.js';
import { dayMs, mondayMs } from '../support/builders.js';
import { aSuiteJob, memoryAfe } from '../support/memory-afe.js';

const build = 'lumpy-release/R28-3993.0.0';
const firmware = 'lumpy-firmware/R20-2695.1.0';
const createdOnMs = mondayMs - dayMs;

function bench() {
  const afe = memoryAfe(['lumpy']);
  const past = new PastSuiteJobs(afe, 14 * dayMs);
  const jobOf = (builds: Readonly<Record<string, string>>, suite = 'bvt', testSourceBuild = build) =>
    past.jobOf(aLaunch({ key: launchKey({ suite, board: 'lumpy', builds }), suite, builds, testSourceBuild }));
  return { afe, past, jobOf };
}

describe('the suite job of a launch', () => {
  test('is known by the board and the builds at the head of its control file', async () => {
    const { afe, past, jobOf } = bench();
    const builds = { 'cros-version': build, 'fwrw-version': firmware };
    afe.jobs.push(aSuiteJob(3, build, { createdOnMs, args: { board: 'board:lumpy', builds } }));
    await past.refresh(mondayMs);
    expect(jobOf(builds)).toBe(3);
    expect(jobOf({ 'cros-version': build })).toBeNull();
    expect(jobOf(builds, 'smoke')).toBeNull();
  });

  test('is known by its whole name where its head cannot be read', async () => {
    const { afe, past, jobOf } = bench();
    afe.jobs.push(
      aSuiteJob(3, `${build}-a1-b1135`, { createdOnMs }),
      { ...aSuiteJob(4, build, { createdOnMs, suite: 'smoke' }), controlFile: "board = 'lumpy'\nbuilds = {'x': 7}\n" },
      { ...aSuiteJob(5, build, { createdOnMs, suite: 'other' }), controlFile: "board = 'lumpy'\nbuilds = {}\n" },
    );
    await past.refresh(mondayMs);
    expect(jobOf({ 'cros-version': build })).toBeNull();
    expect(jobOf({ 'cros-version': build }, 'smoke')).toBe(4);
    expect(jobOf({ 'cros-version': build }, 'other')).toBe(5);
    expect(jobOf({ 'cros-version': `${build}-a1-b1135` }, 'bvt', `${build}-a1-b1135`)).toBe(3);
  });

  test('is not a job that only looks like one', async () => {
    const { afe, past, jobOf } = bench();
    afe.jobs.push({ ...aSuiteJob(3, ''), createdOnMs: mondayMs }, { ...aSuiteJob(4, build), name: build, createdOnMs });
    await past.refresh(mondayMs);
    expect(jobOf({ 'cros-version': build })).toBeNull();
  });

  test('is the latest of several, and is forgotten when it is too old', async () => {
    const { afe, past, jobOf } = bench();
    afe.jobs.push(aSuiteJob(3, build, { createdOnMs }), aSuiteJob(4, build, { createdOnMs: createdOnMs + dayMs }));
    await past.refresh(mondayMs);
    expect(jobOf({})).toBe(4);
    await past.refresh(createdOnMs + 14 * dayMs + 1);
    expect(jobOf({})).toBe(4);
    await past.refresh(createdOnMs + 15 * dayMs + 1);
    expect(jobOf({})).toBeNull();
  });

  test('counts where the AFE does not say when it was created', async () => {
    const { afe, past, jobOf } = bench();
    afe.jobs.push(aSuiteJob(3, build, { createdOnMs: null }));
    await past.refresh(mondayMs);
    expect(jobOf({})).toBe(3);
  });
});

describe('what is read', () => {
  test('is all at first, in pages, and then only what is new (C4)', async () => {
    const { afe, past, jobOf } = bench();
    const name = (id: number) => `lumpy-release/R28-${id}.0.0`;
    for (let id = 1; id <= 450; id += 1) afe.jobs.push(aSuiteJob(id, name(id), { createdOnMs }));
    await past.refresh(mondayMs);
    expect(afe.calls).toHaveLength(3);
    expect(jobOf({}, 'bvt', name(1))).toBe(1);
    expect(jobOf({}, 'bvt', name(450))).toBe(450);
    const asked: unknown[] = [];
    const { getJobs } = afe;
    afe.getJobs = (filter, options) => {
      asked.push(filter);
      return getJobs(filter, options);
    };
    await past.refresh(mondayMs + 1);
    expect(asked).toMatchObject([{ idAbove: 450, createdSinceMs: mondayMs + 1 - 14 * dayMs }]);
  });

  test('goes on where it was cut off', async () => {
    const { afe, past, jobOf } = bench();
    for (let id = 1; id <= 250; id += 1) afe.jobs.push(aSuiteJob(id, `lumpy-release/R28-${id}.0.0`, { createdOnMs }));
    const { getJobs } = afe;
    afe.getJobs = (filter, options) =>
      filter.idAbove === 200 ? Promise.reject(new Error('away')) : getJobs(filter, options);
    await expect(past.refresh(mondayMs)).rejects.toThrow('away');
    afe.getJobs = getJobs;
    afe.calls.length = 0;
    await past.refresh(mondayMs);
    expect(afe.calls).toHaveLength(1);
    expect(jobOf({}, 'bvt', 'lumpy-release/R28-1.0.0')).toBe(1);
  });

  test('ends with a server that tells the same page for ever', async () => {
    const { afe, past } = bench();
    const page = Array.from({ length: 200 }, (_, id) => aSuiteJob(id + 1, build, { createdOnMs }));
    afe.getJobs = async () => page;
    await past.refresh(mondayMs);
    expect(past.jobOf(aLaunch({ testSourceBuild: build }))).toBe(200);
  });
});

test('hosts are counted by board, and by board and pool', () => {
  const { hosts } = memoryAfe(['lumpy bvt', 'lumpy bvt cq', 'stumpy']);
  const counts = countHosts([...hosts, { labels: ['pool:bvt', 'video'] }, { labels: [] }]);
  expect(counts.count('lumpy', null)).toBe(2);
  expect(counts.count('lumpy', 'bvt')).toBe(2);
  expect(counts.count('lumpy', 'cq')).toBe(1);
  expect(counts.count('stumpy', null)).toBe(1);
  expect(counts.count('stumpy', 'bvt')).toBe(0);
  expect(counts.count('link', null)).toBe(0);
});
