import { describe, expect, test } from 'vitest';
import { parseControlFile } from '../../src/control-files/control-data.js';
import { ControlFileError } from '../../src/control-files/control-file-error.js';
import { scanControlFile } from '../../src/control-files/scanner.js';
import { commaItems } from '../../src/control-files/text.js';
import { asRecorded, attributesOf, recordedCases, sourceOf, type RecordedCase } from './recorded-cases.js';

// Where ours differs from the recording on purpose. A case that stops to differ fails, so that the list stays true.
const deviations: Readonly<Record<string, string>> = {
  'value/str/esc-N-bad': 'names of characters with several words are not looked up',
  'value/obj/list-empty': 'D1',
  'value/obj/list-str-items': 'D1',
  'var/dependencies/17': 'D1',
  'var/dependencies/18': 'D1',
  'var/attributes/07': 'D1',
  'gen/3184': 'D1',
  'gen/3400': 'D1',
  'gen/3689': 'D1',
  'gen/4315': 'D1',
  'gen/5005': 'D1',
  'gen/5333': 'D1',
  'gen/5496': 'D1',
  'var/dependencies/03': 'D2',
  'var/dependencies/04': 'D2',
  'var/dependencies/05': 'D2',
  'var/attributes/02': 'D2',
  'gen/5151': 'D2',
  'gen/5669': 'D2',
  'gen/5946': 'D2',
  'assign/set-prefix-attr': 'D3: a variable with an odd name is ignored',
  'gen/3518': 'D6: a dict as text has its keys in order',
  'gen/5721': 'D6',
  'gen/5876': 'D6',
  'obsolete/experimental-true': 'D9',
  'obsolete/experimental-lower': 'D9',
};

const cases = recordedCases();

describe('what the original read of a file is what we read', () => {
  const readable = cases.filter(({ read }) => read !== undefined);
  test.each(readable.map((each) => [each.id, each] as const))('%s', (id, each) => {
    const scanned = scanControlFile(sourceOf(each), { path: id });
    const read = Object.fromEntries(scanned.assignments.map(({ name, value }) => [name, asRecorded(value)]));
    expect(read).toEqual(each.read);
  });
});

describe('a parse comes to what the original came to', () => {
  test.each(cases.map((each) => [each.id, each] as const))('%s', (id, each) => {
    const differences = [
      ...differencesTo(each, each.strict, true),
      ...differencesTo(each, each.lenient ?? each.strict, false),
    ];
    if (id in deviations) expect(differences).not.toEqual([]);
    else expect(differences).toEqual([]);
  });
});

// Not Python to the original, which compiles the file, and accepted by us.
const acceptedAnyway: readonly string[] = ['value/str/esc-N-bad'];

test('at least 95 of 100 texts that are not Python are rejected, and the others are known', () => {
  const rejected = cases.filter(({ strict }) => !strict.ok && isAboutText(strict.error));
  const accepted = rejected.filter((each) => !isRejected(each)).map(({ id }) => id);
  expect(rejected.length).toBeGreaterThan(80);
  expect(accepted).toEqual(acceptedAnyway);
  expect(accepted.length / rejected.length).toBeLessThan(0.05);
});

function isAboutText(error: { readonly class: string; readonly message: string }): boolean {
  const messages = /^(Error parsing data|invalid \\x escape|'ascii' codec|suite\(\) argument)/;
  return messages.test(error.message);
}

function isRejected(each: RecordedCase): boolean {
  try {
    scanControlFile(sourceOf(each), { path: each.id });
    return false;
  } catch (error) {
    return error instanceof ControlFileError;
  }
}

/** Ours and the recorded value, where they are not the same. */
function differencesTo(each: RecordedCase, recorded: RecordedCase['strict'], strict: boolean): unknown[] {
  let ours: Readonly<Record<string, unknown>>;
  try {
    ours = attributesOf(parseControlFile(sourceOf(each), { path: each.id, strict }));
  } catch (error) {
    expect(error).toBeInstanceOf(ControlFileError);
    return recorded.ok ? [error] : [];
  }
  if (!recorded.ok) return [recorded.error];
  const differences: unknown[] = [];
  for (const [name, value] of Object.entries(recorded.attributes)) {
    const expected = comparable(name, value);
    if (JSON.stringify(ours[name]) !== JSON.stringify(expected)) differences.push({ name, expected, ours: ours[name] });
  }
  return differences;
}

function comparable(name: string, value: unknown): unknown {
  if (name === 'test_type' && typeof value === 'string') return value.toLowerCase();
  if (name === 'suite') return typeof value === 'string' ? [...new Set(commaItems(value))] : [inSet(value)];
  if (name === 'bug_template') return sortedKeys(value);
  return Array.isArray(value) ? value.map(String).sort() : value;
}

function inSet(value: unknown): string {
  return JSON.stringify(value).replace(':', ': ');
}

function sortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sortedKeys(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
