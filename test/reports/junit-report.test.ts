import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { junitReport } from '../../src/reports/junit-report.js';
import { xmlText } from '../../src/reports/xml-text.js';
import { suiteOutcome, type SuiteOutcome } from '../../src/results/outcome.js';
import { aResult, aSuite, aTest } from '../support/builders.js';
import { anyOutcome, anyText, everyConclusion } from '../support/outcomes.js';

const parser = new XMLParser({
  ignoreAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // As often as a long report has them.
  processEntities: { enabled: true, maxTotalExpansions: 1e6, maxExpandedLength: 1e7 },
  isArray: (name) => ['testcase', 'property', 'flakyFailure', 'rerunFailure', 'rerunError'].includes(name),
});

async function suiteOf(outcome: SuiteOutcome) {
  const xml = await junitReport(outcome);
  expect(XMLValidator.validate(xml)).toBe(true);
  return parser.parse(xml).testsuites.testsuite;
}

async function casesOf(outcome: SuiteOutcome) {
  const { testcase } = await suiteOf(outcome);
  return Object.fromEntries(testcase.map((one: { '@_name': string }) => [one['@_name'], one]));
}

test('a pass after a retry is a pass with a flakyFailure that tells of the failed try', async () => {
  const { power_Idle: flaky } = await casesOf(everyConclusion());

  expect(flaky).not.toHaveProperty('failure');
  expect(flaky.flakyFailure).toMatchObject([
    {
      '@_message': 'drew 9 W <too much>',
      '@_type': 'FAIL',
      stackTrace: 'try 1: FAIL, job 7 on host1\ndrew 9 W <too much>',
    },
  ]);
});

test('of a test that failed to the end the first try is the failure, and the others are reruns', async () => {
  const { video_Decoder: lost, graphics_Sanity: failed } = await casesOf(everyConclusion());

  expect(lost.failure).toMatchObject({ '@_message': 'frame 3', '@_type': 'FAIL' });
  expect(lost.rerunError).toMatchObject([{ '@_message': 'Machine did not return', '@_type': 'ABORT' }]);
  expect(failed.failure['#text']).toContain('Triangle 7 is upside down\nexpected: up\n');
});

test('a failure is what a test said, and an error what kept it from saying anything', async () => {
  const cases = await casesOf(everyConclusion());

  expect(cases['network_Wifi'].error).toMatchObject({ '@_type': 'ABORT' });
  expect(cases['security_Tpm'].error).toMatchObject({ '@_message': 'ValidationError: no such label' });
  expect(cases['platform_Boot'].error).toMatchObject({ '@_type': 'unfinished' });
});

test('what does not apply is skipped, and so is an experimental test that failed, since it does not count', async () => {
  const cases = await casesOf(everyConclusion());

  expect(cases['camera_Still'].skipped).toMatchObject({ '@_message': 'no camera' });
  expect(cases['experimental_Holograms'].skipped).toMatchObject({ '@_message': 'Experimental, failed: too flat' });
  expect(cases['audio_Loopback']).not.toHaveProperty('skipped');
});

test('tests that nobody waited for are skipped', async () => {
  const cases = await casesOf(suiteOutcome(aSuite([aTest('login', [])], { waited: false })));
  expect(cases['login'].skipped).toMatchObject({ '@_message': 'Not finished' });
});

test('the totals are those of the cases', async () => {
  const suite = await suiteOf(everyConclusion());

  expect(suite).toMatchObject({
    '@_name': 'bvt',
    '@_tests': '10',
    '@_failures': '2',
    '@_errors': '3',
    '@_skipped': '2',
    '@_flakes': '1',
    '@_time': '1800.000',
    '@_timestamp': '2026-01-31T22:00:00',
  });
  const has = (name: string) => suite.testcase.filter((one: object) => name in one).length;
  expect([has('failure'), has('error'), has('skipped')]).toEqual([2, 3, 2]);
});

test('the properties tell of board, builds and jobs, and the output of crashes', async () => {
  const suite = await suiteOf(everyConclusion());
  const cases = await casesOf(everyConclusion());
  const pairs = (of: { property: { '@_name': string; '@_value': string }[] }) =>
    Object.fromEntries(of.property.map((one) => [one['@_name'], one['@_value']]));

  expect(pairs(suite.properties)).toEqual({
    board: 'x86-mario',
    'build.cros-version': 'x86-mario-release/R19-1998.0.0',
    suite_job_id: '5',
    verdict: 'ERROR',
    exit_code: '1',
  });
  expect(pairs(cases['power_Idle'].properties)).toMatchObject({ job_ids: '7 8', hosts: 'host1 host2' });
  expect(cases['graphics_Sanity']['system-out']).toContain('crash: gpu::Draw < main (chrome.20260131.dmp)\nThread 0');
  expect(cases['graphics_Sanity']['system-out']).toContain('no stack: no crash server answered');
  expect(suite['system-out']).toContain('client/x/control:3:7: unterminated string');
});

test('the XML is valid, whatever any text holds', async () => {
  await fc.assert(
    fc.asyncProperty(anyOutcome, async (outcome) => {
      const xml = await junitReport(outcome);
      expect(XMLValidator.validate(xml)).toBe(true);
      expect(xml).not.toMatch(/[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF\p{Cs}]/u);
      // An escape could still bring in what XML does not have.
      expect(xml).not.toMatch(/&(?!(?:amp|lt|gt|quot|apos);)/u);
      expect(parser.parse(xml).testsuites.testsuite['@_tests']).toBe(String(outcome.tests.length));
    }),
  );
});

test('a reason reads back as it was, but for what is no character of XML', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (reason) => {
      const failed = aResult({ status: 'FAIL', reason });
      const { testcase } = await suiteOf(suiteOutcome(aSuite([aTest('login', [failed])])));
      const text = xmlText(reason);
      const head = 'try 1: FAIL, job 7 on host1';
      expect(testcase[0].failure['#text']).toBe(reason === '' ? head : `${head}\n${text}`);
    }),
  );
});

test('text for XML keeps its characters, and loses what XML has none for', () => {
  expect(xmlText('tab\tline\r\nnext\rlast 🦊 é \u0085')).toBe('tab\tline\nnext\nlast 🦊 é \u0085');
  expect(xmlText('a\u0000b\u001Bc\uD83Dd\uDD8Ae\uFFFEf\uFFFFg')).toBe('abcdefg');
});

test('a reason of a megabyte is cut, and says so', async () => {
  const failed = aResult({ status: 'FAIL', reason: 'x'.repeat(1e6) });
  const xml = await junitReport(suiteOutcome(aSuite([aTest('login', [failed])])));
  expect(xml.length).toBeLessThan(50_000);
  expect(xml).toContain('more characters)');
});
