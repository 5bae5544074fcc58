import type { Attempt, SuiteOutcome, TestOutcome } from '../../results/outcome.js';
import { attemptTitle } from '../attempts.js';
import { duration, oneLine } from '../text.js';
import { markup, type Markup } from './markup.js';
import { timeScale, type TimeScale } from './time-scale.js';
import { attemptTone } from './tones.js';

/** A stretch of time in which a host ran a try of a test. */
interface Bar {
  readonly test: TestOutcome;
  readonly attempt: Attempt;
  readonly host: string;
  readonly startedMs: number;
  readonly finishedMs: number;
}

/**
 * A row for each host with a bar for each try that ran there; null when nothing ran. Places are SVG attributes and no
 * styles, which the page's content security policy forbids.
 *
 * @param anchors - the page's anchor of each test that has one
 */
export function timeline(outcome: SuiteOutcome, anchors: ReadonlyMap<TestOutcome, string>): Markup | null {
  const all = outcome.tests.flatMap((test) => test.attempts.flatMap((attempt) => barsOf(test, attempt)));
  const bars = all.filter((bar) => isNear(bar, outcome));
  if (bars.length === 0) return null;
  const scale = timeScale(
    bars.reduce((first, { startedMs }) => Math.min(first, startedMs), outcome.startedMs),
    bars.reduce((last, { finishedMs }) => Math.max(last, finishedMs), outcome.finishedMs),
  );
  const hosts = [...groupBy(bars, ({ host }) => host)].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const shown = hosts.slice(0, mostHosts);
  const left = hosts.length - shown.length;
  return markup`<section aria-labelledby="timeline"><h2 id="timeline">Timeline by host</h2>
<div class="timeline"><span class="host"></span><svg class="axis" aria-hidden="true">${axis(scale)}</svg>
${shown.map(([host, ofHost]) => hostRow(host, ofHost, scale, anchors))}</div>
${left > 0 ? markup`<p class="quiet">${left} more hosts are not drawn.</p>` : null}</section>`;
}

function barsOf(test: TestOutcome, attempt: Attempt): Bar[] {
  const ran = attempt.results.filter(
    ({ origin, startedMs, finishedMs }) => origin !== 'none' && startedMs <= finishedMs,
  );
  const byHost = groupBy(ran, ({ hostname }) => hostname);
  return [...byHost].flatMap(([hosts, results]) => {
    if (hosts === null) return [];
    const startedMs = Math.min(...results.map((result) => result.startedMs));
    const finishedMs = Math.max(...results.map((result) => result.finishedMs));
    // A test of several machines has the names of all of them in its one result.
    const names = new Set(hosts.split(',', mostHosts).filter((name) => name !== ''));
    return [...names].map((host) => ({ test, attempt, host, startedMs, finishedMs }));
  });
}

/** Times far from the suite's own are a server's mistake, and would squeeze all others into a corner. */
function isNear({ startedMs, finishedMs }: Bar, outcome: SuiteOutcome): boolean {
  return startedMs > outcome.startedMs - day && finishedMs < outcome.finishedMs + day;
}

function axis({ ticks }: TimeScale): Markup[] {
  return ticks.map(({ label, percent }, index) => {
    // The first and the last label would stand half outside.
    const anchor = index === 0 ? 'start' : percent > 96 ? 'end' : 'middle';
    return markup`<text x="${percent}%" y="14" text-anchor="${anchor}">${label}</text>`;
  });
}

function hostRow(
  host: string,
  bars: readonly Bar[],
  scale: TimeScale,
  anchors: ReadonlyMap<TestOutcome, string>,
): Markup {
  const shown = bars.slice(0, mostBarsOfHost);
  const grid = scale.ticks.map(({ percent }) => markup`<line x1="${percent}%" x2="${percent}%" y1="0" y2="100%"/>`);
  return markup`<span class="host" title="${host}">${oneLine(host, 60)}</span><svg class="lane" role="group" aria-label="${host}">${grid}${shown.map((bar) => drawn(bar, scale, anchors.get(bar.test)))}</svg>
`;
}

function drawn({ test, attempt, startedMs, finishedMs }: Bar, scale: TimeScale, anchor: string | undefined): Markup {
  const { tone, sign } = attemptTone(attempt);
  const from = scale.at(startedMs);
  const width = Math.max(leastPercent, Math.round((scale.at(finishedMs) - from) * 1000) / 1000);
  const name = oneLine(test.name, 60);
  const title = `${name}, ${attemptTitle(attempt)}, ${duration(finishedMs - startedMs)}`;
  const retry = attempt.number > 1 ? `#${String(attempt.number)} ` : '';
  const box = markup`<svg x="${Math.min(from, 100 - leastPercent)}%" y="3" width="${width}%" height="22"><title>${title}</title><rect width="100%" height="100%" rx="4"/><text x="6" y="15">${sign} ${retry}${name}</text></svg>`;
  if (anchor === undefined) return markup`<g class="bar ${tone}">${box}</g>`;
  return markup`<a class="bar ${tone}" href="#${anchor}">${box}</a>`;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

const day = 24 * 3_600_000;
const mostHosts = 200;
const mostBarsOfHost = 500;
/** What can still be seen and pointed at. */
const leastPercent = 0.3;
