import { expect, test } from 'vitest';
import { htmlReport, jsonReport, reimageAndRun, renderSummary, type JsonReport } from '../../src/index.js';
import { suiteOutcome } from '../../src/results/outcome.js';
import { aResult, aSuite, aTest } from '../support/builders.js';
import { controlFile, marioLab } from '../support/labs.js';
import { aCrash } from '../support/outcomes.js';

const draw = { process: 'chrome', function: 'gpu::Draw', frames: ['main'] };

/** A suite in which two tests crash in the same place, one of them twice, and one elsewhere too. */
async function crashingSuite() {
  const files = { ...controlFile('a', { jobRetries: 1 }), ...controlFile('b'), ...controlFile('c') };
  const lab = await marioLab(files, {
    a: { status: 'FAIL', crashes: [draw] },
    b: { crashes: [draw, { process: 'vda', function: 'vda::Decode', unreadable: true }] },
  });
  return reimageAndRun({ ...lab.suiteArguments('bvt', 'x86-mario'), jobRetry: true });
}

test('every report for people and programs tells of each kind of crash once, with where it happened', async () => {
  const outcome = await crashingSuite();
  expect(outcome.crashes).toMatchObject({
    count: 4,
    groups: [
      {
        ...{ signature: 'gpu::Draw | main', program: 'chrome', count: 3 },
        occurrences: [
          { test: 'a', attempt: 1, jobId: 2 },
          { test: 'a', attempt: 2, jobId: 5 },
          { test: 'b', attempt: 1, jobId: 3 },
        ],
      },
      { signature: null, program: 'vda', count: 1 },
    ],
  });

  const summary = renderSummary(outcome);
  expect(
    summary
      .slice(summary.indexOf('4 crashes'))
      .replaceAll(/host\d/gu, 'host?')
      .split('\n'),
  ).toEqual([
    '4 crashes of 2 kinds:',
    '  3 × gpu::Draw | main (chrome)',
    '      a, try 1, job 2 on chromeos1-rack1-host?',
    '      a, try 2, job 5 on chromeos1-rack1-host?',
    '      b, try 1, job 3 on chromeos1-rack1-host?',
    '  1 × no stack (vda)',
    '      b, try 1, job 3 on chromeos1-rack1-host?',
    '',
  ]);

  const json = JSON.parse(jsonReport(outcome)) as JsonReport;
  expect(json.crashes).toEqual(outcome.crashes);

  const page = htmlReport(outcome);
  const section = page.slice(page.indexOf('aria-labelledby="crashes"'), page.indexOf('aria-labelledby="tests"'));
  expect(section).toContain('4 crashes of 2 kinds');
  expect(section.match(/gpu::Draw \| main \(chrome\)/gu)).toHaveLength(1);
  const links = [...section.matchAll(/href="#(test-\d+)">(\w)</gu)].map(
    ([, anchor, name]) => `${name ?? ''} ${anchor ?? ''}`,
  );
  expect(links).toHaveLength(4);
  for (const link of links) {
    const [name = '', anchor = ''] = link.split(' ');
    expect(page).toMatch(new RegExp(`id="${anchor}"[^>]*><tr>\\s*<th scope="row">${name}<`, 'u'));
  }
});

test('a suite in which nothing crashed says nothing of crashes', async () => {
  const outcome = suiteOutcome(aSuite([aTest('a', [aResult()])]));
  expect(renderSummary(outcome)).not.toContain('crash');
  expect(htmlReport(outcome)).not.toContain('aria-labelledby="crashes"');
});

test('the reports for people stay short when everything crashes', () => {
  const kinds = Array.from({ length: 140 }, (_, index) => aCrash({ signature: `f${String(index)}` }));
  const often = Array.from({ length: 70 }, () => aCrash({ signature: 'often' }));
  const test = { ...aTest('a'), attempts: [{ jobId: 7, results: [aResult()], crashes: [...often, ...kinds] }] };
  const outcome = suiteOutcome(aSuite([test]));
  const summary = renderSummary(outcome);
  const lines = summary.slice(summary.indexOf('\n210 crashes of 141 kinds:')).split('\n');
  expect(lines.length).toBeLessThan(30);
  expect(lines).toContain('      and 67 more');
  expect(lines).toContain('  and 131 more kinds');
  const page = htmlReport(outcome);
  expect(page).toContain('and 50 more');
  expect(page).toContain('91 more kinds');
});
