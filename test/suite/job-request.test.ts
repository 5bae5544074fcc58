import { describe, expect, test } from 'vitest';
import recorded from '../fixtures/suite/create-job.json' with { type: 'json' };
import type { JobRequest } from '../../src/clients/afe/types.js';
import { parseControlFile } from '../../src/control-files/control-data.js';
import { memoryControlFiles } from '../../src/control-files/memory-control-files.js';
import { predicate } from '../../src/control-files/predicates.js';
import { jobRequest, unsendableReason } from '../../src/suite/job-request.js';
import { Suite } from '../../src/suite/suite.js';
import { RecordedLab } from '../support/recorded-lab.js';

interface Variant {
  readonly args: Readonly<Record<string, unknown>>;
  readonly create_job_calls: readonly Readonly<Record<string, unknown>>[];
}

const texts: Readonly<Record<string, string>> = recorded.tests;
const variants = Object.entries(recorded.variants as unknown as Record<string, Variant>);

describe('asks the AFE for exactly what was recorded', () => {
  test.each(variants)('%s', async (name, variant) => {
    // For these two the recording marked t/a and t/c by hand; a control file says it so (D9).
    const marked = name.startsWith('experimental_') ? ['t/a/control', 't/c/control'] : [];
    const files = Object.fromEntries(
      Object.entries(texts).map(([path, text]) => [
        path,
        marked.includes(path) ? `${text}EXPERIMENTAL = True\n` : text,
      ]),
    );
    const requests = (await suiteOf(variant.args, files)).plan().map(({ request }) => request);
    expect(requests.map(wire)).toEqual(variant.create_job_calls.map((call) => asRecorded(call, files)));
  });
});

test('an experimental test gets its prefix once and says so', async () => {
  const file = (name: string) => `${texts['t/a/control'] ?? ''}NAME = "${name}"\nEXPERIMENTAL = True\n`;
  const suite = await suiteOf(
    { builds: { 'cros-version': 'b/R1-1' } },
    { 'x/a': file('t_a'), 'x/b': file('experimental_t_b') },
  );
  expect(suite.plan().map(({ test: name, request }) => [name, request.keyvals?.['experimental']])).toEqual([
    ['experimental_t_a', true],
    ['experimental_t_b', true],
  ]);
});

test('a retry names the job that it repeats, and only what was asked for is sent', () => {
  const control = parseControlFile(texts['t/a/control'] ?? '', { path: 't/a/control' });
  const template = {
    suite: 's',
    builds: { 'cros-version': 'b/R1-1' },
    testSourceBuild: null,
    board: 'board:x',
    pool: null,
    extraDependencies: ['cros-version:b/R1-1'],
    ignoreDeps: true,
    maxRuntimeMins: 1,
    timeoutMins: 2,
    priority: 40,
    parentJobId: 5,
    offloadFailuresOnly: true,
  };
  const request = jobRequest(template, { ...control, dependencies: ['servo'] }, 't_a', 17);
  expect(request.dependencies).toEqual(['cros-version:b/R1-1', 'board:x']);
  expect(request.keyvals).toEqual({
    build: 'b/R1-1',
    builds: { 'cros-version': 'b/R1-1' },
    suite: 's',
    experimental: false,
    parent_job_id: 5,
    retry_original_job_id: 17,
    offload_failures_only: true,
  });
});

describe('a control file that the AFE cannot take is told with the place (S12)', () => {
  const data = (text: string) => ({ ...parseControlFile(texts['t/a/control'] ?? '', { path: 'x/control' }), text });

  test('text outside ASCII', () => {
    expect(unsendableReason(data('a\nbé'))).toBe('x/control:2:2: the AFE takes ASCII only, found "é"');
    expect(unsendableReason(data('\u{1F600}'))).toContain('x/control:1:1');
  });
  test('one byte too many', () => {
    expect(unsendableReason(data('x'.repeat(65_535)))).toBeNull();
    expect(unsendableReason(data('x'.repeat(65_536)))).toContain('at most 65535 bytes, found 65536');
  });
});

function suiteOf(
  args: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = texts,
): Promise<Suite> {
  const suiteJobId = args['suite_job_id'] as number | undefined;
  const lab = new RecordedLab({
    suite: 's',
    suite_job_id: null,
    control_extra: {},
    finish_ticks: [],
    options: {},
    rpc_failures: {},
    tests: {},
  });
  return Suite.createFromPredicates({
    name: 's',
    board: 'board:x86-alex',
    builds: args['builds'] as Record<string, string>,
    testSourceBuild: args['test_source_build'] as string | undefined,
    pool: args['pool'] as string | undefined,
    extraDependencies: args['extra_deps'] as string[] | undefined,
    addExperimental: args['add_experimental'] !== false,
    maxRuntimeMins: args['max_runtime_mins'] as number | undefined,
    timeoutMins: args['timeout_mins'] as number | undefined,
    priority: args['priority'] as number | undefined,
    runProdCode: args['run_prod_code'] === true,
    job:
      suiteJobId === undefined
        ? undefined
        : { tag: `${String(suiteJobId)}-lab/hostless`, record() {}, writeKeyvals() {} },
    controlFiles: memoryControlFiles(files),
    predicates: [predicate('every test', () => true)],
    lab,
  });
}

/** The request in the words of the recording, without what Python's hashing ordered. */
function wire(request: JobRequest): object {
  return {
    name: request.name,
    control_file: request.controlFile,
    control_type: request.controlType,
    meta_hosts: request.metaHosts,
    ...splitDependencies(request.dependencies ?? []),
    keyvals: request.keyvals,
    max_runtime_mins: request.maxRuntimeMins,
    timeout_mins: request.timeoutMins,
    parent_job_id: request.parentJobId,
    test_retry: request.testRetry,
    priority: request.priority,
    synch_count: request.synchCount,
    require_ssp: request.requireSsp,
  };
}

function asRecorded(call: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>>): object {
  const { control_file, dependencies, parent_job_id, ...others } = call;
  const { $textOf } = control_file as { $textOf: string };
  return {
    ...others,
    control_file: files[$textOf],
    ...splitDependencies(dependencies as string[]),
    // There is no job 0: such a tag holds no job id.
    parent_job_id: parent_job_id === 0 ? null : parent_job_id,
  };
}

const ofTests = ['audio', 'servo', 'bluetooth', 'a', 'b', ''];

/** The test's own come first, in any order, and empty ones not at all (D2); what follows them is in order. */
function splitDependencies(dependencies: readonly string[]): object {
  const start = dependencies.findIndex((label) => !ofTests.includes(label) || label === 'z');
  return {
    own: dependencies
      .slice(0, start)
      .filter((label) => label !== '')
      .sort(),
    others: dependencies.slice(start),
  };
}
