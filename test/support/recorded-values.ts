import { expect } from 'vitest';

/** A record as it was recorded; its fields are what they are. */
type Row = Readonly<Record<string, ReturnType<typeof JSON.parse>>>;

/** What the typed methods must make of a recorded result, written down apart from the code that reads it. */
export const expectedValues: Readonly<Record<string, (result: ReturnType<typeof JSON.parse>) => unknown>> = {
  get_labels: each(({ id, name }) => ({ id, name })),
  get_hosts: each((row) => ({
    ...some(row, 'id', 'hostname', 'status', 'locked', 'labels', 'attributes'),
    lockReason: row['lock_reason'],
  })),
  get_host_attribute: each((row) => ({ ...some(row, 'attribute', 'value'), hostname: row['host'] })),
  set_host_attribute: () => undefined,
  get_jobs: sorted('id', job),
  get_num_jobs: (result) => result,
  get_jobs_summary: sorted('id', (row) => ({ ...job(row), statusCounts: row['status_counts'] })),
  get_host_queue_entries: sorted('id', (row) => ({
    ...some(row, 'id', 'status', 'complete', 'active', 'aborted'),
    jobId: row['job'].id,
    executionSubdir: row['execution_subdir'],
    startedOnMs: time(row['started_on']),
    finishedOnMs: time(row['finished_on']),
    hostname: row['host'] === null ? null : row['host'].hostname,
    metaHost: row['meta_host'],
  })),
  abort_host_queue_entries: each((row) => ({
    entryId: row['HostQueueEntry'],
    jobId: row['Job'],
    jobName: row['Job name'],
  })),
  create_job: (result) => result,
  create_suite_job: (result) => result,
  get_server_time: (result) => time(`${result}:00`),
  get_motd: (result) => result,
  get_users: each((row) => ({ ...some(row, 'id', 'login'), accessLevel: row['access_level'] })),
  get_acl_groups: each((row) => some(row, 'id', 'name', 'description', 'users', 'hosts')),
  get_special_tasks: each((row) => ({
    ...some(row, 'id', 'task', 'success'),
    hostname: row['host'].hostname,
    entryId: row['queue_entry'] === null ? null : row['queue_entry'].id,
    requestedBy: row['requested_by'],
    requestedOnMs: time(row['time_requested']),
    startedOnMs: time(row['time_started']),
    finishedOnMs: time(row['time_finished']),
    active: row['is_active'],
    complete: row['is_complete'],
    aborted: row['is_aborted'],
  })),
  add_label: (result) => result,
  add_host: (result) => result,
  modify_hosts: () => undefined,
  get_detailed_test_views: sorted('test_idx', (row) => ({
    ...testView(row),
    jobKeyvals: row['job_keyvals'],
    attributes: row['attributes'],
  })),
  get_test_views: sorted('test_idx', testView),
  get_num_test_views: (result) => result,
  get_status_counts: ({ groups }) =>
    each((row) => ({
      group: expect.objectContaining({}),
      // Python marks text that is Unicode.
      groupId: JSON.parse(row['id'].replaceAll(/\bu'/g, "'").replaceAll("'", '"')),
      total: row['group_count'],
      passed: row['pass_count'],
      complete: row['complete_count'],
      incomplete: row['incomplete_count'],
    }))(groups),
};

function each(read: (row: Row) => unknown) {
  return (rows: readonly Row[]) => rows.map(read);
}

function sorted(key: string, read: (row: Row) => unknown) {
  return (rows: readonly Row[]) => rows.toSorted((a, b) => a[key] - b[key]).map(read);
}

function some(row: Row, ...fields: readonly string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, row[field]]));
}

function job(row: Row): Row {
  return {
    ...some(row, 'id', 'name', 'owner', 'keyvals'),
    parentJobId: row['parent_job'],
    priority: row['priority'] ?? 0,
    createdOnMs: time(row['created_on']),
    dependencies: row['dependencies'] === '' ? [] : row['dependencies'].split(','),
    controlFile: row['control_file'],
  };
}

function testView(row: Row): Row {
  return {
    ...some(row, 'status', 'reason', 'subdir', 'hostname', 'invalid'),
    testIdx: row['test_idx'],
    testName: row['test_name'],
    jobTag: row['job_tag'],
    jobId: row['afe_job_id'],
    jobName: row['job_name'],
    startedMs: time(row['test_started_time']),
    finishedMs: time(row['test_finished_time']),
  };
}

/** The lab was recorded in a winter of California, eight hours behind UTC. */
function time(text: string | null): number | null {
  return text === null ? null : Date.parse(`${text.replace(' ', 'T')}-08:00`);
}
