import type { LabTime } from '../lab-time.js';
import type { WireReader } from '../wire-reader.js';
import { readPythonLiteral } from '../python-literal.js';
import type { PlainTestView, StatusCount, TestView } from './types.js';

export function readTestView(wire: WireReader, labTime: LabTime): TestView {
  return {
    ...readPlainTestView(wire, labTime),
    jobKeyvals: wire.field('job_keyvals').dict(),
    attributes: wire.field('attributes').dict(),
  };
}

/** @param groupBy - the fields that were grouped by */
export function readStatusCount(wire: WireReader, groupBy: readonly string[]): StatusCount {
  return {
    group: Object.fromEntries(groupBy.map((field) => [field, wire.field(field).plainValue()])),
    groupId: readPythonLiteral(wire.field('id').string()) ?? null,
    total: wire.field('group_count').integer(),
    passed: wire.field('pass_count').integer(),
    complete: wire.field('complete_count').integer(),
    incomplete: wire.field('incomplete_count').integer(),
  };
}

export function readPlainTestView(wire: WireReader, labTime: LabTime): PlainTestView {
  return {
    testIdx: wire.field('test_idx').integer(),
    testName: wire.field('test_name').string(),
    status: wire.field('status').text(),
    reason: wire.field('reason').text(),
    subdir: wire.field('subdir').stringOrNull(),
    hostname: wire.field('hostname').text(),
    jobTag: wire.field('job_tag').text(),
    jobId: wire.field('afe_job_id').integer(),
    jobName: wire.field('job_name').text(),
    startedMs: wire.field('test_started_time').timeOrNull(labTime),
    finishedMs: wire.field('test_finished_time').timeOrNull(labTime),
    invalid: wire.field('invalid').boolean(),
  };
}
