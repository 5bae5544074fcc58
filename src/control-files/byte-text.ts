/**
 * Python 2 strings are bytes. While a file is read they are held as binary strings, one character (0 to 255) a byte;
 * what leaves is text. Bytes that are not UTF-8 become lone surrogates U+DC80 to U+DCFF, as Python 3's
 * `surrogateescape` does, so that no byte is lost and no two values fall together.
 */

/** What a file holds, as a binary string. */
export function binaryFromSource(source: string | Uint8Array): string {
  if (typeof source === 'string') return binaryFromText(source);
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1');
}

/** The text of a binary string. */
export function textFromBinary(binary: string): string {
  if (isAscii(binary)) return binary;
  const text = Buffer.from(binary, 'latin1').toString('utf8');
  if (!text.includes('\ufffd')) return text;
  return binary.replace(utf8SequenceOrByte, (sequence) =>
    sequence.length === 1
      ? String.fromCharCode(0xdc00 + sequence.charCodeAt(0))
      : Buffer.from(sequence, 'latin1').toString('utf8'),
  );
}

/** The bytes of a text, as a binary string: the inverse of {@link textFromBinary}. */
export function binaryFromText(text: string): string {
  if (isAscii(text)) return text;
  return text
    .split(/([\udc80-\udcff])/u)
    .map((part, index) =>
      index % 2 === 1 ? String.fromCharCode(part.charCodeAt(0) - 0xdc00) : Buffer.from(part, 'utf8').toString('latin1'),
    )
    .join('');
}

export function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

export function isUtf8(binary: string): boolean {
  return isAscii(binary) || binary.replace(utf8Sequence, '').search(beyondAscii) === -1;
}

const beyondAscii = /[^\0-\x7f]/;

const wellFormed = [
  '[\\xc2-\\xdf][\\x80-\\xbf]',
  '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
  '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}',
  '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
  '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
  '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
  '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
].join('|');
const utf8Sequence = new RegExp(wellFormed, 'g');
const utf8SequenceOrByte = new RegExp(`${wellFormed}|[\\x80-\\xff]`, 'g');
