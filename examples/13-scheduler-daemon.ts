/**
 * A suite scheduler as a lab starts it, by hand or from systemd:
 *
 *   npx tsx examples/13-scheduler-daemon.ts --config suite_scheduler.ini --state /var/lib/suite-scheduler \
 *     --afe http://afe.lab --user me --status-page 'http://status.lab/current?format=json' \
 *     --manifest https://git.lab/manifest-versions --chrome https://git.lab/chromiumos-overlay
 *
 * SIGTERM or SIGINT ends it after the turn under way, a second one, or a minute later, at once. On 127.0.0.1, --port (8140), it answers
 *
 *   /                               how it is doing, as JSON; with 503 when the last turn is too long ago
 *   /plan                           what a turn would do now
 *   /forecast?days=7                what will be due
 *   /explain?suite=bvt&board=lumpy  why a suite was run, or was not, in the last &hours=24
 *
 * --plan, --forecast DAYS and --explain SUITE [--board BOARD] [--hours HOURS] print the same and start nothing; a daemon
 * that uses the same --state is asked. --check looks at the configuration alone, and, with --autotest FOLDER, whether
 * its suites exist. --wait stands by until another daemon on the same --state has gone. --for 24h ends it after a while.
 *
 * Without --afe it runs on an embedded lab, for a virtual day.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  checkConfig,
  chromeEbuilds,
  fileLedger,
  fileSystemControlFiles,
  HttpAfeClient,
  LeaseHeldError,
  manifestVersions,
  memoryBuilds,
  memoryChrome,
  memoryLedger,
  readSchedulerConfig,
  silentLogger,
  SuiteScheduler,
  systemClock,
  type Clock,
  type Ledger,
  type Logger,
  type SuiteSchedulerOptions,
} from 'dynamic-suite';
import { embeddedLab, VirtualClock } from 'dynamic-suite/testing';

const here = (name: string) => new URL(name, import.meta.url).pathname;
const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const intervalMs = 5 * 60_000;

const { values: given } = parseArgs({
  options: {
    ...{ config: { ...text, default: here('suite_scheduler.ini') }, state: text, port: text, for: text, wait: flag },
    ...{
      afe: text,
      user: text,
      'time-zone': text,
      'status-page': text,
      manifest: { ...text, multiple: true },
      chrome: text,
    },
    ...{ plan: flag, forecast: text, explain: text, board: text, hours: text, check: flag, autotest: text },
  },
});
const isEmbedded = given.afe === undefined;
const clock: Clock = isEmbedded ? new VirtualClock() : systemClock;
const port = Number(given.port ?? (isEmbedded ? 0 : 8140));
const question = questionOf(given);

try {
  if (given.check) await check();
  else if (question === undefined) await runDaemon();
  else await answer(question);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function runDaemon(): Promise<void> {
  const forMs = durationOf(given.for ?? (isEmbedded ? '1d' : '36500d'));
  const logger = lineLogger();
  const { scheduler, ledger } = await createScheduler(logger);
  const server = await serve(scheduler);
  logger.info(
    `started with ${String(scheduler.config.tasks.length)} tasks; http://127.0.0.1:${String(portOf(server))}/`,
  );

  const over = new AbortController();
  const atOnce = new AbortController();
  let isStopping = false;
  const stop = (why: string) => {
    logger.info(isStopping ? `${why}: stopping at once` : `${why}: stopping after the turn under way`);
    if (isStopping) atOnce.abort(new Error(why));
    isStopping = true;
    void scheduler.stop();
    // While the AFE is away a turn can take ten minutes; systemd kills after a minute and a half.
    clock.sleep(60_000, { signal: over.signal }).then(
      () => atOnce.abort(new Error(why)),
      () => {},
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  clock.sleep(forMs, { signal: over.signal }).then(
    () => stop('time is over'),
    () => {},
  );
  try {
    await scheduler.run({ signal: atOnce.signal });
  } catch (error) {
    if (!atOnce.signal.aborted) throw error;
    process.exitCode = 1;
  } finally {
    over.abort();
    process.off('SIGTERM', stop).off('SIGINT', stop);
    server.close();
    server.closeAllConnections();
    await scheduler.close();
    await ledger.close();
    logger.info('stopped');
  }
}

/** Prints the answer of a scheduler that starts nothing, or, where a daemon has the memory, of that daemon. */
async function answer(path: string): Promise<void> {
  try {
    const { scheduler, ledger } = await createScheduler(silentLogger);
    try {
      if (isEmbedded) await letADayPass(scheduler);
      console.log(await textFor(scheduler, new URL(path, 'http://127.0.0.1')));
    } finally {
      await scheduler.close();
      await ledger.close();
    }
  } catch (error) {
    if (!(error instanceof LeaseHeldError)) throw error;
    const response = await fetch(`http://127.0.0.1:${String(port)}${path}`).catch((cause: unknown) => {
      throw new Error(`${error.message}, and nobody answers on port ${String(port)} of this host`, { cause });
    });
    process.stdout.write(await response.text());
    if (!response.ok) process.exitCode = 1;
  }
}

/** An embedded lab begins with nothing to tell of. */
async function letADayPass(scheduler: SuiteScheduler): Promise<void> {
  const running = scheduler.run();
  await clock.sleep(durationOf('24h'));
  await scheduler.stop();
  await running;
}

async function check(): Promise<void> {
  const config = await readSchedulerConfig(given.config);
  const root = given.autotest ?? (isEmbedded ? here('build') : undefined);
  const { afe, user } = given;
  const labels =
    afe === undefined ? [] : await new HttpAfeClient({ url: afe, user }).getLabels({ namePrefix: 'board:' });
  const found = await checkConfig(config, {
    controlFiles: root === undefined ? undefined : fileSystemControlFiles({ root }),
    boards: afe === undefined ? undefined : labels.map(({ name }) => name.slice('board:'.length)),
  });
  console.log(String(found));
  if (found.status === 'failed') process.exitCode = 1;
}

async function createScheduler(logger: Logger) {
  const { config: path, state = 'state', afe = '', user, chrome } = given;
  const clones = { folder: join(state, 'clones'), logger };
  const ledger = isEmbedded && given.state === undefined ? memoryLedger() : await openLedger(state, logger);
  const scheduler = new SuiteScheduler({
    ...(isEmbedded
      ? await startLab()
      : {
          lab: { afe, user, labStatus: given['status-page'], timeZone: given['time-zone'] },
          builds: manifestVersions({ ...clones, repositories: given.manifest ?? missing('--manifest') }),
          chrome: chrome === undefined ? undefined : chromeEbuilds({ ...clones, repository: chrome }),
        }),
    config: await readSchedulerConfig(path, { clock }),
    ...{ ledger, intervalMs, clock, logger },
  });
  return { scheduler, ledger };
}

/** Opened now, so that whoever else uses the folder is told of here, and not in every turn. */
async function openLedger(state: string, logger: Logger): Promise<Ledger> {
  const ledger = fileLedger(state, { clock, logger, wait: given.wait });
  await ledger.open();
  return ledger;
}

/** A virtual lab, in the middle of the night, with builds of the evening before. */
async function startLab(): Promise<Pick<SuiteSchedulerOptions, 'lab' | 'builds' | 'chrome'>> {
  const names = ['lumpy-release/R50-7800.0.0', 'x86-mario-release/R50-7800.0.0'];
  const pools = ['suites', 'power', 'faft', 'cq'].map((pool) => `pool:${pool}`);
  const lab = embeddedLab({ clock, runSuite: async () => {} });
  for (const board of ['lumpy', 'x86-mario']) lab.board(board, { hosts: 4, pool: 'bvt', labels: pools });
  for (const name of names) lab.build(name, here('build'));
  const builds = memoryBuilds(Object.fromEntries(names.map((name) => [name, clock.now() - 3 * 3600_000])), { clock });
  return { lab: await lab.start(), builds, chrome: memoryChrome('50.0.2661.0-r1') };
}

async function serve(scheduler: SuiteScheduler): Promise<Server> {
  const startedMs = clock.now();
  const server = createServer((request, response) => {
    const respond = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(`${body}\n`);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const body = url.pathname === '/' ? scheduler.status() : textFor(scheduler, url);
    body.then(
      (found) => {
        if (typeof found === 'string') return respond(200, 'text/plain', found);
        const { state, atMs, lastTurn } = found;
        const isLate = state !== 'waiting-for-lease' && atMs - (lastTurn?.atMs ?? startedMs) > 3 * intervalMs;
        return respond(isLate ? 503 : 200, 'application/json', JSON.stringify(found, null, 2));
      },
      (error: unknown) => respond(400, 'text/plain', error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function textFor(scheduler: SuiteScheduler, { pathname, searchParams }: URL): Promise<string> {
  const of = (name: string) => searchParams.get(name) ?? undefined;
  switch (pathname) {
    case '/plan':
      return String(await scheduler.plan());
    case '/forecast':
      return String(await scheduler.forecast(Number(of('days') ?? 7)));
    case '/explain': {
      const sinceMs = Number(of('hours') ?? 24) * 3600_000;
      return String(await scheduler.explain({ suite: of('suite'), task: of('task'), board: of('board'), sinceMs }));
    }
    default:
      throw new Error(`expected /, /plan, /forecast or /explain, found ${pathname}`);
  }
}

function questionOf({ plan, forecast: days, explain: suite, board, hours }: typeof given): string | undefined {
  if (plan) return '/plan';
  if (days !== undefined) return `/forecast?days=${days}`;
  if (suite === undefined) return undefined;
  const asked = new URLSearchParams({ suite, ...(board && { board }), ...(hours && { hours }) });
  return `/explain?${asked.toString()}`;
}

/** A line for each thing that happens, on the standard output, as systemd and its like take it. */
function lineLogger(): Logger {
  const plain = (_key: string, value: unknown) => (value instanceof Error ? value.message : value);
  const logTo = (level: string) => (message: string, details?: object) => {
    const more = details === undefined ? '' : ` ${JSON.stringify(details, plain)}`;
    console.log(`${new Date(clock.now()).toISOString()} ${level.padEnd(5)} ${message}${more}`);
  };
  return { debug() {}, info: logTo('INFO'), warn: logTo('WARN'), error: logTo('ERROR') };
}

/** `90s`, `5m`, `24h` or `7d`, in ms. */
function durationOf(duration: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const seconds = new Map([
    ['s', 1],
    ['m', 60],
    ['h', 3600],
    ['d', 86_400],
  ]).get(unit);
  if (seconds === undefined) throw new Error(`--for: expected e.g. 90s, 5m, 24h or 7d, found ${duration}`);
  return Number(count) * seconds * 1000;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function missing(option: string): never {
  throw new Error(`${option} is missing; the head of this file has an example`);
}
