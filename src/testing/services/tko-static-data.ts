import { priorities } from './create-job.js';

/** What the pages of the results database show as choices. */
export function staticData(currentUser: object): object {
  return {
    all_fields: sortedByTitle([...testFields, ...dayFields]),
    group_fields: sortedByTitle([...groupFields, ...dayFields]),
    tko_test_view: testFields,
    tko_perf_view: performanceFields,
    test_labels: [{ id: 1, name: 'invalidated', description: '' }],
    preconfigs: { metrics: { kernel_compare: null, perf: null }, qual: { pre: null } },
    benchmark_key: {
      kernbench: 'elapsed',
      dbench: 'throughput',
      tbench: 'throughput',
      unixbench: 'score',
      iozone: '32768-4096-fwrite',
    },
    priorities: [...priorities].map(([name, priority]) => [priority, name]),
    motd: '',
    current_user: currentUser,
  };
}

type TitledField = readonly [title: string, field: string];

const testFields: readonly TitledField[] = [
  ['Test index', 'test_idx'],
  ['Job index', 'job_idx'],
  ['Test name', 'test_name'],
  ['Subdirectory', 'subdir'],
  ['Kernel index', 'kernel_idx'],
  ['Status index', 'status_idx'],
  ['Reason', 'reason'],
  ['Host index', 'machine_idx'],
  ['Test started time', 'test_started_time'],
  ['Test finished time', 'test_finished_time'],
  ['Job tag', 'job_tag'],
  ['Job name', 'job_name'],
  ['Owner', 'job_owner'],
  ['Job queued time', 'job_queued_time'],
  ['Job started time', 'job_started_time'],
  ['Job finished time', 'job_finished_time'],
  ['Afe job id', 'afe_job_id'],
  ['Hostname', 'hostname'],
  ['Platform', 'platform'],
  ['Machine owner', 'machine_owner'],
  ['Kernel hash', 'kernel_hash'],
  ['Kernel base', 'kernel_base'],
  ['Kernel', 'kernel'],
  ['Status', 'status'],
  ['Invalid', 'invalid'],
  ['Invalidates test idx', 'invalidates_test_idx'],
];

const dayFields: readonly TitledField[] = [
  ['Job queued day', 'DATE(job_queued_time)'],
  ['Test finished day', 'DATE(test_finished_time)'],
];

const groupable: ReadonlySet<string> = new Set([
  ...['hostname', 'job_name', 'job_queued_time', 'job_tag', 'kernel', 'job_owner', 'platform', 'reason', 'status'],
  ...['test_finished_time', 'test_name', 'test_started_time'],
]);

const groupFields = testFields.filter(([, field]) => groupable.has(field));

/** Older pages show these, with titles of their own. */
const performanceFields: readonly TitledField[] = [
  ...testFields
    .slice(0, testFields.length - 2)
    .filter(([, field]) => field !== 'afe_job_id')
    .map(([title, field]): TitledField => [inCapitals(title), field]),
  ['Iteration Number', 'iteration'],
  ['Performance Keyval (Key)', 'iteration_key'],
  ['Performance Keyval (Value)', 'iteration_value'],
];

function inCapitals(title: string): string {
  return title.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

function sortedByTitle(fields: readonly TitledField[]): readonly TitledField[] {
  return [...fields].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}
