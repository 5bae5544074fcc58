/** What a dump of the lab says: whose it is, and the functions of its stack from the top. */
export interface DumpedStack {
  readonly process: string;
  readonly functions: readonly string[];
}

/**
 * A crash dump with a stack in it. It is a minidump by its header and directory; the stack is in a stream of the lab's
 * own, so that a crash server of another lab, in another process, can read it back.
 */
export function writeMinidump(stack: DumpedStack, timeMs: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(stack));
  const bytes = new Uint8Array(textStart + text.length);
  const view = new DataView(bytes.buffer);
  const header = [signature, version, 1, headerLength, 0, Math.floor(timeMs / 1000), 0, 0];
  const directory = [labStream, text.length, textStart];
  [...header, ...directory].forEach((value, index) => view.setUint32(4 * index, value, true));
  bytes.set(text, textStart);
  return bytes;
}

/** A dump that no server can read: it lacks the signature. */
export function writeBrokenDump(stack: DumpedStack, timeMs: number): Uint8Array {
  return writeMinidump(stack, timeMs).fill(0, 0, 4);
}

export function isMinidump(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === signature;
}

/** The stack in a dump; undefined for a minidump that no lab wrote. */
export function readMinidump(bytes: Uint8Array): DumpedStack | undefined {
  if (!isMinidump(bytes) || bytes.length < textStart) return undefined;
  const view = viewOf(bytes);
  const [stream, length, start] = [0, 4, 8].map((offset) => view.getUint32(headerLength + offset, true));
  if (stream !== labStream || start !== textStart || length === undefined || length > maxTextLength) return undefined;
  return parseStack(new TextDecoder().decode(bytes.subarray(start, start + length)));
}

/** `MDMP` */
const signature = 0x504d444d;
const version = 0xa793;
const headerLength = 32;
const directoryLength = 12;
const textStart = headerLength + directoryLength;
/** Numbers above 0xffff are free for streams of one's own. */
const labStream = 0x4c414231;
const maxTextLength = 1024 * 1024;
const maxFunctions = 1_000;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function parseStack(text: string): DumpedStack | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('process' in value) || !('functions' in value)) return undefined;
  const { process, functions } = value;
  if (typeof process !== 'string' || !Array.isArray(functions) || functions.length > maxFunctions) return undefined;
  return { process, functions: functions.filter((name) => typeof name === 'string') };
}
