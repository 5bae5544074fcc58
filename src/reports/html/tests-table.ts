import type { Attempt, SuiteOutcome, TestOutcome } from '../../results/outcome.js';
import { isBad, wordsOf } from '../attempts.js';
import { crashLine } from '../crash-lines.js';
import { clipped, duration, elapsed, oneLine } from '../text.js';
import { tookMs } from '../time-stamps.js';
import { markup, type Markup } from './markup.js';
import { attemptTone, conclusionsInOrder, conclusionTones } from './tones.js';

/** The tests that the page has room for, those that need looking at first. */
export function testsInOrder(outcome: SuiteOutcome): readonly TestOutcome[] {
  const rank = new Map(conclusionsInOrder.map((conclusion, index) => [conclusion, index]));
  const place = (test: TestOutcome) => (rank.get(test.conclusion) ?? 0) * 2 + (test.experimental ? 1 : 0);
  return outcome.tests.toSorted((a, b) => place(a) - place(b)).slice(0, mostTests);
}

/** The table of all tests, each with its tries, reasons and crashes. */
export function testsTable(outcome: SuiteOutcome, anchors: ReadonlyMap<TestOutcome, string>): Markup {
  const room = new Room(mostCharacters);
  const left = outcome.tests.length - anchors.size;
  const columns = 7;
  const bodies = [...anchors].map(([test, anchor]) => testBody(test, anchor, outcome.startedMs, columns, room));
  return markup`<div class="scroll"><table>
<thead><tr><th scope="col">Test</th><th scope="col">Result</th><th scope="col">Tries</th><th scope="col">Host</th><th scope="col">Job</th><th scope="col" class="number">Start</th><th scope="col" class="number">Time</th></tr></thead>
${bodies}</table></div>
${left > 0 ? markup`<p class="quiet">${left} more tests, of those that need looking at least, are in the other reports.</p>` : null}`;
}

function testBody(test: TestOutcome, anchor: string, zeroMs: number, columns: number, room: Room): Markup {
  const { tone, sign } = conclusionTones[test.conclusion];
  const last = test.attempts.at(-1);
  const ran = test.attempts.flatMap(({ startedMs, finishedMs }) => tookMs(startedMs, finishedMs) ?? []);
  const first = test.attempts.find(({ startedMs }) => startedMs !== null);
  const tag = test.experimental ? markup` <span class="tag">experimental</span>` : null;
  const more = details(test, zeroMs, room);
  return markup`<tbody class="test" id="${anchor}" data-is="${test.conclusion}"><tr>
<th scope="row">${oneLine(test.name, 200)}${tag}${test.path === null ? null : markup`<small>${oneLine(test.path, 300)}</small>`}</th>
<td><span class="badge ${tone}">${sign} ${test.conclusion}</span></td>
<td>${test.attempts.length}</td><td class="hosts">${oneLine(last?.hostname ?? '–').replaceAll(',', ', ')}</td><td>${last?.jobId ?? '–'}</td>
<td class="number">${since(first?.startedMs ?? null, zeroMs)}</td>
<td class="number">${ran.length === 0 ? '–' : duration(ran.reduce((sum, ms) => sum + ms, 0))}</td></tr>
${more === null ? null : markup`<tr class="more"><td colspan="${columns}">${more}</td></tr>`}</tbody>
`;
}

function details(test: TestOutcome, zeroMs: number, room: Room): Markup | null {
  const crashed = test.attempts.some(({ crashes }) => crashes.length > 0);
  if (test.conclusion === 'passed' && !crashed) return null;
  if (test.attempts.length === 0) {
    return markup`<pre class="reason">${room.take(test.reason || wordsOf[test.conclusion], mostOfReason)}</pre>`;
  }
  return markup`<ol>${test.attempts.map((attempt) => tryItem(attempt, zeroMs, room))}</ol>`;
}

function tryItem(attempt: Attempt, zeroMs: number, room: Room): Markup {
  const { tone, sign } = attemptTone(attempt);
  const took = tookMs(attempt.startedMs, attempt.finishedMs);
  const facts = [
    ...(attempt.jobId === null ? [] : [`job ${String(attempt.jobId)}`]),
    ...(attempt.hostname === null ? [] : [`on ${oneLine(attempt.hostname).replaceAll(',', ', ')}`]),
    ...(attempt.startedMs === null ? [] : [`at ${since(attempt.startedMs, zeroMs)}`]),
    ...(took === null ? [] : [`for ${duration(took)}`]),
  ];
  const reason = attempt.reason === '' ? null : said(attempt, room);
  const blame = attempt.failure === 'infrastructure' ? markup` <span class="tag">infrastructure</span>` : null;
  return markup`<li><span class="try">Try ${attempt.number}</span> <span class="status ${tone}">${sign} ${attempt.status ?? 'not finished'}</span> <span class="quiet">${facts.join(' ')}</span>${blame}${reason}${attempt.crashes.map((crash) => crashDetails(crash, room))}</li>`;
}

/** What a try that went well says is of little interest, and gets little room. */
function said(attempt: Attempt, room: Room): Markup {
  if (!isBad(attempt) && attempt.status !== 'WARN') {
    return markup` <span class="quiet">· ${oneLine(room.take(attempt.reason, mostOfReason))}</span>`;
  }
  return markup`<pre class="reason">${room.take(attempt.reason, mostOfReason)}</pre>`;
}

function crashDetails(crash: Attempt['crashes'][number], room: Room): Markup {
  const line = oneLine(crashLine(crash), 300);
  if (crash.stack === null) return markup`<p class="crash"><b>Crash</b> ${line}</p>`;
  return markup`<details class="crash"><summary><b>Crash</b> ${line}</summary><pre>${room.take(crash.stack, mostOfStack)}</pre></details>`;
}

/** Time since the start of the suite. */
function since(ms: number | null, zeroMs: number): string {
  const after = tookMs(zeroMs, ms);
  return after === null ? '–' : elapsed(after);
}

/** How much text the page has room for yet, so that a run in which everything failed can still be opened. */
class Room {
  #left: number;

  constructor(characters: number) {
    this.#left = characters;
  }

  take(text: string, most: number): string {
    const taken = clipped(text.trimEnd(), Math.min(most, this.#left));
    this.#left = Math.max(0, this.#left - taken.length);
    return taken;
  }
}

const mostTests = 5000;
const mostCharacters = 3_000_000;
const mostOfReason = 4000;
const mostOfStack = 20_000;
