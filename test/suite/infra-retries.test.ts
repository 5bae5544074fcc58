import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  consoleReporter,
  reimageAndRun,
  renderSummary,
  RpcError,
  tapReport,
  ValidationError,
  type AfeClient,
  type JobRequest,
  type ReimageAndRunOptions,
  type SuiteEvent,
  type SuiteOutcome,
} from '../../src/index.js';
import { byHost, embeddedLab, type EmbeddedLab, type TestScript } from '../../src/testing/index.js';
import { afeWith } from '../support/afe-with.js';
import { runKillable, type Kill } from '../support/killable-suite.js';
import { controlFile, marioBuild } from '../support/labs.js';

const host = (number: number) => `chromeos1-rack1-host${String(number)}`;

interface Setting {
  readonly hosts?: number;
  readonly syncCount?: number;
  readonly options?: Partial<ReimageAndRunOptions>;
  readonly change?: (lab: EmbeddedLab) => Partial<AfeClient>;
}

function labOf(scripts: Readonly<Record<string, TestScript>>, { hosts = 3, syncCount = 1 }: Setting = {}) {
  const names = Object.keys(scripts);
  const files = names.map((name) => controlFile(name, { jobRetries: 1, syncCount }));
  const builder = embeddedLab()
    .board('x86-mario', { hosts, pool: 'bvt' })
    .build(marioBuild, { controlFiles: Object.assign({}, ...files) as Record<string, string> });
  for (const [name, script] of Object.entries(scripts)) builder.test(name, script);
  return builder.start();
}

/** Runs the tests that have scripts, with one retry for a failure of the infrastructure. */
async function run(scripts: Readonly<Record<string, TestScript>>, setting: Setting = {}) {
  const lab = await labOf(scripts, setting);
  const given = lab.suiteArguments('bvt', 'x86-mario');
  const requests: JobRequest[] = [];
  const changes = setting.change?.(lab) ?? {};
  const afe = afeWith(lab.afe, {
    ...changes,
    createJob: (request, options) => {
      requests.push(request);
      return (changes.createJob ?? lab.afe.createJob.bind(lab.afe))(request, options);
    },
  });
  const events: SuiteEvent[] = [];
  const outcome = await reimageAndRun({
    ...given,
    lab: { ...given.lab, afe },
    infraRetries: 1,
    onEvent: (event) => events.push(event),
    ...setting.options,
  });
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
  lab.expectNothingDoubled();
  return { lab, outcome, requests, events, warnings };
}

/** `status failure retryFor` of each attempt. */
function attemptsOf(outcome: SuiteOutcome, name: string): string[] {
  return outcome
    .test(name)
    .attempts.map(({ status, failure, retryFor }) => `${String(status)} ${String(failure)} ${String(retryFor)}`);
}

test('unless asked for, a failure of the machine is like any other', async () => {
  const { outcome, requests } = await run({ a: 'machine-failure' }, { options: { infraRetries: undefined } });
  expect(attemptsOf(outcome, 'a')).toEqual(['FAIL infrastructure null']);
  expect(outcome.verdict).toBe('INFRA_FAILURE');
  const retried = await run(
    { a: ['machine-failure', 'good'] },
    { options: { infraRetries: undefined, jobRetry: true } },
  );
  expect(attemptsOf(retried.outcome, 'a')).toEqual(['FAIL infrastructure null', 'GOOD null test']);
  for (const request of [...requests, ...retried.requests]) {
    expect(request).toMatchObject({ metaHosts: ['board:x86-mario'] });
    expect(request.keyvals).not.toHaveProperty('dynamic_suite_infra_retry');
  }
});

describe('a test that the infrastructure failed is run again on another host', () => {
  test.each(['machine-failure', 'provision-failure'] as const)('after a %s', async (how) => {
    const { outcome, requests, events } = await run({ a: byHost({ [host(1)]: how }) });
    expect(attemptsOf(outcome, 'a')).toEqual(['FAIL infrastructure null', 'GOOD null infrastructure']);
    expect(outcome.test('a')).toMatchObject({ conclusion: 'flaky', attempts: [{ hostname: host(1) }, {}] });
    expect(outcome.test('a').attempts[1]?.hostname).not.toBe(host(1));
    expect(outcome.verdict).toBe('WARNING');
    expect(requests[1]).toMatchObject({
      name: requests[0]?.name,
      hosts: [outcome.test('a').attempts[1]?.hostname],
      metaHosts: undefined,
      dependencies: requests[0]?.dependencies,
      keyvals: { ...requests[0]?.keyvals, retry_original_job_id: 2, dynamic_suite_infra_retry: true },
    });
    expect(events.find((event) => event.type === 'test-scheduled' && event.attempt === 2)).toMatchObject({
      retryOf: 2,
      retryFor: 'infrastructure',
      hosts: requests[1]?.hosts,
    });
  });

  test('after a job that ended without a result', async () => {
    const lab = await labOf({ a: 'good' });
    const given = lab.suiteArguments('bvt', 'x86-mario');
    const { tko } = lab;
    let first = true;
    const rowless = await reimageAndRun({
      ...given,
      lab: {
        ...given.lab,
        tko: {
          getDetailedTestViews: async (filter, options) => {
            const views = await tko.getDetailedTestViews(filter, options);
            const lost = first;
            first = false;
            return lost ? [] : views;
          },
        },
      },
      infraRetries: 1,
    });
    expect(attemptsOf(rowless, 'a')).toEqual(['ABORT infrastructure null', 'GOOD null infrastructure']);
    const [lost, again] = rowless.test('a').attempts;
    expect(lost?.reason).toContain('left no results');
    expect(again?.hostname).not.toBe(lost?.hostname);
  });

  test('that needs several hosts at once gets as many others', async () => {
    const { outcome, requests } = await run({ a: ['machine-failure', 'good'] }, { hosts: 5, syncCount: 2 });
    expect(attemptsOf(outcome, 'a')).toEqual(['FAIL infrastructure null', 'GOOD null infrastructure']);
    const [before = '', after = ''] = outcome.test('a').attempts.map(({ hostname }) => hostname ?? '');
    expect(requests[1]?.hosts).toHaveLength(2);
    expect(after.split(',').sort()).toEqual(requests[1]?.hosts?.toSorted());
    for (const name of before.split(',')) expect(after.split(',')).not.toContain(name);
  });

  test('or on any, where there is no other', async () => {
    const { outcome, requests } = await run({ a: ['machine-failure', 'good'] }, { hosts: 1 });
    expect(attemptsOf(outcome, 'a')).toEqual(['FAIL infrastructure null', 'GOOD null infrastructure']);
    expect(requests[1]).toMatchObject({ metaHosts: ['board:x86-mario'] });
    expect(requests[1]).not.toHaveProperty('hosts');
  });

  test('or on any, where the AFE refuses the other', async () => {
    const refused = { method: 'create_job', message: "{'hosts': 'Host(s) failed to meet job dependencies'}" };
    const { outcome, requests, warnings } = await run(
      { a: ['machine-failure', 'good'] },
      {
        change: ({ afe }) => ({
          createJob: (request, options) =>
            request.hosts === undefined
              ? afe.createJob(request, options)
              : Promise.reject(new ValidationError(refused)),
        }),
      },
    );
    expect(attemptsOf(outcome, 'a')).toEqual(['FAIL infrastructure null', 'GOOD null infrastructure']);
    expect(requests.map(({ hosts }) => hosts?.length)).toEqual([undefined, 1, undefined]);
    expect(warnings).toEqual([]);
  });

  test('or on any, where nobody can say which hosts there are', async () => {
    const broken = new RpcError({ method: 'get_hosts', remoteName: 'OperationalError', message: 'gone away' });
    const { outcome, warnings } = await run(
      { a: ['machine-failure', 'good'] },
      { options: { checkHosts: false }, change: () => ({ getHosts: () => Promise.reject(broken) }) },
    );
    expect(attemptsOf(outcome, 'a')).toEqual(['FAIL infrastructure null', 'GOOD null infrastructure']);
    expect(warnings).toEqual(['hosts-unknown']);
  });
});

describe('the budget', () => {
  test('is apart from the test’s own retries', async () => {
    const { outcome } = await run({ a: ['fail', 'machine-failure', 'good'] }, { options: { jobRetry: true } });
    expect(attemptsOf(outcome, 'a')).toEqual([
      'FAIL test null',
      'FAIL infrastructure test',
      'GOOD null infrastructure',
    ]);
  });

  test('is not for failures of the test', async () => {
    const { outcome } = await run({ a: 'fail' });
    expect(attemptsOf(outcome, 'a')).toEqual(['FAIL test null']);
  });

  test('when used up leaves a failure to be like any other', async () => {
    const { outcome } = await run({ a: 'machine-failure' }, { options: { jobRetry: true } });
    expect(attemptsOf(outcome, 'a')).toEqual([
      'FAIL infrastructure null',
      'FAIL infrastructure infrastructure',
      'FAIL infrastructure test',
    ]);
    expect(outcome.test('a').conclusion).toBe('infrastructure');
    expect(outcome.verdict).toBe('INFRA_FAILURE');
  });

  test('of the suite bounds all its tests', async () => {
    const broken = { a: 'machine-failure', b: 'machine-failure', c: 'machine-failure' } as const;
    const { lab, outcome } = await run(broken, { options: { infraRetries: 2, maxInfraRetries: 3 } });
    expect(lab.calls.count('create_job')).toBe(6);
    expect(outcome.counts.infrastructure).toBe(3);
  });

  test.each([
    ['infraRetries', -1],
    ['infraRetries', 1.5],
    ['maxInfraRetries', -2],
  ])('%s cannot be %d', async (argument, value) => {
    await expect(run({ a: 'good' }, { options: { [argument]: value } })).rejects.toMatchObject({ argument });
  });
});

test('a job that somebody aborts is not wanted again', async () => {
  const lab = await labOf({ a: 'good' });
  const aborts: Promise<unknown>[] = [];
  const outcome = await reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    infraRetries: 3,
    onEvent: (event) => {
      if (event.type === 'test-scheduled') aborts.push(lab.afe.abortHostQueueEntries({ jobIds: [event.jobId] }));
    },
  });
  expect(aborts).toHaveLength(1);
  expect(attemptsOf(outcome, 'a')).toEqual(['ABORT infrastructure null']);
  expect(outcome.test('a').conclusion).toBe('aborted');
});

test('whoever reads a report sees which tries the infrastructure failed', async () => {
  let text = '';
  const stream = { write: (part: string) => (text += part) };
  const { outcome } = await run(
    { a: byHost({ [host(1)]: 'machine-failure' }) },
    { options: { onEvent: consoleReporter({ stream }) } },
  );
  expect(text).toMatch(/ job 3: a, try 2, after job 2, since the infrastructure failed, on chromeos1-rack1-host\d\n/u);
  expect(renderSummary(outcome)).toContain(`try 1: FAIL, job 2 on ${host(1)} (infrastructure): `);
  expect(tapReport(outcome)).toMatch(/status: FAIL\n.*job: 2\n(?:.*\n){1,4}.*failure: infrastructure\n/u);
});

describe('killed around any of its effects and started again, the suite', () => {
  class Killed extends Error {}
  const scripts = { a: byHost({ [host(1)]: 'machine-failure' }), b: 'machine-failure' } as const;

  async function story(kill: Kill): Promise<{ lab: EmbeddedLab; outcome: SuiteOutcome; killed: boolean }> {
    const lab = await labOf(scripts);
    const resultDir = await mkdtemp(join(tmpdir(), 'infra-'));
    const { urls, transport, clock } = lab;
    const options = { jobRetry: false, infraRetries: 2, maxInfraRetries: 2 };
    const common = { urls, transport, clock, tag: lab.suiteJob().tag, resultDir, options };
    const end = new AbortController();
    const die = () => {
      const reason = new Killed();
      end.abort(reason);
      return Promise.reject(reason);
    };
    let killed = false;
    try {
      await runKillable({ ...common, kill, die, signal: end.signal });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      killed = true;
    }
    try {
      const { outcome } = await runKillable({ ...common, die });
      return { lab, outcome, killed };
    } finally {
      await rm(resultDir, { recursive: true });
    }
  }

  test('takes over such retries too, doubles none and spends no more than it has', async () => {
    for (let at = 1; ; at += 1) {
      const when = at % 2 === 0 ? 'before' : 'after';
      const { lab, outcome, killed } = await story({ at, when });
      lab.expectNothingDoubled();
      const tries = lab.jobs().filter(({ parentId }) => parentId !== null);
      expect({ at, when, jobs: tries.length }).toEqual({ at, when, jobs: 4 });
      const retries = outcome.tests.flatMap(({ attempts }) => attempts.filter(({ retryFor }) => retryFor !== null));
      expect(retries.map(({ retryFor }) => retryFor)).toEqual(['infrastructure', 'infrastructure']);
      if (!killed) break;
    }
  });
});
