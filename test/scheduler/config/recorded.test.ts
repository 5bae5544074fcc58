import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fitsBranch, resolveMilestone, type Branch } from '../../../src/scheduler/config/branch-specs.js';
import { parseSchedulerConfig } from '../../../src/scheduler/config/parse-scheduler-config.js';
import { isDynamicSuiteError } from '../../../src/errors.js';
import type { SuiteTask } from '../../../src/scheduler/task.js';

interface RecordedSection {
  readonly id: string;
  readonly section: string;
  readonly text: string;
  readonly original: {
    readonly keyword?: string;
    readonly task?: Readonly<Record<string, unknown>>;
    readonly error?: { readonly message: string };
  };
}

function fixture(name: string) {
  return JSON.parse(readFileSync(new URL(`../../fixtures/scheduler/${name}`, import.meta.url), 'utf8'));
}

const sections: readonly RecordedSection[] = fixture('config.json').sections;

/** Where ours differs on purpose: what we do, and the number or the rule that says so. */
const different: Readonly<Record<string, { readonly ours: 'task' | 'problem'; readonly by: string }>> = {
  'boards-03': { ours: 'problem', by: 'it could never fire: it was for the board ""' },
  'branch-05 R18': { ours: 'problem', by: 'it could never fire' },
  'branch-06 18': { ours: 'problem', by: 'it could never fire' },
  'branch-10 >=R': { ours: 'problem', by: 'a bad value, which failed when builds came' },
  'branch-12 ==': { ours: 'problem', by: 'a bad value, which failed when builds came' },
  'branch-13 >=RR18': { ours: 'problem', by: 'a bad value: no milestone' },
  'branch-15 >=r18': { ours: 'problem', by: 'it could never fire' },
  'branch-23 ==R19,>=R18': { ours: 'task', by: 'C5' },
  'branch-31 Factory': { ours: 'problem', by: 'it could never fire' },
  'branch-40 tot': { ours: 'problem', by: 'it could never fire' },
  'branch-41 =tot-2': { ours: 'problem', by: 'it could never fire' },
  'branch-50 ==tot--1': { ours: 'problem', by: 'a bad value: no milestone' },
  'branch-51 ==TOT': { ours: 'task', by: 'C5' },
  'branch-57 ==xtot': { ours: 'problem', by: 'it could never fire' },
  'branch-60 !=R18': { ours: 'problem', by: 'it could never fire' },
  'branch-62 >=R18 factory': { ours: 'problem', by: 'a bad value: no milestone' },
  'branch-63 >=R18;factory': { ours: 'problem', by: 'a bad value: no milestone' },
  'branch-66 ==R18a': { ours: 'problem', by: 'it could never fire' },
  'branch-67 release': { ours: 'problem', by: 'it could never fire' },
  'branch-70 >=tot,==tot': { ours: 'task', by: 'C5' },
  'crosspec-06': { ours: 'problem', by: 'the table: tot, tot-N or RNN' },
  'num-09': { ours: 'problem', by: 'a number that JavaScript cannot hold' },
  'run_on-case': { ours: 'problem', by: 'an unknown event: it could never fire' },
  'test_source-05': { ours: 'problem', by: 'the table: firmware_rw or cros' },
  'tot= ==tot-2': { ours: 'task', by: 'the top of the tree is no part of the configuration' },
  'tot=Rx ==tot-2': { ours: 'task', by: 'the top of the tree is no part of the configuration' },
};

describe('a recorded section', () => {
  test.each(sections.filter(({ id }) => !Object.hasOwn(different, id)))('$id is read as before', (recorded) => {
    const { original } = recorded;
    const found = taskOf(recorded);
    if (original.task === undefined) {
      expect(found).toBeUndefined();
      return;
    }
    expect(found?.runOn).toBe(original.keyword);
    expect(found === undefined ? undefined : asRecorded(found)).toEqual(emptyAsNone(original.task));
  });

  test.each(Object.entries(different))('%s is read otherwise: %o', (id, { ours }) => {
    const recorded = sections.find((section) => section.id === id);
    if (recorded === undefined) throw new Error(`no such case: ${id}`);
    // What is told apart here must not be the same after all.
    expect(recorded.original.task === undefined).toBe(ours === 'task');
    expect(taskOf(recorded) === undefined ? 'problem' : 'task').toBe(ours);
  });

  test('is never left out without a word', () => {
    for (const { text } of sections) {
      const config = parsed(text);
      if (config === undefined) continue;
      const heads = text.match(/^\[.*\]/gm)?.filter((head) => head !== '[DEFAULT]');
      expect(config.tasks.length + config.problems.length).toBe(new Set(heads).size);
    }
  });
});

describe('recorded branches', () => {
  const { fits, milestones } = fixture('branch-specs.json');
  const rows: readonly [readonly string[], readonly unknown[]][] = fits.rows;

  test('fit or do not fit the specs, as numbers', () => {
    let compared = 0;
    for (const [specs, answers] of rows.filter(([given]) => given.every(isSpec))) {
      for (const [index, name] of fits.branches.entries()) {
        const branch = branchOf(name);
        if (branch === undefined) continue;
        expect([specs, name, fitsBranch(specs, { branch, topOfTree: 50 })]).toEqual([
          specs,
          name,
          answers[index] === true ? 'fits' : 'other-branch',
        ]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(60);
  });

  test('that no spec could ever fit belong to specs that are malformed', () => {
    for (const [specs, answers] of rows.filter(([given]) => !given.every(isSpec))) {
      expect(answers).not.toContain(true);
      expect(() => fitsBranch(specs, { branch: 18, topOfTree: 50 })).toThrow('expected "factory", "firmware" or');
    }
  });

  test('milestones below the top are counted from it, whatever their number (C5)', () => {
    const wellFormed = /^tot(-?\d+)?$/i;
    for (const [top, text, original] of milestones) {
      const topOfTree = /^R?\d+$/.test(top) ? Number(top.replace('R', '')) : null;
      const ours = resolveMilestone(text.trim(), topOfTree);
      if (topOfTree === null || !wellFormed.test(text.trim())) expect(ours).toBeNull();
      else if (/^tot(-?[12])?$/i.test(text.trimEnd()) && text !== 'tot-1 ')
        expect(ours).toBe(Number(original.replace('R', '')));
      else expect(ours).toBe(topOfTree - Number(/\d+/.exec(text)?.[0]));
    }
  });
});

function taskOf({ text, section }: RecordedSection): SuiteTask | undefined {
  return parsed(text)?.tasks.find(({ name }) => name === section);
}

function parsed(text: string) {
  try {
    return parseSchedulerConfig(text);
  } catch (error) {
    if (isDynamicSuiteError(error, 'ERR_SCHEDULER_CONFIG')) return undefined;
    throw error;
  }
}

function asRecorded(task: SuiteTask) {
  return {
    name: task.name,
    suite: task.suite,
    branch_specs: task.branchSpecs,
    pool: task.pool,
    boards: task.boards,
    num: task.num,
    hour: task.hour,
    day: task.day,
    file_bugs: task.fileBugs,
    job_retry: task.jobRetry,
    cros_build_spec: task.crosBuildSpec,
    firmware_rw_build_spec: task.firmwareRwBuildSpec,
    test_source: task.testSource,
  };
}

/** Of the recorded fields those that a task has; an absent `job_retry` is false (C12). */
function emptyAsNone(recorded: Readonly<Record<string, unknown>>) {
  const { name, suite, branch_specs, pool, boards, num, hour, day, file_bugs, job_retry } = recorded;
  const { cros_build_spec, firmware_rw_build_spec, test_source } = recorded;
  const texts = { pool, cros_build_spec, firmware_rw_build_spec, test_source };
  const orNone = Object.entries(texts).map(([key, value]) => [key, value === '' ? null : value]);
  const rest = { name, suite, branch_specs, boards, num, hour, day, file_bugs, job_retry: job_retry ?? false };
  return { ...rest, ...Object.fromEntries(orNone) };
}

function isSpec(text: string): boolean {
  return /^(factory|firmware|[<>=]=(R?\d+|tot.*))$/.test(text);
}

/** Names of branches as numbers; a build has no other. */
function branchOf(name: string): Branch | undefined {
  if (name === 'factory' || name === 'firmware') return name;
  return /^\d+$/.test(name) ? Number(name) : undefined;
}
