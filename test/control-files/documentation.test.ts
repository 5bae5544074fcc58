import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { parseControlFile } from '../../src/control-files/control-data.js';
import { ControlFileError } from '../../src/control-files/control-file-error.js';
import { renderDiagnostic } from '../../src/control-files/diagnostics.js';
import * as library from '../../src/index.js';

const text = readFileSync(new URL('../../docs/control-files.md', import.meta.url), 'utf8');
const path = 'client/site_tests/power_Idle/control';

/** The first code block of a language behind a place in the documentation. */
function blockIn(section: string, language: string): string | undefined {
  return new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``).exec(section)?.[1];
}

function remarksOn(source: string) {
  try {
    return parseControlFile(source, { path, strict: false }).diagnostics;
  } catch (error) {
    if (error instanceof ControlFileError) return error.diagnostics;
    throw error;
  }
}

test('the snippet prints what the documentation says that it prints', async () => {
  const section = text.slice(text.indexOf('## Why is my test not picked up?'));
  const [, names = '', body = ''] =
    /^import \{(.*)\} from 'dynamic-suite';\n([^]*)$/.exec(blockIn(section, 'js') ?? '') ?? [];
  // The constructor of async functions has no name and no type of its own.
  const AsyncFunction = async function () {}.constructor as new (
    ...parts: string[]
  ) => (given: unknown, out: unknown) => Promise<void>;
  const log = vi.fn<(line: string) => void>();
  await new AsyncFunction('library', 'console', `const {${names}} = library;\n${body}`)(library, { log });
  expect(log.mock.calls.flat().join('\n').trimEnd()).toBe(blockIn(section, 'text'));
});

describe('every diagnostic is explained with an example that is true', () => {
  const sections = text
    .slice(text.indexOf('## Remarks and errors'), text.indexOf('## How a suite'))
    .split('\n### ')
    .slice(1);
  const codeOf = (section: string) => /^`(.*)`/.exec(section)?.[1] ?? '';

  test('no code is left out', () => {
    const source = readFileSync(new URL('../../src/control-files/diagnostics.ts', import.meta.url), 'utf8');
    const codes = [...source.slice(0, source.indexOf('/** A remark on')).matchAll(/\| '([a-z-]+)'/g)].map(
      ([, code]) => code,
    );
    expect(codes.length).toBeGreaterThan(5);
    expect(sections.map(codeOf).sort()).toEqual(codes.sort());
  });

  const examples = sections.filter((section) => section.includes('```python'));
  test.each(examples.map((section) => [codeOf(section), section] as const))('%s', (code, section) => {
    const source = `${blockIn(section, 'python') ?? ''}\n`;
    const shown = remarksOn(source)
      .filter((each) => each.code === code)
      .map((each) => renderDiagnostic(each, source));
    expect(shown).toContain(blockIn(section, 'text'));
  });
});

test('the example of a control file is one that gives its author no remarks', () => {
  const source = blockIn(text.slice(text.indexOf('## What is read')), 'python') ?? '';
  expect(parseControlFile(source, { path })).toMatchObject({ name: 'power_Idle', diagnostics: [] });
});
