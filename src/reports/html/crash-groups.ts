import type { CrashGroup, CrashOccurrence } from '../../results/crash-groups.js';
import type { SuiteOutcome, TestOutcome } from '../../results/outcome.js';
import { crashKind, crashPlace } from '../crash-lines.js';
import { count, oneLine } from '../text.js';
import { markup, type Markup } from './markup.js';

/**
 * The crashes of the suite by their kind, each with where it happened; null when nothing crashed.
 *
 * @param anchors - the page's anchor of each test that has one
 */
export function crashGroups(outcome: SuiteOutcome, anchors: ReadonlyMap<TestOutcome, string>): Markup | null {
  const { count: number, groups, groupsLeftOut } = outcome.crashes;
  if (number === 0) return null;
  const byName = new Map([...anchors].map(([test, anchor]) => [test.name, anchor]));
  const left = groupsLeftOut + Math.max(0, groups.length - mostGroups);
  return markup`<section aria-labelledby="crashes"><h2 id="crashes">${count(number, 'crash', 'crashes')} of ${count(groups.length + groupsLeftOut, 'kind')}</h2>
<div class="scroll"><table>
<thead><tr><th scope="col" class="number">Times</th><th scope="col">Where the program crashed</th><th scope="col">Test, try and host</th></tr></thead>
<tbody>${groups.slice(0, mostGroups).map((group) => groupRow(group, byName))}</tbody></table></div>
${left > 0 ? markup`<p class="quiet">${left} more kinds, each rarer than these, are not shown.</p>` : null}</section>`;
}

function groupRow(group: CrashGroup, anchors: ReadonlyMap<string, string>): Markup {
  const shown = group.occurrences.slice(0, mostOccurrences);
  const left = group.count - shown.length;
  return markup`<tr class="crashes"><td class="number">${group.count}</td><td>${crashKind(group, 500)}</td><td><ul>${shown.map((at) => place(at, anchors.get(at.test)))}${left > 0 ? markup`<li class="quiet">and ${left} more</li>` : null}</ul></td></tr>
`;
}

function place(at: CrashOccurrence, anchor: string | undefined): Markup {
  const test = oneLine(at.test, 200);
  const name = anchor === undefined ? markup`${test}` : markup`<a href="#${anchor}">${test}</a>`;
  return markup`<li>${name} <span class="quiet">${crashPlace(at)}</span></li>`;
}

const mostGroups = 50;
const mostOccurrences = 20;
