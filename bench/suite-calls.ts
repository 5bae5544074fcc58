import { inSuite, memoryControlFiles, reimageAndRun, Suite, type SuiteEvent } from 'dynamic-suite';
import { benchLab, board, build, controlFiles, suite } from './bench-lab.js';
import { countingTransport, noTraffic, plus, type Traffic } from './counting-transport.js';
import { atMost, type Figure, type FigureGroup, type Target } from './figure.js';

/** The calls to the lab's servers that a suite makes, phase by phase, and the bytes they carry. */
export async function callFigures(): Promise<readonly FigureGroup[]> {
  const groups: FigureGroup[] = [];
  let idleBytesOfOne: number | undefined;
  for (const [tests, hosts] of [
    [1, 10],
    [54, 10],
    [500, 10],
    [5_000, 100],
  ] as const) {
    const phases = await phasesOfSuite(tests, { hosts });
    const idleBytes = bytes(largest(phases.idlePolls));
    idleBytesOfOne ??= idleBytes;
    groups.push({ title: title(tests, hosts), figures: figures(tests, phases, idleBytes / idleBytesOfOne) });
  }
  groups.push({ title: 'Calls of a poll that finds many jobs at once', figures: await manyAtOnce() });
  groups.push({ title: 'Calls to schedule a suite without a suite job', figures: [await withoutSuiteJob(54)] });
  return groups;
}

interface Phases {
  readonly check: Traffic;
  readonly stage: Traffic;
  readonly select: Traffic;
  readonly schedule: Traffic;
  readonly idlePolls: readonly Traffic[];
  readonly findingPolls: readonly Poll[];
  /** The poll that finds the last job. */
  readonly lastPoll: Poll;
  /** With the question whether somebody added a job. */
  readonly cleanUp: Traffic;
}

/** All looks of one moment: those of a poll that finds more jobs than fit into one answer follow at once. */
interface Poll {
  readonly timeMs: number;
  readonly traffic: Traffic;
  /** How many jobs it found. */
  readonly found: number;
}

async function phasesOfSuite(
  tests: number,
  { hosts, pollIntervalMs }: { readonly hosts: number; readonly pollIntervalMs?: number },
): Promise<Phases> {
  const lab = await benchLab({ tests, hosts });
  const { transport, take } = countingTransport(lab.transport);
  const before = new Map<SuiteEvent['type'], Traffic>();
  const polls: Poll[] = [];
  let found = 0;
  const { afe, tko } = lab.urls;
  const outcome = await reimageAndRun({
    ...lab.suiteArguments(suite, board),
    lab: { afe, tko, transport },
    pollIntervalMs,
    onEvent: ({ type, timeMs }) => {
      if (type === 'test-result') found += 1;
      if (type === 'progress') {
        const same = polls.at(-1)?.timeMs === timeMs ? polls.pop() : undefined;
        const traffic = plus(same?.traffic ?? noTraffic, take());
        polls.push({ timeMs, traffic, found: found + (same?.found ?? 0) });
        found = 0;
      }
      if (phaseEnds.has(type)) before.set(type, take());
    },
  });
  if (outcome.verdict !== 'OK' || outcome.tests.length !== tests) throw new Error(outcome.summary);
  const lastPoll = polls.pop() ?? { timeMs: 0, traffic: noTraffic, found: 0 };
  return {
    check: before.get('staging') ?? noTraffic,
    stage: before.get('staged') ?? noTraffic,
    select: before.get('tests-selected') ?? noTraffic,
    schedule: before.get('scheduled') ?? noTraffic,
    idlePolls: polls.filter((poll) => poll.found === 0).map(({ traffic }) => traffic),
    findingPolls: polls.filter((poll) => poll.found > 0),
    lastPoll,
    cleanUp: before.get('finished') ?? noTraffic,
  };
}

/** By how much polls may differ that say the same: numbers get longer as calls and jobs become more. */
const digits = 8;

const phaseEnds: ReadonlySet<SuiteEvent['type']> = new Set([
  'staging',
  'staged',
  'tests-selected',
  'scheduled',
  'finished',
]);

function figures(tests: number, phases: Phases, idleGrowth: number): Figure[] {
  const { check, stage, select, schedule, idlePolls, findingPolls, lastPoll, cleanUp } = phases;
  const polls = [...findingPolls.map(({ traffic }) => traffic), lastPoll.traffic];
  const all = [check, stage, select, schedule, ...idlePolls, ...polls, cleanUp].reduce(plus, noTraffic);
  const least = smallest(idlePolls);
  return [
    ...ofPhase('check the hosts', check),
    ...ofPhase('stage', stage),
    ...ofPhase('select', select, { target: atMost(1) }),
    ...ofPhase('schedule', schedule, { target: atMost(tests + Math.ceil(tests / 100) + 3) }),
    ...ofPhase('idle poll', largest(idlePolls), { target: atMost(1), note: `the most of ${idlePolls.length} polls` }),
    {
      name: 'idle poll, the largest over the smallest',
      value: bytes(largest(idlePolls)) - bytes(least),
      unit: 'bytes more',
      target: atMost(digits),
      note: "digits of the count and of the request's number",
    },
    ...(tests === 1
      ? []
      : [
          {
            name: 'idle poll, over one of a suite of 1',
            value: idleGrowth,
            unit: 'times the bytes',
            target: atMost(1.1),
          },
          ...ofFinding('poll that finds jobs', findingPolls),
        ]),
    ...ofFinding('last poll', [lastPoll]),
    ...ofPhase('clean up', cleanUp),
    ...ofPhase('in all', all),
  ];
}

/** Every test of a suite has a host of its own, and polls are so far apart that one of them finds nearly all jobs. */
async function manyAtOnce(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const tests of [100, 250, 1000]) {
    const { findingPolls, lastPoll } = await phasesOfSuite(tests, { hosts: tests, pollIntervalMs: 3_600_000 });
    const largestFind = [...findingPolls, lastPoll].toSorted((a, b) => a.found - b.found).slice(-1);
    figures.push(...ofFinding(`poll that finds ${largestFind[0]?.found ?? 0} jobs`, largestFind));
  }
  return figures;
}

/** Such a suite has the client look after each creation whether the network has doubled it. */
async function withoutSuiteJob(tests: number): Promise<Figure> {
  const lab = await benchLab({ tests, hosts: 1 });
  const created = await Suite.createFromPredicates({
    name: suite,
    board,
    builds: { 'cros-version': build },
    predicates: [inSuite(suite)],
    controlFiles: memoryControlFiles(controlFiles(tests)),
    lab,
    clock: lab.clock,
  });
  await created.schedule();
  return { name: `schedule ${tests} tests`, value: lab.calls.total, unit: 'calls' };
}

/** The calls of polls against what each of them may take: one, and three for each hundred jobs that it finds. */
function ofFinding(name: string, polls: readonly Poll[]): Figure[] {
  const dearest = polls.toSorted((a, b) => overBudget(a) - overBudget(b)).at(-1);
  const { calls, bytesSent, bytesReceived } = largest(polls.map(({ traffic }) => traffic));
  const note = dearest === undefined ? '' : `found ${dearest.found}; the dearest of ${polls.length}`;
  return [
    {
      name,
      value: dearest?.traffic.calls ?? null,
      unit: 'calls',
      target: atMost(dearest === undefined ? calls : budget(dearest)),
      note,
    },
    { name, value: bytesSent, unit: 'bytes sent' },
    { name, value: bytesReceived, unit: 'bytes received' },
  ];
}

function overBudget(poll: Poll): number {
  return poll.traffic.calls - budget(poll);
}

function budget({ found }: Poll): number {
  return 1 + 3 * Math.ceil(found / 100);
}

function ofPhase(name: string, traffic: Traffic, rest: { readonly target?: Target; readonly note?: string } = {}) {
  return [
    { name, value: traffic.calls, unit: 'calls', ...rest },
    { name, value: traffic.bytesSent, unit: 'bytes sent' },
    { name, value: traffic.bytesReceived, unit: 'bytes received' },
  ];
}

/** The most of each kind that any of some polls took. */
function largest(polls: readonly Traffic[]): Traffic {
  return {
    calls: Math.max(0, ...polls.map(({ calls }) => calls)),
    bytesSent: Math.max(0, ...polls.map(({ bytesSent }) => bytesSent)),
    bytesReceived: Math.max(0, ...polls.map(({ bytesReceived }) => bytesReceived)),
  };
}

function smallest(polls: readonly Traffic[]): Traffic {
  const [first = noTraffic] = polls.toSorted((a, b) => bytes(a) - bytes(b));
  return first;
}

function bytes({ bytesSent, bytesReceived }: Traffic): number {
  return bytesSent + bytesReceived;
}

function title(tests: number, hosts: number): string {
  const count = `${tests.toLocaleString('en-US')} ${tests === 1 ? 'test' : 'tests'}`;
  return `Calls to the lab's servers: a suite of ${count} on ${hosts} hosts`;
}
