import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crashSignature } from '../../src/crashes/crash-signature.js';
import { isMinidump, readMinidump, writeBrokenDump, writeMinidump } from '../../src/testing/crashes/minidump.js';
import { stackText } from '../../src/testing/crashes/stack-text.js';

const stack = { process: 'chrome', functions: ['browser::Tab::Close', 'main'] };

test('a dump tells the stack that was put into it, whatever its names', () => {
  const stacks = fc.record({
    process: fc.string({ unit: 'grapheme' }),
    functions: fc.array(fc.string({ unit: 'grapheme' })),
  });
  fc.assert(
    fc.property(stacks, (any) => {
      const dump = writeMinidump(any, 0);
      expect(isMinidump(dump)).toBe(true);
      expect(readMinidump(dump)).toEqual(any);
    }),
  );
});

test('a dump is the same each time, and begins as minidumps do', () => {
  const dump = writeMinidump(stack, 1_000_000);
  expect(dump).toEqual(writeMinidump(stack, 1_000_000));
  expect(Buffer.from(dump.subarray(0, 8)).toString('latin1')).toBe('MDMP\x93\xa7\0\0');
  expect(Buffer.from(dump).readUInt32LE(20)).toBe(1_000);
});

test('a broken dump cannot be read', () => {
  const dump = writeBrokenDump(stack, 0);
  expect([isMinidump(dump), readMinidump(dump)]).toEqual([false, undefined]);
});

test('a dump of another origin has no stack of ours, whatever its bytes', () => {
  const texts = ['{', 'null', '{"process":1,"functions":[]}', '{"process":"x","functions":"y"}', '{"process":"x"}'];
  for (const text of texts) {
    const bytes = Buffer.concat([writeMinidump(stack, 0).subarray(0, 44), Buffer.from(text)]);
    expect(readMinidump(bytes)).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (tail) => {
      const bytes = Buffer.concat([Buffer.from('MDMP'), tail]);
      expect(isMinidump(bytes)).toBe(true);
      expect(readMinidump(bytes)).toBeUndefined();
    }),
  );
});

test('a stack that is too long, or is longer than it says, is not read', () => {
  expect(readMinidump(writeMinidump({ process: 'x', functions: Array<string>(1_001).fill('f') }, 0))).toBeUndefined();
  expect(readMinidump(writeMinidump({ process: 'x', functions: ['f'.repeat(2 ** 20)] }, 0))).toBeUndefined();
  expect(readMinidump(writeMinidump(stack, 0).subarray(0, -1))).toBeUndefined();
});

test('the stack text is one that a signature can be made of, a frame to a line', () => {
  const text = stackText({ process: 'chrome\n', functions: ['Tab::operator!=', 'a\nb', 'Window::Close(int)', 'main'] });
  expect(crashSignature(text)).toBe('Tab::operator!= | a b | Window::Close(int)');
  expect(text.split('\n').filter((line) => /^ \d {2}/.test(line))).toHaveLength(4);
});
