import { testTimes } from '../control-files/test-time.js';

/** What an estimate is made of. Times are in ms since the epoch. */
export interface TimeLeftFacts {
  readonly nowMs: number;
  /** When the jobs were created, the retries apart. */
  readonly startedMs: number;
  /** How many jobs are open, by how long their tests say they take: the index of TIME, 0 for FAST to 4 for LENGTHY. */
  readonly open: readonly number[];
  /** Of the open jobs those that were created later, which cannot have begun before. */
  readonly retries: readonly { readonly timeIndex: number; readonly createdMs: number }[];
  /** What tests have taken so far, by the index of their TIME. */
  readonly measured: readonly { readonly count: number; readonly totalMs: number }[];
  /** How many hosts can run the jobs; null when nobody knows. */
  readonly hosts: number | null;
  /** When the last job of each host ended, of the hosts that have ended one. */
  readonly freeSince: readonly number[];
}

/**
 * How long a suite will take from now on, in ms; null when nobody can tell: no host is known, or what is open has taken
 * longer already than was to be expected.
 *
 * A test is expected to take as long as those of its TIME have taken so far, or, before one has, a usual time for such
 * tests, corrected by how far the others were off. A host has been at its next job since its last one ended.
 */
export function timeLeftMs(facts: TimeLeftFacts): number | null {
  const { nowMs, startedMs, open, retries, freeSince } = facts;
  const jobs = sum(open);
  if (jobs === 0) return 0;
  const hosts = Math.max(facts.hosts ?? 0, freeSince.length);
  if (hosts === 0) return null;
  const expected = expectedMs(facts.measured);
  const expectedOf = (timeIndex: number) => expected[timeIndex] ?? 0;

  // Those that have been free for longest have a job, where there is not one for each.
  const unseen = Array.from({ length: hosts - freeSince.length }, () => startedMs);
  const busySince = [...unseen, ...freeSince].sort((a, b) => a - b).slice(0, jobs);
  const work = sum(open.map((count, timeIndex) => count * expectedOf(timeIndex)));
  const sharedEndMs = (sum(busySince) + work) / busySince.length;

  const firsts = open.map((count, index) => count - retries.filter(({ timeIndex }) => timeIndex === index).length);
  const longest = Math.max(0, ...firsts.map((count, timeIndex) => (count > 0 ? expectedOf(timeIndex) : 0)));
  const longestEndMs = (busySince[0] ?? startedMs) + longest;
  const endMs = retries.reduce(
    (latest, { timeIndex, createdMs }) => Math.max(latest, createdMs + expectedOf(timeIndex)),
    Math.max(sharedEndMs, longestEndMs),
  );
  return endMs > nowMs ? endMs - nowMs : null;
}

const minute = 60_000;

/** What tests of a TIME usually take, fastest first. */
const usualMs: readonly number[] = [1, 5, 20, 60, 240].map((minutes) => minutes * minute);

function expectedMs(measured: TimeLeftFacts['measured']): readonly number[] {
  const tookMs = sum(measured.map(({ totalMs }) => totalMs));
  const usuallyMs = sum(measured.map(({ count }, timeIndex) => count * (usualMs[timeIndex] ?? 0)));
  const factor = usuallyMs === 0 ? 1 : tookMs / usuallyMs;
  return testTimes.map((_time, timeIndex) => {
    const { count = 0, totalMs = 0 } = measured[timeIndex] ?? {};
    return count > 0 ? totalMs / count : (usualMs[timeIndex] ?? 0) * factor;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
