import { defaultLabTimeZone, systemClock, type Clock } from '../index.js';
import { CallRecorder } from './call-recorder.js';
import { FaultPlan } from './fault-plan.js';
import { LabFront } from './http/lab-front.js';
import type { LabService } from './http/lab-http.js';
import type { EmbeddedLabOptions, LabDescription } from './lab-description.js';
import type { StoredBuild } from './lab/build-store.js';
import { resolveDurations, type LabDurations } from './lab/durations.js';
import type { HostScripts } from './lab/host-scripts.js';
import { labMemory, type LabMemory } from './lab-memory.js';
import { LabStatusBoard } from './lab-status.js';
import type { LabHappening } from './lab/lab-events.js';
import { LabState } from './lab/lab-state.js';
import { LocalTime } from './lab/local-time.js';
import { Simulation } from './lab/simulation.js';
import { TestRows } from './lab/test-rows.js';
import type { DevServerLine } from './services/afe-dev-server.js';
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
  readonly durations: LabDurations;
  /** By hostname; what is set here holds for the tasks that begin from now on. */
  readonly hostScripts: Map<string, HostScripts>;
  /** What the image storage has now. */
  readonly builds: ReadonlyMap<string, StoredBuild>;
  /** All builds that it has or will have. */
  readonly announcedBuilds: () => readonly StoredBuild[];
  /** Whether it has the build, or will have it. */
  /** What the lab remembers besides its timeline, for snapshots. */
  readonly memory: LabMemory;
  readonly knowsBuild: (name: string) => boolean;
  readonly addBuild: (build: StoredBuild) => void;
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
  const durations = resolveDurations(options.durations);
  const store = new Map<string, StoredBuild>();
  const crashServerStore = new Map<string, StoredBuild>();
  const addBuild = (build: StoredBuild) => {
    store.set(build.name, build);
    crashServerStore.set(build.name, withoutTrouble(build));
  };
  const announced = new Map(builds.map((build) => [build.name, build]));
  const hostScripts = new Map<string, HostScripts>(description.hosts);
  const rows = new TestRows(state, time);
  const simulation = new Simulation(state, clock.now(), {
    durations,
    seed,
    scripts: { byTest: description.scripts, otherwise: description.otherTests },
    hostScripts,
    rows,
    jobRepoUrl: (build) => `${hooks.devServerUrl()}/static/${build}/autotest/packages`,
    addBuild: (name) => {
      const build = announced.get(name);
      if (build !== undefined) addBuild(build);
    },
    tell: hooks.tell,
  });
  describeHosts(state, description, { user, nowMs: clock.now() });
  planOutages(simulation, description);
  for (const build of builds) {
    if (build.appearsAfterMs === undefined) addBuild(build);
    else simulation.plan(simulation.now + build.appearsAfterMs, { type: 'build-appears', build: build.name });
  }
  const { callLog } = options;
  const calls = new CallRecorder(callLog === undefined ? undefined : (callLog.limit ?? 10_000));
  const faults = new FaultPlan({ now: () => clock.now(), seed });
  const status = new LabStatusBoard({ now: () => clock.now(), user });
  const tellStaged: StagedListener = (build, artifact, readyMs) =>
    simulation.tellAt(readyMs, { type: 'build-staged', build, artifact });
  const hasListSuiteControls = options.listSuiteControls ?? true;
  const servers = { clock, hasListSuiteControls, isBehindApache: options.devServerBehindApache ?? false };
  const rpc = { state, defaultUser: user, now: () => clock.now() };
  const front = new LabFront({ clock, simulation, calls, faults });
  const staging = new Staging(store, tellStaged);
  const crashServerStaging = new Staging(crashServerStore, tellStaged);
  const devServer = devServerService('devServer', { ...servers, builds: store, staging });
  const forSuiteJobs = { clock, devServer: lineTo(devServer, front, hooks.devServerUrl) };
  const afe = afeMethods({ state, simulation, time }, forSuiteJobs);
  return {
    clock,
    user,
    time,
    state,
    simulation,
    durations,
    hostScripts,
    builds: store,
    memory: labMemory({
      state,
      simulation,
      rows,
      staging,
      crashServerStaging,
      faults,
      status,
      hostScripts,
      addBuild,
      store,
    }),
    announcedBuilds: () => [...new Map([...announced, ...store]).values()],
    knowsBuild: (name) => store.has(name) || announced.has(name),
    addBuild,
    calls,
    faults,
    status,
    front,
    afe: rpcService({ ...rpc, name: 'afe', root: '/afe/', methods: afe }),
    tko: rpcService({ ...rpc, name: 'tko', root: '/new_tko/', methods: tkoMethods({ state, time }) }),
    devServer,
    crashServer: devServerService('crashServer', {
      ...servers,
      builds: crashServerStore,
      staging: crashServerStaging,
    }),
    labStatus: labStatusService(() => status.current),
  };
}

/** The way of the lab's other servers to its dev server. */
function lineTo(devServer: LabService, front: LabFront, url: () => string): DevServerLine {
  return {
    get url() {
      return url();
    },
    // Whoever called the server that asks waits as well, with what holds of the clock that has.
    get: (target) => {
      const request = { method: 'GET', target, headers: {}, body: new Uint8Array() };
      return front.deliver(devServer, request, { holds: 2 });
    },
  };
}

/** A build as a crash server stages it: what is said of the dev server's trouble is not said of it. */
function withoutTrouble(build: StoredBuild): StoredBuild {
  return { ...build, stagingFails: undefined };
}

function clockOf({ clock = 'virtual' }: EmbeddedLabOptions): Clock {
  if (clock === 'virtual') return new VirtualClock();
  return clock === 'real' ? systemClock : clock;
}

function planOutages(simulation: Simulation, { hosts }: LabDescription): void {
  for (const [host, { outages = [] }] of hosts) {
    for (const { fromMs, untilMs = Infinity } of outages) {
      simulation.plan(simulation.now + fromMs, { type: 'host-dies', host });
      if (untilMs < Infinity) simulation.plan(simulation.now + untilMs, { type: 'host-returns', host });
    }
  }
}

function describeHosts(
  state: LabState,
  { labels, hosts }: LabDescription,
  by: { readonly user: string; readonly nowMs: number },
): void {
  for (const { name, platform } of labels) state.ensureLabel(name, platform);
  for (const [hostname, options] of hosts) {
    const host = state.addHost(hostname, options.acls);
    for (const group of host.acls) group.users.set(by.user, state.ensureUser(by.user));
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
