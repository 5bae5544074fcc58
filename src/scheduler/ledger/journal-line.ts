/**
 * A value as a line of a journal, with the line break: the CRC-32 of its JSON in eight hexadecimal digits, a space, and
 * the JSON, which has no line breaks of its own.
 */
export function journalLine(value: unknown): string {
  const json = JSON.stringify(value);
  return `${checksum(json)} ${json}\n`;
}

/** The value of a line, without its line break; undefined where it is not as it was written. */
export function readJournalLine(line: Buffer): unknown {
  const json = line.subarray(checksumLength + 1);
  if (line.toString('latin1', 0, checksumLength + 1) !== `${checksum(json)} `) return undefined;
  try {
    return JSON.parse(json.toString());
  } catch {
    return undefined;
  }
}

const checksumLength = 8;

function checksum(json: string | Buffer): string {
  return process.getBuiltinModule('node:zlib').crc32(json).toString(16).padStart(checksumLength, '0');
}
