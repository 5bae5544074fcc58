import { expect, test } from 'vitest';
import { memoryBuilds, parseSchedulerConfig, SuiteScheduler, type SchedulerNews } from '../../src/index.js';
import { smallLab } from '../../src/testing/index.js';

test('what of the configuration is never run is told in the first turn, and once', async () => {
  await using lab = await smallLab().start();
  const news: SchedulerNews[] = [];
  const scheduler = new SuiteScheduler({
    lab: { afe: lab.afe },
    config: parseSchedulerConfig(
      '[Bvt]\nsuite: bvt\nrun_on: nightly\nbords: lumpy\n[Graphics]\nsuite: graphics\nrun_on: new_chrome\n',
    ),
    builds: memoryBuilds(),
    clock: lab.clock,
    onNews: (one) => news.push(one),
  });
  await scheduler.turn();
  await scheduler.turn();

  const warnings = news.flatMap((one) => (one.type === 'warning' ? [one.message] : []));
  expect(warnings).toEqual([
    'line 4, [Bvt]: unknown key "bords"; did you mean "boards"?',
    'nobody tells this scheduler of the event new_chrome (option "chrome"), so that these are never run: Graphics',
  ]);
});
