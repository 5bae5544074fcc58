import { reimageAndRun, type SuiteEvent } from 'dynamic-suite';
import { benchLab, board, suite } from './bench-lab.js';
import { countingTransport, noTraffic, plus, type Traffic } from './counting-transport.js';
import { atMost, type Figure, type FigureGroup, type Target } from './figure.js';

/** The calls to the lab's servers that a suite makes, phase by phase, and the bytes they carry. */
export async function callFigures(): Promise<readonly FigureGroup[]> {
  const groups: FigureGroup[] = [];
  let idleBytesOfOne: number | undefined;
  for (const tests of [1, 54, 500]) {
    const phases = await phasesOfSuite(tests);
    const idleBytes = bytes(largest(phases.idlePolls));
    idleBytesOfOne ??= idleBytes;
    groups.push({ title: title(tests), figures: figures(tests, phases, idleBytes / idleBytesOfOne) });
  }
  return groups;
}

interface Phases {
  readonly check: Traffic;
  readonly stage: Traffic;
  readonly select: Traffic;
  readonly schedule: Traffic;
  readonly idlePolls: readonly Traffic[];
  readonly findingPolls: readonly Traffic[];
  /** The poll that finds the last job. */
  readonly lastPoll: Traffic;
  /** With the question whether somebody added a job. */
  readonly cleanUp: Traffic;
}

async function phasesOfSuite(tests: number): Promise<Phases> {
  const lab = await benchLab({ tests, hosts: 10 });
  const { transport, take } = countingTransport(lab.transport);
  const before = new Map<SuiteEvent['type'], Traffic>();
  const polls: { readonly traffic: Traffic; readonly found: boolean }[] = [];
  let found = false;
  const { afe, tko } = lab.urls;
  const outcome = await reimageAndRun({
    ...lab.suiteArguments(suite, board),
    lab: { afe, tko, transport },
    onEvent: ({ type }) => {
      if (type === 'test-result') found = true;
      if (type === 'progress') {
        polls.push({ traffic: take(), found });
        found = false;
      }
      if (phaseEnds.has(type)) before.set(type, take());
    },
  });
  if (outcome.verdict !== 'OK' || outcome.tests.length !== tests) throw new Error(outcome.summary);
  const last = polls.pop();
  return {
    check: before.get('staging') ?? noTraffic,
    stage: before.get('staged') ?? noTraffic,
    select: before.get('tests-selected') ?? noTraffic,
    schedule: before.get('scheduled') ?? noTraffic,
    idlePolls: polls.filter((poll) => !poll.found).map(({ traffic }) => traffic),
    findingPolls: polls.filter((poll) => poll.found).map(({ traffic }) => traffic),
    lastPoll: last?.traffic ?? noTraffic,
    cleanUp: before.get('finished') ?? noTraffic,
  };
}

const phaseEnds: ReadonlySet<SuiteEvent['type']> = new Set([
  'staging',
  'staged',
  'tests-selected',
  'scheduled',
  'finished',
]);

function figures(tests: number, phases: Phases, idleGrowth: number): Figure[] {
  const { check, stage, select, schedule, idlePolls, findingPolls, lastPoll, cleanUp } = phases;
  const waiting = [...idlePolls, ...findingPolls, lastPoll];
  const all = [check, stage, select, schedule, ...waiting, cleanUp].reduce(plus, noTraffic);
  const perPoll = (polls: readonly Traffic[]) => `the most of ${polls.length} polls`;
  return [
    ...ofPhase('check the hosts', check),
    ...ofPhase('stage', stage),
    ...ofPhase('select', select, { target: atMost(1) }),
    ...ofPhase('schedule', schedule, { target: atMost(tests + 4) }),
    ...ofPhase('idle poll', largest(idlePolls), { target: atMost(1), note: perPoll(idlePolls) }),
    ...(tests === 1
      ? []
      : [
          {
            name: 'idle poll, over one of a suite of 1',
            value: idleGrowth,
            unit: 'times the bytes',
            target: atMost(1.1),
          },
          ...ofPhase('poll that finds jobs', largest(findingPolls), { target: atMost(4), note: perPoll(findingPolls) }),
        ]),
    ...ofPhase('last poll', lastPoll, { target: atMost(4) }),
    ...ofPhase('clean up', cleanUp),
    ...ofPhase('in all', all),
  ];
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

function bytes({ bytesSent, bytesReceived }: Traffic): number {
  return bytesSent + bytesReceived;
}

function title(tests: number): string {
  return `Calls to the lab's servers: a suite of ${tests} ${tests === 1 ? 'test' : 'tests'} on 10 hosts`;
}
