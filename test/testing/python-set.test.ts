import { expect, test } from 'vitest';
import { inSetOrder } from '../../src/testing/services/python-set.js';

// As Python 2.7.18 answers list(set(...)) on 64 bits.
test.each<[readonly string[], readonly string[]]>([
  [[], []],
  [
    ['a', 'b', 'r', 'a', 'c', 'a', 'd', 'a', 'b', 'r', 'a'],
    ['a', 'r', 'b', 'c', 'd'],
  ],
  [
    ['a', 'b', 'c', 'd', 'e', 'f'],
    ['a', 'c', 'b', 'e', 'd', 'f'],
  ],
  [
    ['hostname', 'test_name', 'reason'],
    ['reason', 'hostname', 'test_name'],
  ],
  [
    ['test_finished_time', 'afe_job_id', 'test_name', 'job_tag', 'reason'],
    ['test_finished_time', 'reason', 'job_tag', 'afe_job_id', 'test_name'],
  ],
  [
    ['platform', '', 'hostname', 'reason', 'subdir', 'job_owner'],
    ['', 'hostname', 'platform', 'reason', 'subdir', 'job_owner'],
  ],
  [
    [
      ...['reason', 'DATE(job_queued_time)', 'job_owner', 'subdir', 'afe_job_id', '', 'test_finished_time'],
      ...['test_name', 'hostname', 'job_tag', 'kernel', 'status', 'job_name', 'platform'],
    ],
    [
      ...['', 'kernel', 'platform', 'hostname', 'test_finished_time', 'reason', 'job_tag', 'status', 'subdir'],
      ...['test_name', 'job_owner', 'afe_job_id', 'job_name', 'DATE(job_queued_time)'],
    ],
  ],
])('a set of %j is in the order of Python', (texts, expected) => {
  expect(inSetOrder(texts)).toEqual(expected);
});
