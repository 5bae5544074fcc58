/**
 * A week of a small lab in a few seconds, as its suite scheduler sees it: nightly and weekly suites, builds that land in
 * a git repository of manifests, a new Chrome, a board without hosts, a night on which the lab is closed, and a
 * scheduler that is down overnight and misses nothing.
 *
 * What is run when stands in suite_scheduler.ini, beside this file. Lab and clock are virtual; the git repository and
 * the files in which the scheduler keeps its memory are real, in a temporary folder.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  fileLedger,
  manifestVersions,
  memoryChrome,
  readSchedulerConfig,
  SuiteScheduler,
  type SchedulerNews,
} from 'dynamic-suite';
import { embeddedLab, VirtualClock } from 'dynamic-suite/testing';

const timeZone = 'America/Los_Angeles';
const mondayMs = Date.parse('2026-01-05T00:00:00-08:00');
const hourMs = 3600_000;
const clock = new VirtualClock({ startMs: mondayMs });
const here = (name: string) => new URL(name, import.meta.url).pathname;

// Two boards with hosts, and one of which the lab has only the label. Suites are started here, and not run.
const lab = await embeddedLab({ clock, timeZone, runSuite: async () => {} })
  .board('lumpy', { hosts: 4, pool: 'bvt', labels: ['pool:suites', 'pool:power', 'pool:faft', 'pool:cq'] })
  .board('x86-mario', { hosts: 4, pool: 'bvt', labels: ['pool:suites', 'pool:power'] })
  .label('board:x86-alex')
  .start();
const chrome = memoryChrome('50.0.2661.0-r1');
const folder = await mkdtemp(join(tmpdir(), 'suite-scheduler-'));
const manifests = join(folder, 'manifest-versions');
let today = '';

try {
  await git('init', '--quiet', manifests);
  await land('lumpy-release/R48-7647.80.0', 'lumpy-firmware/R50-6300.4.0');
  let running = await startScheduler();

  await until('Mon 10:30');
  await land('lumpy-release/R50-7800.0.0', 'x86-mario-release/R50-7800.0.0');

  await until('Tue 09:30');
  tell('* Chrome moves');
  chrome.set('50.0.2664.0-r1');
  await until('Tue 16:30');
  await land('lumpy-release/R50-7803.0.0', 'x86-mario-release/R49-7647.12.0');

  await until('Wed 11:30');
  await land('lumpy-paladin/R50-7805.1.0', 'lumpy-paladin/R50-7805.2.0', 'x86-mario-release/R50-7806.0.0');
  await until('Wed 20:30');
  tell('* the lab closes');
  lab.setStatus({ state: 'closed', message: 'The racks get new switches tonight' });
  await until('Thu 08:30');
  tell('* the lab is open again');
  lab.setStatus({ state: 'open' });

  await until('Thu 17:30');
  tell('* the scheduler is stopped');
  await running.stop();
  await until('Thu 18:30');
  await land('lumpy-release/R50-7809.0.0', 'x86-mario-factory/R50-7809.0.0');
  await until('Fri 06:00');
  running = await startScheduler();

  await until('Sat 14:30');
  await land('lumpy-release/R50-7812.0.0');
  await until('Mon 00:00', 1);

  console.log('\nWhy was bvt not run on x86-mario on Wednesday night?\n');
  console.log(
    String(await running.scheduler.explain({ suite: 'bvt', board: 'x86-mario', sinceMs: 5.5 * 24 * hourMs })),
  );
  await running.stop();
  lab.expectNothingDoubled();
} finally {
  await lab.close();
  await rm(folder, { recursive: true, force: true });
}

/** A scheduler as a lab would start it. Its memory is in files, so that the next one knows what this one has done. */
async function startScheduler(): Promise<{ readonly scheduler: SuiteScheduler; readonly stop: () => Promise<void> }> {
  const ledger = fileLedger(join(folder, 'state'), { clock });
  const scheduler = new SuiteScheduler({
    lab: { afe: lab.afe, labStatus: lab.urls.labStatus, transport: lab.transport, timeZone },
    config: await readSchedulerConfig(here('suite_scheduler.ini'), { clock }),
    builds: manifestVersions({ repositories: [manifests], folder: join(folder, 'clones'), clock }),
    chrome,
    ledger,
    intervalMs: hourMs,
    onNews,
    clock,
  });
  tell(`* the scheduler is started, with ${String(scheduler.config.tasks.length)} tasks`);
  const over = scheduler.run();
  return {
    scheduler,
    async stop() {
      await scheduler.close();
      await over;
      await ledger.close();
    },
  };
}

/** What was started, as which job, and, at the end of each turn, what was not and why. */
function onNews(news: SchedulerNews): void {
  switch (news.type) {
    case 'launch': {
      const { record, problem } = news.launch;
      const { suite, testSourceBuild, task } = record.launch;
      tell(`${problem ?? `job ${String(record.jobId)}`}: ${suite} on ${testSourceBuild} (${task})`);
      break;
    }
    case 'turn-ended':
      for (const { task, board, reason } of news.report.decisions) {
        // That another hour or day is the task's own is no news.
        if (['launch', 'wrong-hour', 'wrong-day'].includes(reason.code)) continue;
        tell(`   -- ${task} on ${board ?? 'every board'}: ${reason.text}`);
      }
      break;
    case 'missed':
      tell(`missed: ${news.tasks.join(', ')} of ${news.occurrence}`);
      break;
    case 'problem':
      tell(`${news.where} does not work: ${news.message}`);
      break;
    default:
  }
}

/** A line of the calendar. */
function tell(line: string): void {
  const now = clock.now();
  const day = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric', timeZone }).format(
    now,
  );
  const time = new Intl.DateTimeFormat('en-US', { timeStyle: 'short', hourCycle: 'h23', timeZone }).format(now);
  if (day !== today) console.log(`\n${day}`);
  today = day;
  console.log(`  ${time}  ${line}`);
}

/** Lets time pass until a time of the week, or of a later one. */
async function until(time: string, weeks = 0): Promise<void> {
  const [, day = '', hours, minutes] = /^(\w+) (\d+):(\d+)$/.exec(time) ?? [];
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(day) + 7 * weeks;
  const atMs = mondayMs + (days * 24 + Number(hours)) * hourMs + Number(minutes) * 60_000;
  await clock.sleep(atMs - clock.now());
}

/** Builds pass: their files are in the lab's storage, and their manifests come to the git repository. */
async function land(...builds: readonly string[]): Promise<void> {
  // All this takes real time.
  const release = clock.hold();
  for (const build of builds) {
    tell(`+ ${build}`);
    await lab.addBuild(build, here('build'));
    const [, target = '', milestone = '', version = ''] = /^(.+)\/R(\d+)-(.+)$/.exec(build) ?? [];
    const manifest = join(manifests, 'build-name', target, 'pass', milestone, `${version}.xml`);
    await mkdir(dirname(manifest), { recursive: true });
    await writeFile(manifest, '<manifest/>\n');
  }
  await git('-C', manifests, 'add', '.');
  await git('-C', manifests, 'commit', '--quiet', '--message', builds.join(', '));
  release();
}

async function git(...args: readonly string[]): Promise<void> {
  const date = `@${String(clock.now() / 1000)} +0000`;
  const author = { GIT_AUTHOR_NAME: 'builder', GIT_AUTHOR_EMAIL: 'builder@lab.example', GIT_AUTHOR_DATE: date };
  const committer = {
    GIT_COMMITTER_NAME: 'builder',
    GIT_COMMITTER_EMAIL: 'builder@lab.example',
    GIT_COMMITTER_DATE: date,
  };
  await promisify(execFile)('git', args, { env: { ...process.env, ...author, ...committer } });
}
