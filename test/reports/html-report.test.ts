import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escaped, markup } from '../../src/reports/html/markup.js';
import { timeScale } from '../../src/reports/html/time-scale.js';
import { htmlReport } from '../../src/reports/html-report.js';
import { suiteOutcome } from '../../src/results/outcome.js';
import { aResult, aSuite, aTest } from '../support/builders.js';
import { anyOutcome, anyText, everyConclusion } from '../support/outcomes.js';

test('the verdict, the builds and the counts are at the top', () => {
  const page = htmlReport(everyConclusion());
  const top = page.slice(page.indexOf('<h1>'), page.indexOf('</header>'));

  expect(top).toContain('<span class="verdict bad">ERROR</span>');
  expect(top).toContain('x86-mario-release/R19-1998.0.0');
  expect(top).toContain('2026-01-31 22:00:00 UTC');
  expect(top).toContain('✗ 2 failed');
  expect(top.match(/<button /gu)).toHaveLength(9);
});

test('tests that need looking at come first, and every try is told', () => {
  const page = htmlReport(everyConclusion());
  const order = [...page.matchAll(/<tbody class="test" id="(test-\d+)" data-is="([^"]+)"/gu)].map(([, , is]) => is);

  expect(order).toEqual([
    ...['failed', 'failed', 'infrastructure', 'not-scheduled', 'aborted', 'unfinished'],
    ...['flaky', 'warned', 'not-applicable', 'passed'],
  ]);
  expect(page).toContain('Try 1</span> <span class="status bad">✗ FAIL</span>');
  expect(page).toContain('Try 2</span> <span class="status good">✓ GOOD</span>');
  expect(page).toContain('drew 9 W &#60;too much&#62;');
  expect(page).toContain('gpu::Draw &#60; main');
  expect(page).toContain('no stack: no crash server answered');
  expect(page).toContain('unterminated string');
});

test('a host has one row, and a test of two machines a bar on both', () => {
  const both = aResult({ hostname: 'host2,host10', startedMs: 1000, finishedMs: 60_000 });
  const page = htmlReport(suiteOutcome(aSuite([aTest('peers', [both]), aTest('login', [aResult()])])));
  const rows = [...page.matchAll(/class="lane" role="group" aria-label="([^"]+)"/gu)].map(([, host]) => host);
  expect(rows).toEqual(['host1', 'host2', 'host10']);
});

test('a time from another age does not squeeze the timeline', () => {
  const lost = aResult({ hostname: 'lost', startedMs: -1e12, finishedMs: -1e12 + 1 });
  const page = htmlReport(suiteOutcome(aSuite([aTest('odd', [lost]), aTest('login', [aResult()])])));
  expect(page).not.toContain('aria-label="lost"');
  expect(page).toContain('x="10%" y="3" width="10.833%"');
});

test('without anything that ran there is no timeline', () => {
  expect(htmlReport(suiteOutcome(aSuite([])))).not.toContain('<svg');
});

test('the page loads nothing, and its policy lets run only what it brings', () => {
  const page = htmlReport(everyConclusion());
  const inside = (tag: string) => page.slice(page.indexOf(`<${tag}>`) + tag.length + 2, page.indexOf(`</${tag}>`));
  const hash = (text: string) => `&#39;sha256-${createHash('sha256').update(text).digest('base64')}&#39;`;

  expect(page).toContain(`style-src ${hash(inside('style'))}; script-src ${hash(inside('script'))};`);
  expect(page).not.toMatch(/ (?:src|style|on[a-z]+)=|href="(?!#)|url\(|@import/u);
});

test('no text brings in an element, an attribute or a control character', () => {
  const pageWith = (text: string) => {
    // A host whose name has commas is several hosts.
    const failed = aResult({ status: 'FAIL', reason: `a${text}`, hostname: `a${text.replaceAll(',', '')}` });
    return htmlReport(
      suiteOutcome(
        aSuite([aTest(`a${text}`, [failed])], {
          suite: `a${text}`,
          builds: { [`a${text}`]: `a${text}` },
          skipped: [{ path: `a${text}`, reason: `a${text}` }],
        }),
      ),
    );
  };
  const skeleton = (page: string) => page.match(/<[!/]?[^\s>]+|"/gu);
  const tame = skeleton(pageWith(''));
  fc.assert(
    fc.property(anyText, (text) => {
      const page = pageWith(text);
      expect(skeleton(page)).toEqual(tame);
      expect(page).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/u);
    }),
  );
});

test('a page can be made of any outcome', () => {
  fc.assert(
    fc.property(anyOutcome, (outcome) => {
      const page = htmlReport(outcome);
      expect(page.match(/<tbody /gu) ?? []).toHaveLength(outcome.tests.length);
      expect(page).not.toMatch(/="(?:NaN|-?Infinity|undefined)/u);
    }),
  );
});

test('text is escaped in templates, and pieces of pages are not', () => {
  expect(markup`<p title="${'"<&>\''}">${markup`<b>${1}</b>`}${null}</p>`.html).toBe(
    '<p title="&#34;&#60;&#38;&#62;&#39;"><b>1</b></p>',
  );
  expect(escaped('a\u0000\u001B[31m\u202Eb\r\nc\td\uD800')).toBe('a[31mb\nc\td');
});

test('thousands of tests that all failed with long stories make a page that a browser can open', () => {
  const failed = aResult({ status: 'FAIL', reason: 'long '.repeat(5000) });
  const tests = Array.from({ length: 8000 }, (_, index) => aTest(`test${String(index)}`, [failed], [failed]));
  const page = htmlReport(suiteOutcome(aSuite(tests)));

  expect(page.length).toBeLessThan(15_000_000);
  expect(page).toContain('3000 more tests');
});

test('a scale has round steps, and no place outside', () => {
  const labels = (ms: number) => timeScale(0, ms).ticks.map(({ label }) => label);
  expect(labels(0)).toEqual(['0', '1 s']);
  expect(labels(12 * 60_000)).toEqual(['0', '2 min', '4 min', '6 min', '8 min', '10 min', '12 min']);
  expect(labels(3.2 * 3_600_000)).toEqual(['0', '30 min', '1 h', '1:30 h', '2 h', '2:30 h', '3 h']);
  expect(labels(30 * 24 * 3_600_000)).toEqual(['0', '96 h', '192 h', '288 h', '384 h', '480 h', '576 h', '672 h']);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: -(2 ** 40), max: 2 ** 41 }), (span, ms) => {
      const scale = timeScale(0, span);
      expect(scale.ticks.length).toBeLessThanOrEqual(9);
      expect(scale.at(ms)).toBeGreaterThanOrEqual(0);
      expect(scale.at(ms)).toBeLessThanOrEqual(100);
    }),
  );
});
