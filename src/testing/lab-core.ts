import { defaultLabTimeZone, systemClock, type Clock } from '../index.js';
import { CallRecorder } from './call-recorder.js';
import { FaultPlan } from './fault-plan.js';
import { LabFront } from './http/lab-front.js';
import type { LabService } from './http/lab-http.js';
import type { EmbeddedLabOptions, LabDescription } from './lab-description.js';
import type { StoredBuild } from './lab/build-store.js';
import { LabStatusBoard } from './lab-status.js';
import type { LabHappening } from './lab/lab-events.js';
import { LabState } from './lab/lab-state.js';
import { LocalTime } from './lab/local-time.js';
import type { LabDurations } from './lab/simulation.js';
import { Simulation } from './lab/simulation.js';
import { TestRows } from './lab/test-rows.js';
import { afeMethods } from './services/afe-service.js';
import { devServerService } from './services/dev-server-service.js';
import { labStatusService } from './services/lab-status-service.js';
import { rpcService } from './services/rpc-service.js';
import { Staging, type StagedListener } from './services/staging.js';
import { tkoMethods } from './services/tko-service.js';
import { VirtualClock } from './virtual-clock.js';

/** A lab's insides, wired together. */
export interface LabCore {
  readonly clock: Clock;
  readonly user: string;
  readonly time: LocalTime;
  readonly state: LabState;
  readonly simulation: Simulation;
  readonly calls: CallRecorder;
  readonly faults: FaultPlan;
  readonly status: LabStatusBoard;
  readonly front: LabFront;
  readonly afe: LabService;
  readonly tko: LabService;
  readonly devServer: LabService;
  readonly crashServer: LabService;
  readonly labStatus: LabService;
}

export function createLabCore(
  description: LabDescription,
  builds: readonly StoredBuild[],
  hooks: {
    /** Where builds are served from now. */
    readonly devServerUrl: () => string;
    readonly tell: (atMs: number, happening: LabHappening) => void;
  },
): LabCore {
  const { options } = description;
  const clock = clockOf(options);
  const user = options.user ?? 'chromeos-test';
  const time = new LocalTime(options.timeZone ?? defaultLabTimeZone);
  const seed = options.seed ?? 1;
  const state = new LabState();
  state.ensureUser(user, 100);
  const simulation = new Simulation(state, clock.now(), {
    durations: resolveDurations(options.durations),
    seed,
    scripts: { byTest: description.scripts, otherwise: description.otherTests },
    rows: new TestRows(state, time),
    jobRepoUrl: (build) => `${hooks.devServerUrl()}/static/${build}/autotest/packages`,
    tell: hooks.tell,
  });
  describeHosts(state, description, { user, nowMs: clock.now() });
  const { callLog } = options;
  const calls = new CallRecorder(callLog === undefined ? undefined : (callLog.limit ?? 10_000));
  const faults = new FaultPlan({ now: () => clock.now(), seed });
  const status = new LabStatusBoard({ now: () => clock.now(), user });
  const store = new Map(builds.map((build) => [build.name, build]));
  const tellStaged: StagedListener = (build, artifact, readyMs) =>
    simulation.tellAt(readyMs, { type: 'build-staged', build, artifact });
  const hasListSuiteControls = options.listSuiteControls ?? true;
  const servers = { builds: store, clock, hasListSuiteControls };
  const rpc = { state, defaultUser: user };
  return {
    clock,
    user,
    time,
    state,
    simulation,
    calls,
    faults,
    status,
    front: new LabFront({ clock, simulation, calls, faults }),
    afe: rpcService({ ...rpc, name: 'afe', root: '/afe/', methods: afeMethods({ state, simulation, time }) }),
    tko: rpcService({ ...rpc, name: 'tko', root: '/new_tko/', methods: tkoMethods({ state, time }) }),
    devServer: devServerService('devServer', { ...servers, staging: new Staging(store, tellStaged) }),
    crashServer: devServerService('crashServer', {
      ...servers,
      staging: new Staging(withoutTrouble(store), tellStaged),
    }),
    labStatus: labStatusService(() => status.current),
  };
}

/** Builds as a crash server stages them: what is said of the dev server's trouble is not said of it. */
function withoutTrouble(builds: ReadonlyMap<string, StoredBuild>): ReadonlyMap<string, StoredBuild> {
  return new Map([...builds].map(([name, build]) => [name, { ...build, stagingFails: undefined }]));
}

function resolveDurations({
  schedulerMs = 10_000,
  provisionMs = 8 * 60_000,
  resetMs = 30_000,
  gatherMs = 5_000,
  parseMs = 5_000,
}: Partial<LabDurations> = {}): LabDurations {
  return { schedulerMs, provisionMs, resetMs, gatherMs, parseMs };
}

function clockOf({ clock = 'virtual' }: EmbeddedLabOptions): Clock {
  if (clock === 'virtual') return new VirtualClock();
  return clock === 'real' ? systemClock : clock;
}

function describeHosts(
  state: LabState,
  { labels, hosts }: LabDescription,
  by: { readonly user: string; readonly nowMs: number },
): void {
  for (const { name, platform } of labels) state.ensureLabel(name, platform);
  for (const [hostname, options] of hosts) {
    const host = state.addHost(hostname, options.acls);
    const { board, pool } = options;
    const names = [
      ...(board === undefined ? [] : [`board:${board}`]),
      ...(pool === undefined ? [] : [`pool:${pool}`]),
      ...(options.labels ?? []),
    ];
    for (const name of names) state.addLabel(host, state.ensureLabel(name));
    if (board !== undefined) state.addLabel(host, state.ensureLabel(board, true));
    for (const [attribute, value] of Object.entries(options.attributes ?? {})) {
      state.setAttribute(host, attribute, value);
    }
    host.status = options.status ?? 'Ready';
    if (options.locked === true) {
      host.lock = { by: by.user, atMs: by.nowMs, reason: options.lockReason ?? 'locked by the test' };
    }
    state.updateFree(host);
  }
}
