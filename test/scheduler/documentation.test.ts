import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { memoryBuilds, parseSchedulerConfig, requestEvent, SuiteScheduler } from '../../src/index.js';
import { embeddedLab, VirtualClock, type EmbeddedLab } from '../../src/testing/index.js';

const pageUrl = new URL('../../docs/suite-scheduler.md', import.meta.url);
const page = readFileSync(pageUrl, 'utf8');
const hourMs = 3600_000;
/** A Monday, 09:00 in the lab's zone. */
const mondayMs = Date.parse('2026-01-05T17:00:00Z');

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

/** The lab and the configuration that the page is about. */
async function labOfThePage() {
  const clock = new VirtualClock({ startMs: mondayMs, autoAdvance: false });
  const names = ['lumpy-release/R50-7800.0.0', 'x86-mario-release/R50-7800.0.0'];
  const builder = embeddedLab({ clock, runSuite: async () => {} })
    .board('lumpy', { hosts: 2, pool: 'bvt' })
    .board('x86-mario', { hosts: 2, pool: 'bvt' })
    .label('board:x86-alex')
    .suite('bvt', ['login_LoginSuccess'])
    .suite('smoke', ['login_LoginSuccess'])
    .suite('power_daily', ['power_Idle']);
  for (const name of names) builder.build(name, { stagingMs: 0 });
  const lab = await builder.start();
  labs.push(lab);
  const builds = memoryBuilds(Object.fromEntries(names.map((name) => [name, mondayMs])), { clock });
  const text = /```ini\n(.*?)```/s.exec(page)?.[1] ?? '';
  const scheduler = new SuiteScheduler({
    lab: { afe: lab.afe, labStatus: lab.urls.labStatus, transport: lab.transport },
    config: parseSchedulerConfig(text),
    builds,
    events: [requestEvent({ keyword: 'lab_moved' })],
    clock,
  });
  const goOn = async (hours: number) => {
    for (const endMs = clock.now() + hours * hourMs; clock.now() < endMs;) {
      await scheduler.turn();
      await clock.advance(5 * 60_000);
    }
  };
  return { lab, clock, builds, scheduler, goOn };
}

describe('the page about the scheduler', () => {
  test('shows the plan, the forecast and the explanation that its configuration gives', async () => {
    const { lab, clock, builds, scheduler, goOn } = await labOfThePage();
    expect(scheduler.config.problems).toEqual([]);
    expect(page).toContain(String(await scheduler.forecast(2)));
    await goOn(12);
    expect(page).toContain(String(await scheduler.plan()));
    await goOn(12);

    builds.add('lumpy-release/R50-7803.0.0', clock.now());
    lab.setStatus({ state: 'closed', message: 'The racks get new switches tonight' });
    await goOn(24);
    expect(page).toContain(String(await scheduler.explain({ suite: 'bvt', board: 'lumpy', sinceMs: 24 * hourMs })));
  });

  test('explains every reason', () => {
    const source = readFileSync(new URL('../../src/scheduler/decide/reason.ts', import.meta.url), 'utf8');
    const codes = [...source.matchAll(/^ {2}\| '([\w-]+)'/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(15);
    for (const code of codes) expect(page, code).toContain(`\`${code}\``);
  });

  test('links to what is there', () => {
    const links = [...page.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(existsSync(new URL(link, pageUrl)), link).toBe(true);
  });
});
