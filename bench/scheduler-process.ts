/** The process of one scheduler: is told what to measure, and tells what it took. */
import {
  memoryBuilds,
  memoryLedger,
  schedulerConfig,
  SuiteScheduler,
  type BuildSource,
  type HttpTransport,
  type Launcher,
  type Ledger,
  type SuiteTaskOptions,
} from 'dynamic-suite';
import { embeddedLab, VirtualClock, type EmbeddedLab } from 'dynamic-suite/testing';
import { countingTransport } from './counting-transport.js';

export interface SchedulerRequest {
  readonly what: 'warm turn' | 'year';
  readonly boards: number;
  readonly tasks: number;
  /** How many suites the tasks share. */
  readonly suites: number;
}

export interface SchedulerAnswer {
  /** Calls to the AFE other than those that create jobs. */
  readonly reads: number;
  readonly bytes: number;
  readonly cpuMs: number;
  /** What is on the heap at the most during the turn, garbage included, and was not there before it. */
  readonly addedMb: number;
  readonly heapMb: number;
  readonly decisions: number;
  readonly started: number;
  readonly seconds: number;
}

process.once('message', (request: SchedulerRequest) => {
  const answer = request.what === 'warm turn' ? warmTurn(request) : year(request);
  void answer.then((measured) => {
    process.send?.(measured);
    process.disconnect();
  });
});

const startMs = Date.parse('2026-01-05T17:00:00Z');
const hourMs = 3_600_000;
const milestones = [48, 49, 50];

/**
 * Turns in which every board has a new build of three branches, which every task tests: a cold one, in which hundreds of
 * boards are met for the first time, then one that finds all suites started already.
 */
async function warmTurn(request: SchedulerRequest): Promise<SchedulerAnswer> {
  const { lab, clock, transport } = await startLab(request.boards, 10);
  const { builds, add } = buildsOf(request.boards, clock);
  const counted = countingTransport(transport);
  const { launcher, started } = countingLauncher();
  const { ledger, takeHighest } = watchedLedger();
  const scheduler = new SuiteScheduler({
    lab: { afe: lab.urls.afe, transport: counted.transport },
    config: schedulerConfig({ tasks: tasksOf(request, 'nightly'), events: { nightly: { alwaysHandle: true } } }),
    ...{ builds, clock, launcher, ledger },
  });
  for (let version = 1; version <= 2; version++) {
    add(version);
    // A turn that starts them, and one that finds them started: what most turns of a day are like.
    for (let turn = 1; turn <= 2; turn++) {
      await clock.advance(5 * 60_000);
      await scheduler.turn();
    }
  }
  await clock.advance(5 * 60_000);
  const heapBefore = heapMb();
  takeHighest();
  counted.take();
  const cpuBefore = process.cpuUsage();
  const beganAt = performance.now();
  const { decisions } = await scheduler.turn();
  const { user, system } = process.cpuUsage(cpuBefore);
  const highest = Math.max(takeHighest(), usedMb());
  const heapAfter = heapMb();
  const traffic = counted.take();
  const seconds = (performance.now() - beganAt) / 1000;
  return {
    reads: traffic.calls,
    bytes: traffic.bytesSent + traffic.bytesReceived,
    cpuMs: (user + system) / 1000,
    addedMb: highest - heapBefore,
    heapMb: heapAfter,
    decisions: decisions.length,
    started: started(),
    seconds,
  };
}

/** A year of hourly turns; each board has a build a day, of its three branches in turn. */
async function year(request: SchedulerRequest): Promise<SchedulerAnswer> {
  const { lab, clock, transport } = await startLab(request.boards, 2);
  const { builds, add } = buildsOf(request.boards, clock);
  const counted = countingTransport(transport);
  const { launcher, started } = countingLauncher();
  const scheduler = new SuiteScheduler({
    lab: { afe: lab.urls.afe, transport: counted.transport },
    config: schedulerConfig({ tasks: tasksOf(request, 'mixed') }),
    ...{ builds, clock, launcher, ledger: memoryLedger(), intervalMs: hourMs },
  });
  const cpuBefore = process.cpuUsage();
  const beganAt = performance.now();
  let decisions = 0;
  for (let hour = 0; hour < 365 * 24; hour++) {
    if (hour % 24 === 10) add(hour, [milestones[Math.floor(hour / 24) % milestones.length] ?? 0]);
    const report = await scheduler.turn();
    decisions += report.decisions.length;
    await clock.advance(hourMs);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const traffic = counted.take();
  return {
    reads: traffic.calls,
    bytes: traffic.bytesSent + traffic.bytesReceived,
    cpuMs: (user + system) / 1000,
    addedMb: 0,
    heapMb: process.resourceUsage().maxRSS / 1024,
    decisions,
    started: started(),
    seconds: (performance.now() - beganAt) / 1000,
  };
}

function heapMb(): number {
  globalThis.gc?.();
  return usedMb();
}

function usedMb(): number {
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** A ledger that looks at the heap whenever it is called: between the steps of a turn, where what they have made is there. */
function watchedLedger(): { readonly ledger: Ledger; readonly takeHighest: () => number } {
  let highest = 0;
  const look = () => (highest = Math.max(highest, usedMb()));
  const inner = memoryLedger();
  const ledger: Ledger = {
    ...inner,
    find: (keys) => (look(), inner.find(keys)),
    note: (notes, options) => (look(), inner.note(notes, options)),
    watermark: (name) => (look(), inner.watermark(name)),
    moveWatermark: (...args) => (look(), inner.moveWatermark(...args)),
    launches: (filter) => (look(), inner.launches(filter)),
  };
  const takeHighest = () => {
    const taken = highest;
    highest = 0;
    return taken;
  };
  return { ledger, takeHighest };
}

interface BenchLab {
  readonly lab: EmbeddedLab;
  readonly clock: VirtualClock;
  readonly transport: HttpTransport;
}

async function startLab(boards: number, hosts: number): Promise<BenchLab> {
  const clock = new VirtualClock({ startMs, autoAdvance: false });
  const builder = embeddedLab({ clock });
  for (let board = 0; board < boards; board++) builder.board(`board${board}`, { hosts, pool: 'bvt' });
  const lab = await builder.start();
  return { lab, clock, transport: lab.transport };
}

function buildsOf(
  boards: number,
  clock: VirtualClock,
): { builds: BuildSource; add: (version: number, of?: readonly number[]) => void } {
  const builds = memoryBuilds({}, { clock });
  const add = (version: number, of: readonly number[] = milestones) => {
    for (let board = 0; board < boards; board++) {
      for (const milestone of of) builds.add(`board${board}-release/R${milestone}-${version}.${milestone}.0`);
    }
  };
  return { builds, add };
}

function tasksOf({ tasks, suites }: SchedulerRequest, events: 'nightly' | 'mixed'): readonly SuiteTaskOptions[] {
  return Array.from({ length: tasks }, (_, index): SuiteTaskOptions => {
    const common = { name: `Task${index}`, suite: `suite${index % suites}`, pool: 'bvt', branchSpecs: ['>=tot-2'] };
    if (events === 'nightly') return { ...common, runOn: 'nightly', hour: 9, boards: [], num: index };
    const kind = index % 10;
    if (kind < 6) return { ...common, runOn: 'nightly', hour: index % 24, num: index };
    return kind < 8
      ? { ...common, runOn: 'weekly', day: index % 7, num: index }
      : { ...common, runOn: 'new_build', num: index };
  });
}

/** Starts nothing: what a lab does with suite jobs is measured elsewhere. */
function countingLauncher(): { readonly launcher: Launcher; readonly started: () => number } {
  let count = 0;
  const launcher: Launcher = {
    launch: async () => ({ jobId: ++count }),
    find: async () => null,
  };
  return { launcher, started: () => count };
}
