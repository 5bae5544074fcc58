import type { CrashReport } from '../crashes/crash-report.js';

/** The crashes of a suite, those of one kind together. Plain data. */
export interface CrashSummary {
  /** How many crash dumps the suite's jobs left. */
  readonly count: number;
  /** The most frequent first, of equally frequent ones the one that was seen first; at most 100. */
  readonly groups: readonly CrashGroup[];
  /** How many more groups there are. */
  readonly groupsLeftOut: number;
}

/** Crashes with the same functions at the top of the stack; those without a known stack go by their program. */
export interface CrashGroup {
  /** The functions at the top of the crashed thread, see `crashSignature`; null when they are not known. */
  readonly signature: string | null;
  /** The program that crashed, as the name of the first dump tells it. */
  readonly program: string;
  readonly count: number;
  /** Where it happened, in order of the tests and their attempts; at most 50. */
  readonly occurrences: readonly CrashOccurrence[];
}

/** One crash. */
export interface CrashOccurrence {
  readonly test: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly jobId: number | null;
  readonly hostname: string | null;
  /** Path of the crash dump below the job's folder. */
  readonly dump: string;
}

/** A test, as far as it matters for its crashes. */
interface CrashedTest {
  readonly name: string;
  readonly attempts: readonly {
    readonly number: number;
    readonly jobId: number | null;
    readonly hostname: string | null;
    readonly crashes: readonly CrashReport[];
  }[];
}

/** Puts the crashes of a suite's tests into groups. What is no crash, but a job whose files nobody could see, is left out. */
export function groupCrashes(tests: readonly CrashedTest[]): CrashSummary {
  const groups = new Map<string, { signature: string | null; program: string; count: number; at: CrashOccurrence[] }>();
  let count = 0;
  for (const test of tests) {
    for (const { number, jobId, hostname, crashes } of test.attempts) {
      for (const { signature, dump } of crashes) {
        if (dump === null) continue;
        count += 1;
        const program = programOf(dump);
        const key = signature === null ? `program ${program}` : `signature ${signature}`;
        const group = groups.get(key) ?? { signature, program, count: 0, at: [] };
        groups.set(key, group);
        group.count += 1;
        if (group.at.length < maxOccurrences)
          group.at.push({ test: test.name, attempt: number, jobId, hostname, dump });
      }
    }
  }
  const found = [...groups.values()].sort((a, b) => b.count - a.count);
  return {
    count,
    groups: found.slice(0, maxGroups).map(({ at, ...group }) => ({ ...group, occurrences: at })),
    groupsLeftOut: Math.max(0, found.length - maxGroups),
  };
}

const maxGroups = 100;
const maxOccurrences = 50;
const maxProgramLength = 100;

/** `chrome` of `login/crash/chrome.20261121.112930.20682.dmp`. */
function programOf(dump: string): string {
  const name = dump.slice(dump.lastIndexOf('/') + 1);
  const [program = ''] = name.split('.', 1);
  return (program === '' ? name : program).slice(0, maxProgramLength);
}
