import { oneLine } from '../lab/one-line.js';
import type { DumpedStack } from './minidump.js';

/** A stack trace as `minidump_stackwalk` prints it. */
export function stackText({ process, functions }: DumpedStack): string {
  const frames = functions.map((name, index) => {
    const place = `${oneLine(process)}.cc : ${42 + index} + 0x5`;
    return `${String(index).padStart(2)}  ${oneLine(process)}!${oneLine(name)} [${place}]`;
  });
  return [...head, ...frames, ''].join('\n');
}

const head = [
  'Operating system: Linux',
  '                  0.0.0 Linux 3.4.0 #1 SMP x86_64',
  'CPU: amd64',
  '     family 6 model 42 stepping 7',
  '',
  'Crash reason:  SIGSEGV',
  'Crash address: 0x0',
  '',
  'Thread 0 (crashed)',
];
