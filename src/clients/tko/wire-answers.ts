import type { LabTime } from '../lab-time.js';
import type { WireReader } from '../wire-reader.js';
import type { TestView } from './types.js';

export function readTestView(wire: WireReader, labTime: LabTime): TestView {
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
    startedMs: labTime.parse(wire.field('test_started_time').text()),
    finishedMs: labTime.parse(wire.field('test_finished_time').text()),
    invalid: wire.field('invalid').boolean(),
    jobKeyvals: wire.field('job_keyvals').dict(),
    attributes: wire.field('attributes').dict(),
  };
}
