import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyGraph } from '../../src/testing/copy-graph.js';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, LabDescriptionError, VirtualClock } from '../../src/testing/index.js';
import { build, jobRequest } from './job-request.js';

const minute = 60_000;
const day = 24 * 60 * minute;

/** In the middle of much: jobs over, packed, running, provisioning and waiting, a host broken, one dead to return. */
async function busyLab(): Promise<EmbeddedLab> {
  const lab = await embeddedLab({ clock: new VirtualClock({ autoAdvance: false }) })
    .board('x86-mario', { hosts: 3, pool: 'bvt' })
    .host('returns', { board: 'x86-mario', pool: 'bvt', outages: [{ fromMs: 0, untilMs: 2 * day }] })
    .host('broken', { board: 'x86-mario', pool: 'bvt', provision: 'fail', repair: 'fail' })
    .build(build, { controlFiles: { 'client/site_tests/a/control': "NAME = 'a'\nSUITE = 'bvt'\n" } })
    .test('fails', ['fail', 'good'])
    .start();
  const clock = clockOf(lab);
  for (let number = 0; number < 150; number++) await lab.afe.createJob(jobRequest(`early${String(number)}`));
  await clock.advance(day);
  await lab.devServer.stage({ build, artifacts: [] }).catch(() => undefined);
  await lab.afe.createJob(jobRequest('fails'));
  for (let number = 0; number < 9; number++) await lab.afe.createJob(jobRequest(`late${String(number)}`));
  await clock.advance(9 * minute);
  lab.faults.add({ service: 'tko', kind: '503', count: 2 });
  lab.setStatus({ state: 'throttled', message: 'slow today' });
  return lab;
}

function clockOf({ clock }: EmbeddedLab): VirtualClock {
  if (clock instanceof VirtualClock) return clock;
  throw new Error('the lab has a clock of another kind');
}

/** All that can be seen of a lab. */
async function all(lab: EmbeddedLab): Promise<object> {
  const tasks: unknown = await lab.afe.call('get_special_tasks', {});
  const rows = [];
  for await (const row of lab.tko.listTestViews({}, { pageSize: 500 })) rows.push(row);
  return { jobs: lab.jobs(), hosts: lab.hosts(), tasks, rows, timeline: lab.timeline(), now: lab.clock.now() };
}

async function allAfterTwoMoreDays(lab: EmbeddedLab): Promise<object> {
  await clockOf(lab).advance(2 * day);
  // The two calls that the faults wait for.
  lab.faults.clear();
  lab.expectAllWell();
  return await all(lab);
}

describe('a lab that goes on from a snapshot', () => {
  test('goes the way that the lab itself goes', async () => {
    const lab = await busyLab();
    const snapshot = lab.snapshot();
    const copy = snapshot.restore();
    const going = await allAfterTwoMoreDays(lab);
    expect(await allAfterTwoMoreDays(copy)).toEqual(going);
    expect(await allAfterTwoMoreDays(snapshot.restore())).toEqual(going);
  });

  test('shares nothing with the lab or with another copy', async () => {
    const lab = await busyLab();
    const snapshot = lab.snapshot();
    const [one, other] = [snapshot.restore(), snapshot.restore()];
    one.faults.clear();
    one.host('chromeos1-rack1-host1').die();
    await one.afe.call('abort_host_queue_entries', { id__gt: 0 });
    await clockOf(one).advance(day);
    await one.afe.call('add_label', { name: 'new' });
    const untouched = snapshot.restore();
    expect(other.jobs()).toEqual(untouched.jobs());
    expect(lab.jobs()).toEqual(untouched.jobs());
    expect(other.hosts()).toEqual(untouched.hosts());
    expect(await lab.afe.getLabels({ namePrefix: 'new' })).toEqual([]);
    expect(lab.clock.now()).toBe(snapshot.atMs);
  });

  test('has the faults and the status of the lab, and calls of its own', async () => {
    const lab = await busyLab();
    const copy = lab.snapshot().restore();
    expect(copy.calls.total).toBe(0);
    const page = await fetch((await copy.listen()).labStatus);
    expect(await page.json()).toMatchObject({ general_state: 'throttled', message: 'slow today' });
    const sleeping = copy.tko.getDetailedTestViews({ jobIds: [1] });
    await clockOf(copy).advance(minute);
    expect(await sleeping).toHaveLength(2);
    expect(copy.calls.count('get_detailed_test_views')).toBe(3);
    await copy.close();
  });

  test('has the builds that are still to come', async () => {
    const later = 'x86-mario-release/R20-1.0.0';
    const lab = await embeddedLab().board('x86-mario').build(build).build(later, { appearsAfterMs: day }).start();
    await lab.addBuild('x86-mario-release/R21-1.0.0', {});
    const copy = lab.snapshot().restore();
    await copy.clock.sleep(2 * day);
    expect(copy.timeline()).toContain(later);
    expect(copy.suiteArguments('bvt', 'x86-mario').builds).toEqual({ 'cros-version': later });
    await expect(copy.addBuild('x86-mario-release/R21-1.0.0', {})).rejects.toThrow(LabDescriptionError);
  });

  test('cannot be had while a suite runs in the lab', async () => {
    const control = 'test_suites/control.bvt';
    const lab = await embeddedLab()
      .board('x86-mario')
      .build(build, { controlFiles: { [control]: "NAME = 'bvt'\n" } })
      .start();
    await lab.afe.createSuiteJob({ name: 'bvt', board: 'x86-mario', builds: { 'cros-version': build } });
    expect(() => lab.snapshot()).toThrow('while its suites run: jobs 1');
    await lab.suitesSettled();
    expect(lab.snapshot().restore().jobs()).toEqual(lab.jobs());
  });
});

test('a copied graph has the shape of the original, and none of its objects', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('tree')),
      fc.dictionary(fc.string(), tie('tree'), { noNullPrototype: true }),
      fc.array(fc.tuple(leaf, tie('tree'))).map((entries) => new Map(entries)),
      fc.array(tie('tree')).map((items) => new Set(items)),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(copyGraph(value)).toEqual(value);
    }),
  );
});

test('in a copied graph what was one object is one, circles and long chains included', () => {
  interface Node {
    next?: Node;
  }
  const first: Node = {};
  let last = first;
  for (let length = 0; length < 100_000; length++) last = last.next = {};
  last.next = first;
  const bytes = new Uint8Array([1]);
  const copy = copyGraph({ first, last, all: new Set([first, last]), bytes });
  // Compared one by one: what a failed expectation prints of such a chain takes all the stack there is.
  const [one, other] = copy.all;
  const same = [copy.last.next === copy.first, one === copy.first, other === copy.last, copy.bytes === bytes];
  expect([...same, copy.first === first]).toEqual([true, true, true, true, false]);
});
