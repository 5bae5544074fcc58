import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crashSignature } from '../../src/crashes/crash-signature.js';
import recordings from '../fixtures/recordings/crash-server.json' with { type: 'json' };

const chrome = `Operating system: Linux
                  0.0.0 Linux 3.4.0 #1 SMP x86_64
CPU: amd64

Crash reason:  SIGSEGV
Crash address: 0x0

Thread 7 (crashed)
 0  chrome!browser::Tab::Close() [tab.cc : 42 + 0x5]
    rax = 0x0000000000000000   rdx = 0x0000000000000000
    rip = 0x00005586cb314ff7
    Found by: given as instruction pointer in context
 1  0x7f3735d590b3
    rsp = 0x00007fffc54a2b60
    Found by: stack scanning
 2  libc.so.6 + 0x240b3
    Found by: call frame info
 3  chrome!std::vector<int, std::allocator<int> >::operator[](unsigned long) + 0xf
    Found by: call frame info
 4  chrome!main [main.cc : 1 + 0x1]

Thread 0
 0  chrome!MessageLoop::Run() [message_loop.cc : 10 + 0x1]
`;

test('a crash is known by the top functions of the thread that crashed', () => {
  expect(crashSignature(chrome)).toBe(
    'browser::Tab::Close() | libc.so.6 | std::vector<int, std::allocator<int> >::operator[](unsigned long)',
  );
});

test('the same crash in another build has the same signature', () => {
  const other = chrome.replaceAll('0x240b3', '0x99999').replace('tab.cc : 42 + 0x5', 'tab.cc : 57 + 0x9');
  expect(crashSignature(other)).toBe(crashSignature(chrome));
});

test('the recorded stack has one', () => {
  const stack = recordings.find(({ name }) => name === 'ok')?.body ?? '';
  expect(crashSignature(stack)).toBe('main');
});

test('other line breaks make no difference', () => {
  expect(crashSignature(chrome.replaceAll('\n', '\r\n'))).toBe(crashSignature(chrome));
});

test.each([
  ['names without functions', ' 0  Electron Framework + 0x1d5d304\n 1  0x10\n', 'Electron Framework'],
  ['an operator with a bang', ' 0  a.so!operator!=(X, Y) [x.h : 1 + 0x2]\n', 'operator!=(X, Y)'],
  ['an anonymous namespace', ' 0  a!(anonymous namespace)::F() [a b.cc : 1 + 0x2]\n', '(anonymous namespace)::F()'],
  ['frames of two digits', '10  a!f\n11  a!g\n', 'f | g'],
  ['control characters', ' 0  a!f\u001b[31m\u0000g\n', 'f [31m g'],
])('of %s', (_, frames, signature) => {
  expect(crashSignature(`Thread 0 (crashed)\n${frames}`)).toBe(signature);
});

test.each([
  ['nothing', ''],
  ['a page', '<html>Thread 0 (crashed)</html>'],
  ['no thread that crashed', 'Thread 0\n 0  a!f\n'],
  ['a crashed thread without frames', 'Thread 0 (crashed)'],
  ['a crashed thread that ends at once', 'Thread 0 (crashed)\n\n 0  a!f\n'],
  ['addresses only', 'Thread 0 (crashed)\n 0  0x1234\n 1  0xffff\n'],
])('there is none in %s', (_, stack) => {
  expect(crashSignature(stack)).toBeNull();
});

test('the signature of hostile text is short and made at once', () => {
  const hostile = [
    `Thread 0 (crashed)\n 0  ${'a!'.repeat(100_000)}\n`,
    `Thread 0 (crashed)\n${' 0  x [\n'.repeat(100_000)}`,
    'Thread 0 (crashed'.repeat(50_000),
    `Thread 0 (crashed)\n${'\t \t'.repeat(200_000)}`,
  ];
  for (const stack of hostile) expect((crashSignature(stack) ?? '').length).toBeLessThan(600);
});

test('no text makes it throw, or give more than one line', () => {
  const parts = fc.constantFrom(
    'Thread 0 (crashed)',
    '\n',
    ' 0  ',
    'a!b',
    ' [x : 1 + 0x1]',
    ' + 0x1',
    '\r',
    '!',
    '0x1',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (stack) => {
      expect(crashSignature(stack.join('')) ?? '').not.toMatch(/[\n\r]/);
    }),
  );
});
