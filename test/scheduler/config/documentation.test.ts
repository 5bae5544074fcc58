import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fileSystemControlFiles } from '../../../src/control-files/file-system-control-files.js';
import { branchSpecsFault } from '../../../src/scheduler/config/branch-specs.js';
import { checkConfig } from '../../../src/scheduler/config/check-config.js';
import { parseSchedulerConfig } from '../../../src/scheduler/config/parse-scheduler-config.js';
import { readSchedulerConfig } from '../../../src/scheduler/config/read-scheduler-config.js';
import { taskKeys } from '../../../src/scheduler/config/task-keys.js';

const page = readFileSync(new URL('../../../docs/suite-scheduler-configuration.md', import.meta.url), 'utf8');

describe('the page about the configuration', () => {
  const files = [...page.matchAll(/```ini\n(.*?)```/gs)].map(([, text = '']) => text);

  test.each(files)('shows nothing that is malformed: %.30j', (text) => {
    expect(parseSchedulerConfig(text).problems).toEqual([]);
  });

  test('has an example of every key of a task', () => {
    const shown = new Set([...files.join('\n').matchAll(/^(\w+):/gm)].map(([, key]) => key));
    for (const [key] of Object.values(taskKeys)) expect(shown).toContain(key);
  });

  test('explains every key', () => {
    for (const key of Object.values(taskKeys).flat()) expect(page).toMatch(new RegExp(`^\\| .*\`${key}\``, 'm'));
  });

  test('shows constraints that are some', () => {
    const table = /\| constraint.*?\n\n/s.exec(page)?.[0] ?? '';
    const shown = [...table.matchAll(/^\| `(.*?)`/gm)].map(([, specs = '']) => specs.split(', '));
    expect(shown).toHaveLength(7);
    for (const specs of shown) expect(branchSpecsFault(specs)).toBeNull();
  });

  test('quotes problems as they are told', () => {
    const text = `${'\n'.repeat(5)}[PowerNightly]\nsuite: s\nrun_on: nightly\nbranch_specs: R18\n\n[KernelWeekly]\nsuite: s\nrun_on: weekly\nbords: x\n`;
    for (const { section, line, reason } of parseSchedulerConfig(text).problems) {
      expect(page).toContain(`line ${line}, [${section}]: ${reason}`);
    }
  });
});

test('the sample file has nothing wrong in it, and runs suites that there are', async () => {
  const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
  const config = await readSchedulerConfig(join(examples, 'suite_scheduler.ini'));
  const controlFiles = fileSystemControlFiles({ root: join(examples, 'build') });
  expect(String(await checkConfig(config, { controlFiles }))).toContain('9 ok, 0 warnings, 0 failed');
  expect(new Set(config.tasks.map(({ runOn }) => runOn))).toEqual(
    new Set(['nightly', 'weekly', 'new_build', 'new_chrome']),
  );
});
