import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendKeyvals, renderKeyvals } from '../../src/results/keyval-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyval-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('keyvals are appended, one line each, so that the last one of a key counts', async () => {
  const path = join(folder, 'keyval');
  await appendKeyvals(path, { a: '1', b: 'two words' });
  await appendKeyvals(path, { a: '3' });
  expect(await readFile(path, 'utf8')).toBe('a=1\nb=two words\na=3\n');
});

test('a line that a killed process left torn does not swallow the next one (S7)', async () => {
  const path = join(folder, 'keyval');
  await appendFile(path, 'a=1\nb=to');
  await appendKeyvals(path, { c: '2' });
  expect(await readFile(path, 'utf8')).toBe('a=1\nb=to\nc=2\n');
});

test('no keyvals leave no file', async () => {
  await appendKeyvals(join(folder, 'keyval'), {});
  await expect(readFile(join(folder, 'keyval'))).rejects.toThrow('ENOENT');
});

test('whatever keys and values hold, there is one line a keyval that readers accept whole (S7)', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });
  fc.assert(
    fc.property(text, text, (key, value) => {
      const rendered = renderKeyvals({ [key]: value });
      expect(rendered).toMatch(/^[-.\w]+=[^\n\r#\p{Cc}]*\n$/u);
      if (/^[-.\w]+$/u.test(key) && !/[#\p{Cc}\u2028\u2029]/u.test(value)) expect(rendered).toBe(`${key}=${value}\n`);
    }),
  );
});
