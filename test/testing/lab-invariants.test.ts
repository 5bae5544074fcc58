import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EmbeddedLab, LabEntryView, TaskOutcome } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { build } from './job-request.js';
import { call } from './recorded-lab.js';

const second = 1000;
const minute = 60_000;
const hosts = ['a', 'b', 'c'] as const;

type Step =
  | { readonly do: 'create'; readonly job: object }
  | { readonly do: 'abort'; readonly job: number }
  | { readonly do: 'lock' | 'unlock' | 'die' | 'revive' | 'reverify' | 'repair'; readonly host: string }
  | { readonly do: 'abort-tasks' }
  | { readonly do: 'advance'; readonly ms: number };

const host = fc.constantFrom(...hosts);
const reboot = fc.constantFrom('Never', 'Always');
const targets = fc.oneof(
  fc.record({ meta_hosts: fc.constantFrom(['board:x'], ['board:x', 'board:x']), synch_count: fc.constant(1) }),
  fc.record({ meta_hosts: fc.constant(['board:x', 'board:x']), synch_count: fc.constant(2) }),
  fc.record({ hosts: fc.subarray([...hosts], { minLength: 1 }) }),
  fc.record({ hostless: fc.constant(true) }),
);
const wishes = fc.record({
  dependencies: fc.subarray([`cros-version:${build}`, 'cros-version:x-release/R1-1.0.0'], { maxLength: 1 }),
  priority: fc.constantFrom(10, 40),
  timeout_mins: fc.integer({ min: 1, max: 120 }),
  max_runtime_mins: fc.integer({ min: 1, max: 10 }),
  run_reset: fc.boolean(),
  run_verify: fc.boolean(),
  reboot_before: reboot,
  reboot_after: reboot,
  parent_job_id: fc.constantFrom(null, 1),
});
const patience = { timeout_mins: 100_000, max_runtime_mins: 100_000 };
const test_ = fc.constantFrom('good', 'fail', 'machine-failure', 'provision-failure', 'hangs');

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(targets, wishes, test_)
      .map(([target, wish, name]) => ({ do: 'create' as const, job: { ...wish, ...target, name, control_file: '' } })),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), job: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('lock', 'unlock', 'die', 'revive', 'reverify', 'repair'),
      host,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'abort-tasks' as const }) },
  {
    weight: 6,
    arbitrary: fc
      .oneof(fc.integer({ min: 1, max: 15 * second }), fc.integer({ min: 1, max: 20 * minute }))
      .map((ms) => ({ do: 'advance' as const, ms })),
  },
);
const outcomes = fc.array(fc.constantFrom<TaskOutcome>('good', 'good', 'fail'), { minLength: 1, maxLength: 4 });
const behaviour = fc.record({
  verify: outcomes,
  cleanup: outcomes,
  reset: outcomes,
  provision: outcomes,
  repair: outcomes,
});

/** Where an entry can be after it was somewhere, however many steps lie between. */
const preparing = ['Cleaning', 'Verifying', 'Resetting', 'Provisioning', 'Pending'];
const onItsWay = ['Queued', ...preparing, 'Running', 'Gathering', 'Parsing', 'Completed', 'Failed', 'Aborted'];
const later: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(['Queued', ...preparing].map((status) => [status, onItsWay])),
  Running: ['Running', 'Gathering', 'Parsing', 'Completed', 'Failed', 'Aborted'],
  Gathering: ['Gathering', 'Parsing', 'Completed', 'Failed', 'Aborted'],
  Parsing: ['Parsing', 'Completed', 'Failed', 'Aborted'],
};
const ends = new Set(['Completed', 'Failed', 'Aborted']);

/** Looks at the lab after every step, and remembers what it saw. */
class Watch {
  readonly #lab: EmbeddedLab;
  readonly #entries = new Map<string, LabEntryView>();
  readonly #rows = new Map<number, readonly unknown[]>();

  constructor(lab: EmbeddedLab) {
    this.#lab = lab;
  }

  async look(): Promise<void> {
    this.#lab.expectNoHostUsedTwice();
    const inUse: string[] = [];
    for (const { id, entries } of this.#lab.jobs()) {
      entries.forEach((entry, index) => this.#lookAtEntry(`${id}/${index}`, entry, inUse));
      if (entries.every(({ status }) => ends.has(status))) await this.#lookAtRows(id);
    }
    const { result: tasks } = (await call(this.#lab, 'get_special_tasks', { is_active: true })) as {
      readonly result: readonly { readonly host: { readonly hostname: string }; readonly queue_entry: unknown }[];
    };
    const alone = tasks.filter(({ queue_entry: entry }) => entry === null).map((task) => task.host.hostname);
    expect([...inUse, ...alone].sort()).toEqual([...new Set([...inUse, ...alone])].sort());
  }

  #lookAtEntry(key: string, entry: LabEntryView, inUse: string[]): void {
    const before = this.#entries.get(key);
    this.#entries.set(key, entry);
    const plain = plainStatus(entry.status);
    if (entry.host !== null && [...preparing, 'Running', 'Gathering'].includes(plain)) inUse.push(entry.host);
    if (before === undefined) return;
    if (ends.has(before.status)) expect(entry).toEqual(before);
    else expect(later[plainStatus(before.status)]).toContain(plain);
    if (before.status.startsWith('Aborted (')) expect(entry.status).toMatch(/^Aborted/);
  }

  /** What is there once all entries have ended stays as it is. */
  async #lookAtRows(id: number): Promise<void> {
    const rows = (await this.#lab.tko.getDetailedTestViews({ jobIds: [id] })).map(({ testName, status, jobTag }) => [
      testName,
      status,
      jobTag,
    ]);
    const before = this.#rows.get(id);
    this.#rows.set(id, rows);
    if (before !== undefined) expect(rows).toEqual(before);
    const ofJobs = rows.filter(([name]) => name === 'SERVER_JOB').map(([, , tag]) => tag);
    expect(new Set(ofJobs).size).toBe(ofJobs.length);
  }
}

function plainStatus(status: string): string {
  return /^Aborted \((.*)\)$/.exec(status)?.[1] ?? status;
}

async function act(lab: EmbeddedLab, clock: VirtualClock, now: Step): Promise<void> {
  switch (now.do) {
    case 'create':
      await call(lab, 'create_job', { control_type: 'Server', ...now.job });
      return;
    case 'abort':
      await call(lab, 'abort_host_queue_entries', { job: now.job });
      return;
    case 'abort-tasks':
      await call(lab, 'abort_special_tasks', {});
      return;
    case 'reverify':
    case 'repair':
      await call(lab, `${now.do}_hosts`, { hostname: now.host });
      return;
    case 'advance':
      return clock.advance(now.ms);
    default:
      lab.host(now.host)[now.do]();
  }
}

test('whatever happens to a lab, no host is used twice, entries only go forward, and all come to an end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.array(behaviour, { minLength: 3, maxLength: 3 }),
      async (steps, behaviours) => {
        const clock = new VirtualClock({ autoAdvance: false });
        const builder = embeddedLab({ clock }).test('hangs', { status: 'GOOD', durationMs: Infinity });
        for (const outcome of ['fail', 'machine-failure', 'provision-failure'] as const) builder.test(outcome, outcome);
        hosts.forEach((hostname, index) => builder.host(hostname, { board: 'x', ...behaviours[index] }));
        const lab = await builder.start();
        lab.suiteJob();
        const watch = new Watch(lab);
        for (const now of steps) {
          await act(lab, clock, now);
          await watch.look();
        }
        // The longest time-out is two hours; what runs then has ended soon after.
        for (let turn = 0; turn < 26; turn++) {
          await clock.advance(5 * minute + 7 * second);
          await watch.look();
        }
        lab.expectEverythingFinished();
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

test('with hosts that work, every job is done without its time-out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const clock = new VirtualClock({ autoAdvance: false });
      const builder = embeddedLab({ clock });
      for (const hostname of hosts) builder.host(hostname, { board: 'x' });
      const lab = await builder.start();
      lab.suiteJob();
      for (const now of steps) {
        const patient = now.do === 'create' ? { ...now, job: { ...now.job, ...patience } } : now;
        if (now.do !== 'abort') await act(lab, clock, patient);
      }
      for (const hostname of hosts) {
        lab.host(hostname).unlock();
        lab.host(hostname).revive();
      }
      await clock.advance(48 * 60 * minute);
      lab.expectEverythingFinished();
      lab.expectNoHostUsedTwice();
      const aborted = lab.jobs().flatMap(({ entries }) => entries.filter(({ status }) => status === 'Aborted'));
      expect(aborted).toEqual([]);
    }),
    { numRuns: 100 },
  );
}, 60_000);
