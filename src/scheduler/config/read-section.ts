import { closestName } from '../../clients/closest-name.js';
import { excerpt } from '../../transport/excerpt.js';
import type { IniValue, IniValues } from './ini-values.js';
import type { ConfigProblem } from './types.js';

/** What is wrong with a section, and where. */
export interface SectionFault {
  readonly line: number;
  readonly reason: string;
}

/** All that is wrong with a section as one problem, at the first place. */
export function problemOf(section: IniValues, faults: readonly SectionFault[]): ConfigProblem {
  const sorted = [...faults].sort((a, b) => a.line - b.line);
  const { line } = sorted[0] ?? section;
  const shown = sorted
    .slice(0, maxShown)
    .map((fault) => (fault.line === line ? fault.reason : `line ${fault.line}: ${fault.reason}`));
  const rest = sorted.length - shown.length;
  const reason = [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
  return { section: excerpt(section.name), line, reason };
}

/** Keys that mean nothing, and values that could not be put together. */
export function keyFaults(values: ReadonlyMap<string, IniValue>, known: readonly string[]): SectionFault[] {
  const faults: SectionFault[] = [];
  for (const [key, { line, fault }] of values) {
    if (!known.includes(key)) {
      // Looking for what was meant takes a while, so it is done for those only that are shown.
      const help = faults.length < maxShown ? helpWith(key, known) : '';
      faults.push({ line, reason: `unknown key "${excerpt(key, 40)}"${help}` });
    } else if (fault !== null) {
      faults.push({ line, reason: `"${key}": ${fault}` });
    }
  }
  return faults;
}

/** The faults of keys, at the lines of the keys, or at the section's head where there is no such key. */
export function faultsAt(
  { line, values }: IniValues,
  faults: readonly { readonly key: string; readonly reason: string }[],
): SectionFault[] {
  return faults.map(({ key, reason }) => ({ line: values.get(key)?.line ?? line, reason: `"${key}": ${reason}` }));
}

const maxShown = 5;

function helpWith(key: string, known: readonly string[]): string {
  const meant = closestName(key, known);
  return meant === undefined ? `; known are ${known.join(', ')}` : `; did you mean "${meant}"?`;
}
