import assert from 'node:assert/strict';
import { NoEligibleHostError, ValidationError, type AfeClient, type JobRequest } from '../../index.js';
import type { EmbeddedLab } from '../embedded-lab.js';
import type { FaultKind } from '../fault.js';
import type { PortPromise } from './conformance-case.js';
import { errorOf, outcomeOf } from './expect-rejection.js';
import { build, hostlessRequest, jobRequest, smallLab } from './small-lab.js';

export function createJobPromises(): readonly PortPromise<AfeClient>[] {
  return [
    {
      name: 'createJob: resolves to the id of a job that is as it was asked for',
      lab: smallLab,
      check: async (afe, lab) => {
        const parent = lab.suiteJob();
        const id = await afe.createJob({
          ...jobRequest(`${build}/bvt/power_Idle`),
          controlFile: "NAME = 'power_Idle'\nrun('\\x41 \"quoted\" & <tagged>')\n",
          controlType: 'Client',
          priority: 50,
          dependencies: ['pool:bvt', `cros-version:${build}`],
          keyvals: { build, suite: 'bvt', experimental: false, attempts: 3, builds: { 'cros-version': build } },
          maxRuntimeMins: 31,
          timeoutMins: 42,
          parentJobId: parent.id,
          testRetry: 2,
          synchCount: 1,
          requireSsp: false,
        });
        assert.deepEqual(
          await fieldsOf(lab, id),
          {
            name: `${build}/bvt/power_Idle`,
            control_file: "NAME = 'power_Idle'\nrun('\\x41 \"quoted\" & <tagged>')\n",
            control_type: 'Client',
            priority: 50,
            max_runtime_mins: 31,
            timeout_mins: 42,
            parent_job: parent.id,
            test_retry: 2,
            synch_count: 1,
            require_ssp: false,
          },
          'createJob should ask for the job with everything that the request says',
        );
        const job = lab.jobs().find((candidate) => candidate.id === id);
        assert.deepEqual(
          new Set(job?.dependencies),
          new Set(['pool:bvt', `cros-version:${build}`]),
          'createJob should ask for the dependencies of the request',
        );
        const { build: ofBuild, suite, experimental, attempts, builds } = job?.keyvals ?? {};
        assert.deepEqual(
          { ofBuild, suite, experimental, attempts, builds },
          {
            ofBuild: build,
            suite: 'bvt',
            experimental: 'False',
            attempts: '3',
            builds: `{'cros-version': '${build}'}`,
          },
          'createJob should send the keyvals of the request, which the AFE stores as Python prints them',
        );
      },
    },
    {
      name: 'createJob: a job gets a host for each label, each host by name, or none when it is hostless',
      lab: smallLab,
      check: async (afe, lab) => {
        const { metaHosts: _, dependencies: __, ...bare } = jobRequest('two labels');
        const twoLabels = await afe.createJob({
          ...bare,
          metaHosts: ['board:lumpy', 'board:x86-mario'],
          synchCount: 2,
        });
        const hosts = ['chromeos1-rack1-host1', 'lumpy1'];
        const byName = await afe.createJob({ ...bare, name: 'by name', hosts });
        const hostless = await afe.createJob(hostlessRequest('hostless'));
        const entries = await lab.afe.getHostQueueEntries({ jobIds: [twoLabels, byName, hostless] });
        assert.deepEqual(
          entries.map(({ jobId, metaHost, hostname }) => [jobId, metaHost, hostname]),
          [
            [twoLabels, 'board:lumpy', null],
            [twoLabels, 'board:x86-mario', null],
            [byName, null, hosts[0]],
            [byName, null, hosts[1]],
            [hostless, null, null],
          ],
          'createJob should ask for the hosts of the request and for no others',
        );
      },
    },
    {
      name: 'createJob: two requests that are alike make two jobs',
      lab: smallLab,
      check: async (afe, lab) => {
        const request = hostlessRequest('twin');
        const ids = [
          await afe.createJob(request),
          ...(await Promise.all([afe.createJob(request), afe.createJob(request)])),
        ];
        assert.equal(
          new Set(ids).size,
          3,
          `each createJob should make a job of its own, but the ids are ${ids.join()}`,
        );
        assert.equal(lab.jobs().length, 3, 'each createJob should make one job');
      },
    },
    {
      name: 'createJob: dependencies that no host satisfies are a NoEligibleHostError',
      lab: smallLab,
      check: async (afe, lab) => {
        const call = afe.createJob(jobRequest('nowhere', { dependencies: ['pool:nowhere'] }));
        await errorOf(call, NoEligibleHostError, 'createJob should reject when no host satisfies the dependencies');
        assert.equal(lab.jobs().length, 0, 'a job that was refused should not exist');
      },
    },
    {
      name: 'createJob: an argument that the AFE refuses is a ValidationError that names it',
      lab: smallLab,
      check: async (afe) => {
        const call = afe.createJob(jobRequest('refused', { metaHosts: ['board:nope'], dependencies: [] }));
        const error = await errorOf(call, ValidationError, 'createJob should reject when the AFE refuses an argument');
        assert.deepEqual(
          error.problemKeys,
          { meta_hosts: 'Label "board:nope" not found' },
          'problemKeys should say which argument the AFE refuses, and why',
        );
      },
    },
    {
      name: 'createJob: a lost answer never doubles a job',
      lab: smallLab,
      check: (afe, lab) => surviveFault(afe, lab, 'lose-answer'),
    },
    {
      name: 'createJob: a request that the AFE did not see, or did not act on, never doubles a job',
      lab: smallLab,
      check: async (afe, lab) => {
        for (const kind of ['refuse', '503', 'html', 'garbage'] as const) await surviveFault(afe, lab, kind);
      },
    },
    {
      name: 'createJob: a control file arrives whole and unchanged, or is refused',
      lab: smallLab,
      check: async (afe, lab) => {
        const texts = ['#'.repeat(65_535), '#'.repeat(65_536), '# Größe', '# \u{1f600}'];
        for (const [index, controlFile] of texts.entries()) {
          const name = `text ${index}`;
          const outcome = await outcomeOf(afe.createJob(hostlessRequest(name, { controlFile })));
          const made = (await lab.afe.getJobs({ name })).map((job) => job.controlFile);
          if (index === 0) assert.equal(outcome.kind, 'resolved', 'a control file may have 65,535 bytes');
          const expected = outcome.kind === 'resolved' ? [controlFile] : [];
          assert.ok(
            made.length === expected.length && made[0] === expected[0],
            'createJob should hand on the control file as it is, or reject and make no job',
          );
        }
      },
    },
  ];
}

/** Besides the job that is asked for there is another, older one of that name, which must not be taken for it. */
async function surviveFault(afe: AfeClient, lab: EmbeddedLab, kind: FaultKind): Promise<void> {
  const request: JobRequest = jobRequest(`job after ${kind}`, { parentJobId: lab.suiteJob().id });
  const older = await lab.afe.createJob(request);
  const before = lab.jobs().length;
  lab.faults.add({ service: 'afe', method: 'create_job', kind });
  const outcome = await outcomeOf(afe.createJob(request));
  const made = lab
    .jobs()
    .slice(before)
    .filter(({ entries }) => entries.some(({ status }) => !status.startsWith('Aborted')));
  assert.ok(made.length <= 1, `createJob should make one job, but after ${kind} there are ${made.length}`);
  if (outcome.kind === 'resolved') {
    assert.notEqual(outcome.value, older, `createJob should not take an older job for its own after ${kind}`);
    assert.equal(outcome.value, made[0]?.id, `createJob should resolve to the id of the job after ${kind}`);
  } else {
    assert.ok(outcome.reason instanceof Error, `createJob should resolve or reject with an Error after ${kind}`);
  }
}

/** A job's fields in the AFE's own words: the domain's words for a job leave some out. */
async function fieldsOf(lab: EmbeddedLab, id: number): Promise<Readonly<Record<string, unknown>>> {
  const answer = await lab.afe.call('get_jobs', { id });
  const job: unknown = Array.isArray(answer) ? answer[0] : undefined;
  const fields = new Map(Object.entries(Object(job) as object));
  return Object.fromEntries(checkedFields.map((field) => [field, fields.get(field)]));
}

const checkedFields = [
  'name',
  'control_file',
  'control_type',
  'priority',
  'max_runtime_mins',
  'timeout_mins',
  'parent_job',
  'test_retry',
  'synch_count',
  'require_ssp',
];
