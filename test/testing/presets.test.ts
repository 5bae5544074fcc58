import { describe, expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { bigLab, flakyLab, hostileLab, smallLab, type EmbeddedLab } from 'dynamic-suite/testing';

async function attemptsOf(lab: EmbeddedLab): Promise<readonly string[]> {
  const { tests } = await reimageAndRun({ ...lab.suiteArguments(), jobRetry: true });
  return tests.map(({ name, attempts }) => `${name}: ${attempts.map(({ status }) => status).join(' ')}`).sort();
}

test('the small lab has what its documentation says', async () => {
  const lab = await smallLab().start();
  expect(lab.hosts().map(({ hostname }) => hostname)).toEqual(
    [1, 2, 3, 4].map((number) => `chromeos1-rack1-host${number}`),
  );
  expect(lab.hosts().every(({ labels }) => labels.includes('pool:bvt'))).toBe(true);
  expect(lab.suiteArguments().builds).toEqual({ 'cros-version': 'x86-mario-release/R19-1998.0.0' });
  expect(await attemptsOf(lab)).toEqual(['login_LoginSuccess: GOOD', 'platform_Shutdown: GOOD', 'power_Idle: GOOD']);
  lab.expectAllWell();
});

test('a ready lab can be described further', async () => {
  const lab = await smallLab()
    .suite('bvt', ['mine'])
    .test('power_Idle', ['fail', 'fail', 'good'])
    .build('x86-mario-release/R20-2100.0.0', { stagingMs: 0 })
    .start();
  expect(await attemptsOf(lab)).toContain('power_Idle: FAIL FAIL GOOD');
  expect(await attemptsOf(lab)).toContain('mine: GOOD');
  expect(lab.suiteArguments().builds).toEqual({ 'cros-version': 'x86-mario-release/R20-2100.0.0' });
});

describe('the flaky lab', () => {
  test('has its outcomes from its seed', async () => {
    const attempts = await attemptsOf(await flakyLab().start());
    expect(attempts).toHaveLength(20);
    expect(await attemptsOf(await flakyLab().start())).toEqual(attempts);
    expect(await attemptsOf(await flakyLab({ seed: 2 }).start())).not.toEqual(attempts);
  });

  test('fails about as often as it says', async () => {
    const attempts: string[] = [];
    for (let seed = 1; seed <= 5; seed++) attempts.push(...(await attemptsOf(await flakyLab({ seed }).start())));
    const first = attempts.map((text) => /: (\w+)/.exec(text)?.[1] ?? '');
    const share = first.filter((status) => status !== 'GOOD').length / first.length;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.42);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a good script comes through the hostile lab of seed %d', async (seed) => {
  const lab = await hostileLab({ seed, callLog: {} }).start();
  const outcome = await reimageAndRun(lab.suiteArguments());
  expect(outcome.verdict).toBe('OK');
  const hosts = outcome.tests.flatMap(({ attempts }) => attempts.map(({ hostname }) => hostname));
  expect(hosts.filter((host) => host?.match(/broken|locked/))).toEqual([]);
  const hit = lab.calls.entries().filter((call) => call.outcome !== 'ok' && call.outcome !== 'error');
  expect(hit.length).toBeGreaterThan(3);
  lab.expectAllWell();
});

test('the big lab is big, and a suite runs in it as in a small one', async () => {
  const lab = await bigLab().start();
  expect(lab.hosts()).toHaveLength(5000);
  const pools = new Map<string, number>();
  for (const { labels } of lab.hosts().filter((host) => host.labels.includes('board:board50'))) {
    for (const label of labels.filter((name) => name.startsWith('pool:')))
      pools.set(label, (pools.get(label) ?? 0) + 1);
  }
  expect(Object.fromEntries(pools)).toEqual({ 'pool:bvt': 60, 'pool:cq': 30, 'pool:suites': 10 });
  const outcome = await reimageAndRun({ ...lab.suiteArguments('bvt', 'board50'), pool: 'bvt' });
  expect(outcome.tests.filter(({ conclusion }) => conclusion === 'passed')).toHaveLength(54);
  expect(lab.suiteArguments('power', 'board1').builds).toEqual({ 'cros-version': 'board1-release/R19-1998.0.0' });
});
