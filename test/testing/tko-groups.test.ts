import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { finishedSuite } from './recorded-suites.js';

interface Table {
  readonly header_values: unknown;
  readonly groups: readonly Readonly<Record<string, unknown>>[];
}

describe('rows of tests are put into groups', () => {
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await finishedSuite();
  });
  const table = async (method: string, args: object) => (await lab.tko.call(method, { ...args })) as Table;

  test('as many as there are different values', async () => {
    expect(await lab.tko.call('get_num_groups', { group_by: ['status'] })).toBe(6);
    expect(await lab.tko.call('get_num_groups', { group_by: ['status'], status__in: ['GOOD', 'FAIL'] })).toBe(2);
    expect(await lab.tko.call('get_num_groups', { group_by: ['status'], query_limit: 1 })).toBe(1);
  });

  test('sorted and cut as groups', async () => {
    const { groups } = await table('get_group_counts', { group_by: ['status'], sort_by: ['-status'], query_limit: 2 });
    expect(groups).toMatchObject([
      { status: 'WARN', group_count: 1 },
      { status: 'TEST_NA', group_count: 1 },
    ]);
  });

  test('with the headers that were asked for, whether they have rows or not', async () => {
    const { header_values: headers, groups } = await table('get_status_counts', {
      group_by: ['status', 'hostname'],
      header_groups: [['hostname'], ['status']],
      fixed_headers: { status: ['GOOD', 'NOSTATUS', 'ABORT'] },
      afe_job_id__gt: 1,
    });
    expect(headers).toEqual([[['chromeos1-rack1-host1']], [['ABORT'], ['GOOD'], ['NOSTATUS']]]);
    expect(groups.map((group) => [group['header_indices'], group['group_count'], 'status' in group])).toEqual([
      [[0, 0], 4, false],
      [[0, 1], 11, false],
    ]);
    await expect(
      lab.tko.call('get_group_counts', { group_by: ['status'], fixed_headers: { status: [] } }),
    ).rejects.toThrow('Field status not found in header groups []');
  });

  test.each<[string, RegExp]>([
    ['afe_job_id', /^\[5L\]$/],
    ['invalid', /^\[0\]$/],
    ['machine_owner', /^\[None\]$/],
    ['test_started_time', /^\[datetime\.datetime\(2026, 11, 21(, \d+){2,3}\)\]$/],
    ['DATE(job_queued_time)', /^\[datetime\.date\(2026, 11, 21\)\]$/],
    ['reason', /^\[u'caf\\xe9 \\u201cquoted\\u201d'\]$/],
  ])('known by their values as Python prints them: %s', async (field, id) => {
    const { groups } = await table('get_group_counts', { group_by: [field], test_name: 'warn_Test' });
    expect(groups.map((group) => group['id'])).toEqual([expect.stringMatching(id)]);
  });

  test('with what the latest row of each says', async () => {
    const { groups } = await table('get_latest_tests', {
      group_by: ['test_name'],
      test_name__in: ['retry_Test', 'na_Test'],
      extra_info: ['status', 'afe_job_id'],
    });
    expect(groups).toMatchObject([
      { test_name: 'retry_Test', pass_count: 1, complete_count: 1, group_count: 1, extra_info: ['GOOD', 18] },
    ]);
  });

  test.each<[string, object, string]>([
    ['get_group_counts', { group_by: ['nope'] }, "FieldError: Cannot resolve keyword 'nope'"],
    ['get_group_counts', { group_by: [], extra_select_fields: { x: '1' } }, 'DatabaseError'],
    ['get_group_counts', { group_by: [], fixed_headers: [1] }, "'list' object has no attribute 'iteritems'"],
    ['get_num_groups', {}, 'get_num_groups() takes exactly 1 argument (0 given)'],
    ['get_tests_summary', { job_names: [] }, 'DatabaseError'],
  ])('%s(%j) fails with %s', async (method, args, message) => {
    await expect(lab.tko.call(method, { ...args })).rejects.toThrow(message);
  });

  test('names of jobs are counted without regard to case, and those without tests not at all', async () => {
    const names = ['X86-MARIO-release/R28-3993.0.0/bvt/multi_Test', 'x86-mario-release/R28-3993.0.0/bvt/na_Test'];
    expect(await lab.tko.call('get_tests_summary', { job_names: names })).toEqual({
      'x86-mario-release/R28-3993.0.0/bvt/multi_Test': { passed: 1, failed: 1 },
    });
    expect(await lab.tko.call('get_tests_summary_with_wildcards', { job_names: ['%nothing%', '%multi_Test'] })).toEqual(
      { '%multi_Test': { passed: 1, failed: 1 } },
    );
  });
});
