import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multipartForm } from '../../src/clients/crash-server/multipart.js';
import { DevServerFault } from '../../src/testing/services/cherrypy-page.js';
import { readMultipart } from '../../src/testing/services/multipart.js';

test("any bytes that the package's own client packs come out as they were", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(), (content, salt) => {
      const { contentType, body } = multipartForm({ field: 'minidump', filename: 'a.dmp', content }, () =>
        Math.abs(Math.sin(salt)),
      );
      const { texts, files } = readMultipart(contentType, body);
      expect([...texts]).toEqual([]);
      expect(Uint8Array.from(files.get('minidump') ?? [])).toEqual(content);
    }),
  );
});

test('a form of the platform is read: texts, and a file with line breaks and dashes in it', async () => {
  const form = new FormData();
  form.append('archive_url', 'gs://größe');
  form.append('minidump', new Blob(['--\r\n\n--x\r\n']), 'a.dmp');
  form.append('archive_url', 'the second of one name');
  const packed = new Response(form);
  const { texts, files } = readMultipart(
    packed.headers.get('content-type') ?? '',
    new Uint8Array(await packed.arrayBuffer()),
  );
  expect([...texts]).toEqual([['archive_url', 'gs://größe']]);
  expect(String(files.get('minidump'))).toBe('--\r\n\n--x\r\n');
});

describe('a form that is none is refused', () => {
  const part = (headers: string, rest = '') => `--b\r\n${headers}\r\n\r\n${rest}`;
  const disposition = 'Content-Disposition: form-data; name="x"';

  test.each([
    ['no boundary', 'multipart/form-data', '', "Invalid boundary in multipart form: ''"],
    ['a boundary with control characters', 'multipart/form-data; boundary=a\u0001', '', 'Invalid boundary'],
    ['a boundary that is too long', `multipart/form-data; boundary=${'b'.repeat(202)}`, '', 'Invalid boundary'],
    ['an end within the headers', 'multipart/form-data; boundary=b', '--b\r\nContent-', 'Illegal end of headers.'],
    ['lines that end like those of Unix', 'multipart/form-data; boundary=b', '--b\nA: b\n\n', 'MIME requires CRLF'],
    ['a header that is none', 'multipart/form-data; boundary=b', part('nonsense'), 'Illegal header line.'],
    ['an end within a part', 'multipart/form-data; boundary=b', part(disposition, 'xyz'), 'Illegal end of multipart'],
    ['endless headers', 'multipart/form-data; boundary=b', part(`A: ${'x'.repeat(20_000)}`), 'too long'],
    ['endless parts', 'multipart/form-data; boundary=b', part(disposition, '\r\n').repeat(200), 'too many parts'],
  ])('%s', (_, contentType, body, problem) => {
    expect(() => readMultipart(contentType, Buffer.from(body, 'latin1'))).toThrow(problem);
  });
});

test('what is not a marker belongs to the part', () => {
  const content = ['--bc', `--b${' '.repeat(200)}`, ' --b', '--b-'].join('\r\n');
  const body = `preamble\r\n--b\r\nContent-Disposition: form-data; name=x\r\n\r\n${content}\r\n--b  \r\n\r\nno name\r\n--b--`;
  const { texts } = readMultipart('multipart/form-data; boundary="b"', Buffer.from(body));
  expect([...texts]).toEqual([['x', content]]);
});

test('a body without any marker is an empty form', () => {
  const { texts, files } = readMultipart('multipart/form-data; boundary=b', Buffer.from('nothing\r\n'));
  expect([texts.size, files.size]).toEqual([0, 0]);
});

test('whatever comes, it is read or refused', () => {
  const piece = fc.constantFrom(
    '--b',
    '--',
    '\r\n',
    '\n',
    'Content-Disposition: form-data; name=x',
    ';',
    ':',
    'x',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      try {
        readMultipart('multipart/form-data; boundary=b', Buffer.from(pieces.join('')));
      } catch (error) {
        expect(error).toBeInstanceOf(DevServerFault);
      }
    }),
  );
});

test('markers without end take no time without end', () => {
  const body = Buffer.from(`--b\r\nContent-Disposition: form-data; name=x\r\n\r\n${'\r\n--bb'.repeat(500_000)}`);
  const start = performance.now();
  expect(() => readMultipart('multipart/form-data; boundary=b', body)).toThrow('Illegal end of multipart');
  expect(performance.now() - start).toBeLessThan(5_000);
});
