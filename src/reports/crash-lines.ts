import type { CrashGroup, CrashOccurrence } from '../results/crash-groups.js';
import type { Attempt, SuiteOutcome } from '../results/outcome.js';
import { count, oneLine } from './text.js';

/** Where a program crashed, or why that is not known, in one line. */
export function crashLine(crash: Attempt['crashes'][number]): string {
  const dump = crash.dump?.split('/').at(-1) ?? 'unknown dump';
  if (crash.signature !== null) return `${crash.signature} (${dump})`;
  return crash.problem === null ? dump : `${dump}, no stack: ${crash.problem}`;
}

/** What crashes of a kind have in common: `gpu::Draw | main (chrome)`. */
export function crashKind({ signature, program }: CrashGroup, width: number): string {
  const name = `(${oneLine(program)})`;
  return `${signature === null ? 'no stack' : oneLine(signature, width - name.length - 1)} ${name}`;
}

/** `try 1, job 13 on host3`. */
export function crashPlace({ attempt, jobId, hostname }: CrashOccurrence): string {
  const job = jobId === null ? '' : `, job ${String(jobId)}`;
  return `try ${String(attempt)}${job}${hostname === null ? '' : ` on ${oneLine(hostname, 100)}`}`;
}

/**
 * The crashes of a suite by their kind, a line for each kind and a few for where it happened; none when nothing crashed.
 *
 * @param columns - the width to fit into
 */
export function crashLines({ crashes }: SuiteOutcome, columns: number): string[] {
  const { groups } = crashes;
  if (crashes.count === 0) return [];
  const left = groups.length - mostGroups + crashes.groupsLeftOut;
  return [
    `${count(crashes.count, 'crash', 'crashes')} of ${count(groups.length + crashes.groupsLeftOut, 'kind')}:`,
    ...groups.slice(0, mostGroups).flatMap((group) => {
      const times = `  ${String(group.count)} × `;
      const places = placeLines(group, columns - 6).map((line) => `      ${line}`);
      return [`${times}${crashKind(group, columns - times.length)}`, ...places];
    }),
    ...(left > 0 ? [`  and ${String(left)} more kinds`] : []),
  ];
}

function placeLines({ count: total, occurrences }: CrashGroup, width: number): string[] {
  const shown = occurrences.slice(0, mostPlaces);
  const left = total - shown.length;
  return [
    ...shown.map((at) => oneLine(`${oneLine(at.test, 60)}, ${crashPlace(at)}`, width)),
    ...(left > 0 ? [`and ${String(left)} more`] : []),
  ];
}

const mostGroups = 10;
const mostPlaces = 3;
