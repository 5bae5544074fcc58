import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { htmlReport } from '../../src/reports/html-report.js';
import { findBrowser, withBrowserPage, type BrowserPage } from '../support/browser.js';
import { aTest, aResult } from '../support/builders.js';
import { aCrash, everyConclusion } from '../support/outcomes.js';

const attack = `"'></pre></script><script>window.robbed = true</script><img src=x onerror="window.robbed = true">`;

test('in a real browser the page filters, unfolds crashes, follows dark and light, and runs nothing foreign', async (context) => {
  const browser = await findBrowser();
  if (browser === null) {
    const why = 'There is no chromium on this machine, so nobody looked at the HTML report in a browser.';
    console.warn(why);
    return context.skip(why);
  }

  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  const file = join(folder, 'report #1.html');
  const url = pathToFileURL(file).href;
  await writeFile(file, htmlReport(hostile()));
  try {
    await withBrowserPage(browser, async (page) => {
      await page.open(url);
      await looksSound(page);
      await filters(page);
      await hasColours(page);
      await page.call('Emulation.setScriptExecutionDisabled', { value: true });
      await page.open(url);
      await isReadableWithoutScripts(page);
      expect(page.complaints).toEqual([]);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

function hostile() {
  const { tests: known } = everyConclusion();
  const failed = aResult({ status: 'FAIL', reason: attack, testName: attack, hostname: attack });
  const evil = aTest(attack, [failed]);
  const crashes = [aCrash({ stack: attack, signature: attack, dump: attack })];
  return everyConclusion({
    suite: attack,
    board: 'x86-mario',
    builds: { [attack]: attack },
    skipped: [{ path: attack, reason: attack }],
    tests: [
      ...known,
      { ...evil, attempts: [{ jobId: 99, results: [{ ...failed, startedMs: early, finishedMs: late }], crashes }] },
    ],
  });
}

const early = Date.UTC(2026, 0, 31, 22, 1);
const late = Date.UTC(2026, 0, 31, 22, 9);
const shownTests = `[...document.querySelectorAll('tbody.test')].filter((body) => body.offsetHeight > 0).length`;

async function looksSound(page: BrowserPage): Promise<void> {
  expect(await page.value('window.robbed')).toBeUndefined();
  expect(await page.value(`document.querySelectorAll('script, img, link, iframe').length`)).toBe(1);
  expect(await page.value(`document.querySelector('h1').textContent`)).toContain(attack);
  expect(await page.value(shownTests)).toBe(11);
  expect(await page.value(`document.querySelectorAll('svg.lane').length`)).toBe(4);
  const narrowest = `Math.min(...[...document.querySelectorAll('.bar rect')].map((bar) => bar.getBoundingClientRect().width))`;
  expect(await page.value(narrowest)).toBeGreaterThan(1);
  // A telephone shows the page without scrolling it sideways.
  await page.call('Emulation.setDeviceMetricsOverride', {
    width: 380,
    height: 800,
    deviceScaleFactor: 1,
    mobile: true,
  });
  expect(await page.value('document.documentElement.scrollWidth')).toBeLessThanOrEqual(380);
  await page.call('Emulation.clearDeviceMetricsOverride');
}

async function filters(page: BrowserPage): Promise<void> {
  const type = (text: string) =>
    page.value(
      `{ const find = document.getElementById('find'); find.value = ${JSON.stringify(text)}; find.dispatchEvent(new Event('input')); }`,
    );
  const press = (conclusion: string) => page.value(`document.querySelector('button[data-is=${conclusion}]').click()`);
  await type('triangle UPSIDE');
  expect(await page.value(shownTests)).toBe(1);
  expect(await page.value(`document.getElementById('shown').textContent`)).toBe('1 of 11 tests');
  expect(await page.value(`document.querySelectorAll('.bar.dim').length`)).toBeGreaterThan(0);
  await type('');
  await press('flaky');
  expect(await page.value(shownTests)).toBe(1);
  await press('warned');
  expect(await page.value(shownTests)).toBe(2);
  await press('flaky');
  await press('warned');
  expect(await page.value(shownTests)).toBe(11);
  const stack = `document.querySelector('details pre').checkVisibility()`;
  expect(await page.value(stack)).toBe(false);
  await page.value(`document.querySelector('summary').click()`);
  expect(await page.value(stack)).toBe(true);
}

async function hasColours(page: BrowserPage): Promise<void> {
  // How much lighter the ground is than the ink, of 765.
  const contrast = `(({ color, backgroundColor }) => {
    const sum = (rgb) => rgb.match(/[0-9]+/g).slice(0, 3).reduce((all, one) => all + Number(one), 0);
    return sum(backgroundColor) - sum(color);
  })(getComputedStyle(document.body))`;
  const prefer = (value: string) =>
    page.call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  await prefer('light');
  expect(await page.value(contrast)).toBeGreaterThan(400);
  await prefer('dark');
  expect(await page.value(contrast)).toBeLessThan(-400);
}

async function isReadableWithoutScripts(page: BrowserPage): Promise<void> {
  expect(await page.value(shownTests)).toBe(11);
  expect(await page.value(`document.getElementById('find').checkVisibility()`)).toBe(false);
  expect(await page.value(`document.querySelector('.reason').checkVisibility()`)).toBe(true);
}
