import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multipartForm, safeFilename } from '../../../src/clients/crash-server/multipart.js';

/** A parser that accepts one file in a form and nothing less exact. */
function parseForm(contentType: string, body: Uint8Array) {
  const boundary = /^multipart\/form-data; boundary=([-\w]{1,70})$/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error(`no boundary in ${contentType}`);
  const text = Buffer.from(body).toString('latin1');
  const start = `--${boundary}\r\n`;
  const end = `\r\n--${boundary}--\r\n`;
  if (!text.startsWith(start) || !text.endsWith(end)) throw new Error('the form has no start or no end');
  const part = text.slice(start.length, text.length - end.length);
  if (part.includes(`--${boundary}`)) throw new Error('the boundary stands in the content');
  const headEnd = part.indexOf('\r\n\r\n');
  const lines = part.slice(0, headEnd).split('\r\n');
  const disposition = /^Content-Disposition: form-data; name="([^"]*)"; filename="([^"]*)"$/.exec(lines[0] ?? '');
  if (disposition === null || lines.length !== 2) throw new Error(`a bad head: ${lines.join('|')}`);
  const [, field, filename] = disposition;
  return { field, filename, type: lines[1], content: Buffer.from(part.slice(headEnd + 4), 'latin1') };
}

const seeded = (numbers: readonly number[]) => {
  let next = 0;
  return () => numbers[next++ % numbers.length] ?? 0;
};

test('whatever the file holds and is called, the form reads back as that file', () => {
  const names = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('a"b\r\nX: y.dmp', '../../x.dmp'));
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc.array(fc.constantFrom('\r\n', '--', 'dynamic-suite-', '000000000000000000000000', '-0', '-1')).map((parts) => {
      return new Uint8Array(Buffer.from(parts.join('')));
    }),
  );
  const random = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 5 }).map(seeded);
  fc.assert(
    fc.property(names, contents, random, (filename, content, numbers) => {
      const form = multipartForm({ field: 'minidump', filename, content }, numbers);
      const file = parseForm(form.contentType, form.body);
      expect(file).toMatchObject({ field: 'minidump', type: 'Content-Type: application/octet-stream' });
      expect(file.filename).toMatch(/^[-.\w]{1,100}$/);
      expect(file.content.equals(content)).toBe(true);
    }),
  );
});

test('the form is exactly this', () => {
  const content = new Uint8Array([0x4d, 0x44, 0x4d, 0x50, 0, 13, 10, 255]);
  const form = multipartForm({ field: 'minidump', filename: 'a/b.dmp', content }, () => 0);
  const boundary = 'dynamic-suite-000000000000000000000000-0';
  expect(form.contentType).toBe(`multipart/form-data; boundary=${boundary}`);
  expect(Buffer.from(form.body)).toEqual(
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="minidump"; filename="b.dmp"\r\n`),
      Buffer.from('Content-Type: application/octet-stream\r\n\r\n'),
      content,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  );
});

test('a content that holds the boundary gets another one', () => {
  const content = Buffer.from('--dynamic-suite-000000000000000000000000-0--');
  const form = multipartForm({ field: 'minidump', filename: 'a.dmp', content }, () => 0);
  expect(form.contentType).toContain('000-1');
});

test('only the given part of a larger buffer is sent', () => {
  const content = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  const form = multipartForm({ field: 'minidump', filename: 'a.dmp', content }, () => 0.5);
  expect([...parseForm(form.contentType, form.body).content]).toEqual([2, 3]);
});

test.each([
  ['crash/crasher.20160130.dmp', 'crasher.20160130.dmp'],
  ['C:\\dumps\\a b.dmp', 'a_b.dmp'],
  ['a";\r\nX-Evil: 1\0.dmp', 'a____X-Evil__1_.dmp'],
  ['é.dmp', '_.dmp'],
  ['', 'minidump.dmp'],
  ['crash/', 'minidump.dmp'],
  [`${'x'.repeat(5_000)}.dmp`, `${'x'.repeat(96)}.dmp`],
])('the name of the file %j is sent as %j', (path, name) => {
  expect(safeFilename(path)).toBe(name);
});
