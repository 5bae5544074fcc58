import { writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSchedulerConfig } from '../../src/index.js';
import { temporaryFolder } from '../support/git-repository.js';
import { storyBench, type StoryBench } from '../support/scheduler/in-process.js';
import { hourMs, nameOf, weekStartMs, type StoryBuild } from '../support/scheduler/week.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let bench: StoryBench;
beforeEach(async () => {
  folder = await temporaryFolder('scheduler-config');
  bench = await storyBench({ builds: [build], chromes: [] });
});
afterEach(async () => {
  await bench.lab.close();
  await folder.remove();
});

const build: StoryBuild = { board: 'lumpy-x', milestone: 28, version: '1.2.3', atMs: weekStartMs };
const bvt = `${nameOf(build)}-test_suites/control.bvt`;
const power = `${nameOf(build)}-test_suites/control.power`;
const good = '[Nightly]\nsuite: bvt\nrun_on: nightly\nhour: 21\n[Other]\nsuite: power\nrun_on: nightly\nhour: 22\n';

/** Takes turns from 09:00 to 09:00, with files of the given texts from these hours on; null: there is none. */
async function dayWith(files: readonly { readonly fromHour: number; readonly text: string | null }[]) {
  const path = join(folder.path, 'suite_scheduler.ini');
  await writeFile(path, good);
  const scheduler = bench.scheduler({ config: await readSchedulerConfig(path, { clock: bench.clock }) });
  const statuses = [];
  for (let hour = 9; hour <= 33; hour += 0.25) {
    await bench.goOn(weekStartMs + (hour - 9) * hourMs);
    const file = files.find(({ fromHour }) => fromHour === hour);
    if (file?.text === null) await rm(path);
    else if (file !== undefined) await writeFile(path, file.text);
    await scheduler.turn();
    statuses.push(await scheduler.status());
  }
  const told = bench.news.flatMap((one) => (one.type === 'warning' ? [one.message] : 'where' in one ? [one.type] : []));
  return { scheduler, statuses, told };
}

test.each([
  { what: 'is gone', text: null },
  { what: 'is empty of anything that can be read', text: 'nonsense' },
  { what: 'has nothing but malformed sections', text: '[Nightly]\nsuite: bvt\n' },
])('a file that $what for two hours loses and doubles no night, and is told (C9)', async ({ text }) => {
  const { statuses, told } = await dayWith([
    { fromHour: 20, text },
    { fromHour: 22.5, text: good },
  ]);
  expect(bench.jobs()).toEqual([bvt, power]);
  expect(told).toEqual(['problem', 'mended']);
  const bad = statuses.filter(({ problems }) => problems.some(({ where }) => where === 'configuration'));
  expect(bad).toHaveLength(10);
});

test('a section that becomes malformed does what it did until it is mended (C9)', async () => {
  const broken = good.replace('hour: 21', 'hour: 9pm');
  const { told, statuses } = await dayWith([
    { fromHour: 20, text: broken },
    { fromHour: 22.5, text: good },
  ]);
  expect(bench.jobs()).toEqual([bvt, power]);
  expect(told).toEqual([expect.stringMatching(/^line 4, \[Nightly\]: .*; until it is mended it does what it did$/)]);
  expect(statuses.filter(({ malformed }) => malformed.length > 0)).toHaveLength(10);
});

test('settings of an event that become malformed are what they were until they are mended (C9)', async () => {
  const settings = '[nightly_params]\nhour: 20\n[Nightly]\nsuite: bvt\nrun_on: nightly\n';
  await dayWith([
    { fromHour: 10, text: settings },
    { fromHour: 19, text: settings.replace('20', '8pm') },
    { fromHour: 20.25, text: settings.replace('20', '23') },
  ]);
  expect(bench.jobs()).toEqual([bvt]);
});

test('a task that is taken out and put back is due again at its hour', async () => {
  const { scheduler } = await dayWith([
    { fromHour: 10, text: good.slice(good.indexOf('[Other]')) },
    { fromHour: 20.5, text: good },
  ]);
  expect(bench.jobs()).toEqual([bvt, power]);
  const said = await scheduler.explain({ task: 'Nightly', board: 'lumpy-x', sinceMs: 24 * hourMs });
  expect(said.toString()).toContain('started');
});
