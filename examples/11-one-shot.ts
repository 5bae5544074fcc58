/**
 * A one-shot run: all suites that are configured for some events, on one build, now, whatever their hour or day and
 * whether or not they have run before.
 *
 *   npx tsx examples/11-one-shot.ts --events nightly,new_build --build stumpy-release/R19-1998.0.0-a1-b1135
 *   npx tsx examples/11-one-shot.ts --events weekly --build lumpy-release/R50-7800.0.0 --tot 51 \
 *     --config suite_scheduler.ini --afe http://afe.lab --user me
 *
 * Without --afe it runs on an embedded lab, without --config by suite_scheduler.ini beside this file. --tot is the
 * milestone that `tot` stands for in the configuration; without it, it is that of the build.
 */
import { parseArgs } from 'node:util';
import { memoryBuilds, memoryChrome, parseBuildName, readSchedulerConfig, SuiteScheduler } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

const here = (name: string) => new URL(name, import.meta.url).pathname;

try {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: 'nightly,new_build' },
      build: { type: 'string', default: 'stumpy-release/R19-1998.0.0-a1-b1135' },
      tot: { type: 'string' },
      config: { type: 'string', default: here('suite_scheduler.ini') },
      afe: { type: 'string' },
      user: { type: 'string' },
    },
  });
  const { build, tot, afe, user } = values;

  await using scheduler = new SuiteScheduler({
    lab: afe === undefined ? await startLab(build) : { afe, user },
    config: await readSchedulerConfig(values.config),
    builds: memoryBuilds({ [build]: null }, tot === undefined ? {} : { topOfTree: () => Promise.resolve(Number(tot)) }),
    // That tasks for a new Chrome may be asked for.
    chrome: memoryChrome(),
    logger: { debug() {}, info() {}, warn: console.error, error: console.error },
  });
  const { decisions, launches } = await scheduler.runOnce({ events: values.events.split(','), build });

  for (const { record, problem } of launches) {
    const { task, suite, pool } = record.launch;
    console.log(
      `${task}: ${suite} in ${pool === null ? 'any pool' : `pool ${pool}`}, ${problem ?? `job ${String(record.jobId)}`}`,
    );
    if (record.state !== 'launched') process.exitCode = 1;
  }
  for (const { task, reason } of decisions) {
    if (reason.code !== 'launch') console.log(`${task}: not run, ${reason.text}`);
  }
} catch (error) {
  // An event that there is not, a text that is no build, an AFE that does not answer.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

/** A lab with hosts for the board of the build. */
async function startLab(build: string) {
  return await embeddedLab({ runSuite: async () => {} })
    .board(parseBuildName(build).board, { hosts: 4, pool: 'bvt', labels: ['pool:suites'] })
    .build(build, here('build'))
    .start();
}
