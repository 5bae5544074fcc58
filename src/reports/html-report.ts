import type { SuiteOutcome, TestOutcome, Verdict } from '../results/outcome.js';
import { crashGroups } from './html/crash-groups.js';
import { markup, trusted, type Markup } from './html/markup.js';
import { pageScript } from './html/page-script.js';
import { pageStyle } from './html/page-style.js';
import { testsInOrder, testsTable } from './html/tests-table.js';
import { timeline } from './html/timeline.js';
import { conclusionsInOrder, conclusionTones, type Tone } from './html/tones.js';
import { count, duration, oneLine, unreadLine } from './text.js';
import { isoTime, tookMs } from './time-stamps.js';

/**
 * The outcome of a suite as one page of HTML for a browser: the verdict, a timeline of every host, the crashes by their
 * kind, and all tests with
 * their tries, reasons and crashes, those that need looking at first, with a filter. It needs nothing else, neither a
 * server nor a network, follows the reader's choice of dark or light, and can be read without scripts. The longest
 * texts, and what goes beyond 5000 tests or 200 hosts, are left out, so that a browser can open the page of any run.
 */
export function htmlReport(outcome: SuiteOutcome): string {
  const anchors = new Map(testsInOrder(outcome).map((test, index) => [test, `test-${String(index + 1)}`]));
  const title = oneLine(`${outcome.suite} on ${outcome.board}: ${outcome.verdict}`, 300);
  // Even if a text got out of its place, a browser would run and load nothing but what these hashes name.
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(pageStyle)}`,
    `script-src ${hashOf(pageScript)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<main>
${header(outcome)}
${timeline(outcome, anchors)}
${crashGroups(outcome, anchors)}
${tests(outcome, anchors)}
${skipped(outcome)}
<footer>Times are since the start of the suite. Written by dynamic-suite.</footer>
</main>
<script>${trusted(pageScript)}</script>
</body>
</html>
`;
  return page.html;
}

const toneOf: Readonly<Record<Verdict, Tone>> = {
  OK: 'good',
  WARNING: 'warn',
  ERROR: 'bad',
  INFRA_FAILURE: 'infra',
  SUITE_TIMEOUT: 'infra',
  BOARD_NOT_AVAILABLE: 'infra',
  INVALID_OPTIONS: 'bad',
};

function header(outcome: SuiteOutcome): Markup {
  const { suite, board, verdict, exitCode, summary } = outcome;
  const took = tookMs(outcome.startedMs, outcome.finishedMs);
  const started = isoTime(outcome.startedMs)?.slice(0, 19).replace('T', ' ') ?? null;
  const chips = conclusionsInOrder.flatMap((conclusion) => {
    const { tone, sign } = conclusionTones[conclusion];
    const number = outcome.counts[conclusion];
    if (number === 0) return [];
    return [
      markup`<button type="button" class="chip ${tone}" data-is="${conclusion}" aria-pressed="false" disabled>${sign} ${number} ${conclusion}</button>
`,
    ];
  });
  return markup`<header>
<h1>${oneLine(suite)} <span class="on">on</span> ${oneLine(board)} <span class="verdict ${toneOf[verdict]}">${verdict}</span></h1>
<p class="quiet">${oneLine(summary, 500)}</p>
<dl>${Object.entries(outcome.builds).map(([prefix, build]) => fact(prefix, build))}
${outcome.suiteJobId === null ? null : fact('suite job', String(outcome.suiteJobId))}
${started === null ? null : fact('started', `${started} UTC`)}
${took === null ? null : fact('took', duration(took))}
${fact('exit code', String(exitCode))}</dl>
<div class="chips">${chips}</div>
</header>`;
}

function fact(name: string, value: string): Markup {
  return markup`<div><dt>${oneLine(name)}</dt><dd>${oneLine(value)}</dd></div>`;
}

function tests(outcome: SuiteOutcome, anchors: ReadonlyMap<TestOutcome, string>): Markup {
  return markup`<section aria-labelledby="tests"><div class="head"><h2 id="tests">${count(outcome.tests.length, 'test')}</h2>
<div class="filter" hidden><span id="shown" class="quiet" role="status"></span><input id="find" type="search" placeholder="Filter by test, host, job, reason …" aria-label="Filter the tests"></div></div>
${testsTable(outcome, anchors)}</section>`;
}

function skipped(outcome: SuiteOutcome): Markup | null {
  if (outcome.skipped.length === 0) return null;
  const shown = outcome.skipped.slice(0, mostSkipped);
  const left = outcome.skipped.length - shown.length;
  return markup`<section aria-labelledby="skipped"><h2 id="skipped">${count(outcome.skipped.length, 'control file')} could not be read</h2>
${shown.map(
  (file) => markup`<p>${oneLine(unreadLine(file), 500)}</p>
`,
)}${left > 0 ? markup`<p class="quiet">and ${left} more</p>` : null}</section>`;
}

function hashOf(source: string): string {
  // Whoever imports the package without asking for a page would pay for loading the module.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
}

const mostSkipped = 200;
