import { afterEach, describe, expect, test } from 'vitest';
import type { HttpDevServerClient } from '../../../src/index.js';
import { exitCodeOf, labFromConfig, reimageAndRun, type SuiteEvent } from '../../../src/index.js';
import { embeddedLab, MemorySuiteJob, type EmbeddedLab } from '../../../src/testing/index.js';
import { controlFile, marioBuild, marioLab } from '../../support/labs.js';
import { deadUrl, rejectionOf } from '../../support/loopback-server.js';

const closing: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((each) => each.close()));
});

const files = controlFile('power_Idle');

/** A lab, and a second dev server with the same build in the lab's time. */
async function labWithTwoServers(): Promise<{ readonly lab: EmbeddedLab; readonly second: EmbeddedLab }> {
  const lab = await marioLab(files);
  const second = await embeddedLab({ clock: lab.clock }).build(marioBuild, { controlFiles: files }).start();
  closing.push(lab, second);
  return { lab, second };
}

const stagings = (lab: EmbeddedLab) => lab.calls.count('stage');

describe('a suite in a lab with several dev servers', () => {
  // The hash of this build picks the first of two.
  test.each([true, false])(
    'has its build on the one that the hash picks, whatever devserverUrl says',
    async (isFirst) => {
      const { lab, second } = await labWithTwoServers();
      const events: SuiteEvent[] = [];
      const { lab: services, ...given } = lab.suiteArguments('bvt', 'x86-mario');
      const { devServer: _, ...others } = services;
      const servers = isFirst ? [lab.devServer, second.devServer] : [second.devServer, lab.devServer];
      const outcome = await reimageAndRun({
        ...given,
        devserverUrl: 'http://nowhere.lab',
        lab: { ...others, devServers: servers },
        onEvent: (event) => events.push(event),
      });
      expect(outcome.exitCode).toBe(0);
      expect([stagings(lab), stagings(second)]).toEqual(isFirst ? [1, 0] : [0, 1]);
      expect(events).toContainEqual(expect.objectContaining({ type: 'staging', devServer: servers[0]?.url }));
    },
  );

  test('goes past one that is down, also when the lab is described by its configuration', async () => {
    const { lab } = await labWithTwoServers();
    const urls = await lab.listen();
    const dead = await deadUrl();
    const connections = labFromConfig(
      { afe: urls.afe, tko: urls.tko, devServers: [dead, urls.devServer], user: 'chromeos-test' },
      { clock: lab.clock },
    );
    closing.push(connections);
    const events: SuiteEvent[] = [];
    const outcome = await reimageAndRun({
      name: 'bvt',
      board: 'x86-mario',
      builds: { 'cros-version': 'x86-mario-release/LATEST' },
      devserverUrl: connections.devServer.url,
      job: new MemorySuiteJob(lab.suiteJob().tag),
      lab: connections,
      clock: lab.clock,
      onEvent: (event) => events.push(event),
    });
    expect(outcome.test('power_Idle').conclusion).toBe('passed');
    expect(outcome.builds).toEqual({ 'cros-version': marioBuild });
    expect(events).toContainEqual(expect.objectContaining({ type: 'staging', devServer: urls.devServer }));
  });

  test('ends before anything is scheduled when all are down', async () => {
    const { lab } = await labWithTwoServers();
    const { lab: services, ...given } = lab.suiteArguments('bvt', 'x86-mario');
    const { devServer: _, ...others } = services;
    const dead = await deadUrl();
    const error = await rejectionOf(reimageAndRun({ ...given, lab: { ...others, devServers: [dead, `${dead}/2`] } }));
    expect(error).toMatchObject({ code: 'ERR_NO_DEV_SERVER', servers: [{ url: dead }, { url: `${dead}/2` }] });
    expect(exitCodeOf(error)).toBe(3);
    expect(lab.calls.count('create_job')).toBe(0);
  });

  test('of which one is named, needs nothing of a pool', async () => {
    const { lab } = await labWithTwoServers();
    const { lab: services, ...given } = lab.suiteArguments('bvt', 'x86-mario');
    const { devServer: _, ...others } = services;
    const outcome = await reimageAndRun({ ...given, lab: { ...others, devServers: [lab.devServer] } });
    expect(outcome.exitCode).toBe(0);
    expect(lab.calls.count('check_health')).toBe(0);
  });

  test.each(['http://ds.lab', [7], ['ds.lab'], [null]])(
    'whose list of servers is none is refused: %j',
    async (servers) => {
      const { lab } = await labWithTwoServers();
      const given = lab.suiteArguments('bvt', 'x86-mario');
      const odd = { ...given.lab, devServers: servers as unknown as readonly HttpDevServerClient[] };
      expect(await rejectionOf(reimageAndRun({ ...given, lab: odd }))).toMatchObject({ argument: 'lab.devServers' });
    },
  );
});
