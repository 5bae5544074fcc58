import { describe, expect, test } from 'vitest';
import { memoryBuilds } from '../../src/scheduler/builds/memory-builds.js';
import { schedulerConfig } from '../../src/scheduler/config/scheduler-config.js';
import { requestEvent } from '../../src/scheduler/events/request-event.js';
import { hashOf } from '../../src/scheduler/hash.js';
import { resolveSchedulerOptions, type SuiteSchedulerOptions } from '../../src/scheduler/scheduler-options.js';
import { SuiteScheduler } from '../../src/scheduler/suite-scheduler.js';

const options: SuiteSchedulerOptions = {
  lab: { afe: 'http://afe.lab' },
  config: schedulerConfig({ tasks: [] }),
  builds: memoryBuilds(),
};

describe('an option that cannot work is one clear error', () => {
  const event = requestEvent({ keyword: 'mine' });
  test.each<[object, string]>([
    [{ intervalMs: 999 }, 'intervalMs: expected a number of at least 1000, found 999'],
    [{ intervalMs: Infinity }, 'intervalMs: expected a number of at least 1000, found Infinity'],
    [{ intervalMs: '5' }, 'intervalMs: expected a number of at least 1000, found 5'],
    [{ spreadMs: -1 }, 'spreadMs: expected a number of at least 0, found -1'],
    [{ dedupeMs: Number.NaN }, 'dedupeMs: expected a number of at least 0, found NaN'],
    [{ settleMs: Infinity }, 'settleMs: expected a number of at least 0, found Infinity'],
    [{ buildsPatienceMs: -1 }, 'buildsPatienceMs: expected a number of at least 0, found -1'],
    [{ keepReasonsMs: -1 }, 'keepReasonsMs: expected a number of at least 0, found -1'],
    [{ concurrency: 1.5 }, 'concurrency: expected a whole number of at least 1, or Infinity, found 1.5'],
    [{ limits: { perTurn: 0 } }, 'limits.perTurn: expected a whole number of at least 1, or Infinity, found 0'],
    [{ limits: { perBoard: 2.5 } }, 'limits.perBoard: expected a whole number of at least 1, or Infinity, found 2.5'],
    [{ holder: '' }, 'holder: expected a name, found ""'],
    [
      { lab: { afe: 'http://afe.lab', timeZone: 'Mars/Olympus' } },
      'lab.timeZone: expected an IANA time zone such as "America/Los_Angeles", found "Mars/Olympus"',
    ],
    [{ lab: undefined }, 'lab: expected the services of a lab, such as { afe: "http://afe.lab" }, found nothing'],
    [{ lab: {} }, 'lab.afe: expected a URL or a client, found nothing'],
    [{ config: undefined }, 'config: expected a configuration, as of readSchedulerConfig(), found nothing'],
    [{ builds: {} }, /^builds: expected a source of builds, as of memoryBuilds\(\), found/.source],
    [{ onNews: 7 }, 'onNews: expected a function, found 7'],
    [{ events: 7 }, 'events: expected a list of events, found 7'],
    [{ events: [event, event] }, 'events: expected one event mine, found two'],
  ])('%o', (changes, message) => {
    const make = () => new SuiteScheduler({ ...options, ...changes });
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_SCHEDULER_OPTION' }));
    expect(make).toThrow(message.startsWith('^') ? new RegExp(message) : message);
  });

  test('but what is left out has its default, and no limit is one too', () => {
    expect(resolveSchedulerOptions({ ...options, limits: { perPool: Infinity }, concurrency: Infinity })).toMatchObject(
      {
        holder: 'suite scheduler',
        timeZone: 'America/Los_Angeles',
        intervalMs: 300_000,
        spreadMs: 0,
        dedupeMs: 1_209_600_000,
        settleMs: 2_700_000,
        buildsPatienceMs: 3_600_000,
        keepReasonsMs: 2_592_000_000,
        concurrency: Infinity,
      },
    );
    expect(resolveSchedulerOptions(options).onNews({ type: 'mended', where: 'AFE', timeMs: 0 })).toBeUndefined();
  });
});

test('a scheduler made from URLs can be closed, and has asked nobody anything', async () => {
  const scheduler = new SuiteScheduler({
    ...options,
    lab: { afe: 'http://afe.lab', labStatus: 'http://status.lab/current?format=json' },
  });
  expect(scheduler.config).toBe(options.config);
  await scheduler.close();
  await scheduler[Symbol.asyncDispose]();
});

test('the moment of a suite depends on its key only, and suites are spread evenly', () => {
  const hashes = Array.from({ length: 1_000 }, (_, n) => hashOf(`bvt lumpy cros-version=lumpy-release/R28-${n}.0.0`));
  expect(hashOf('bvt lumpy')).toBe(hashOf('bvt lumpy'));
  expect(new Set(hashes).size).toBe(1_000);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const within = hashes.filter((hash) => Math.floor(hash * 10) === tenth).length;
    expect(within).toBeGreaterThan(60);
    expect(within).toBeLessThan(140);
  }
});
