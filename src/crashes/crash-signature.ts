import { excerpt } from '../transport/excerpt.js';

/**
 * What a crash is known by: the functions at the top of the thread that crashed, e.g.
 * `browser::Tab::Close() | browser::Window::Close() | main`.
 *
 * Lines, offsets and addresses are left out, since they differ from build to build; a frame without symbols counts by
 * its module, one without either not at all.
 *
 * @param stack - the text that `minidump_stackwalk` prints
 * @returns null when the text names no function or module of a crashed thread
 */
export function crashSignature(stack: string): string | null {
  const start = crashedThread.exec(stack);
  if (start === null) return null;
  const frames: string[] = [];
  for (const line of linesFrom(stack, start.index + start[0].length)) {
    if (isEndOfThread(line)) break;
    const name = nameOfFrame(line);
    if (name !== undefined) frames.push(name);
    if (frames.length === maxFrames) break;
  }
  return frames.length === 0 ? null : frames.join(' | ');
}

const maxFrames = 3;
const maxLines = 2_000;
const maxLineLength = 2_000;
const maxNameLength = 150;
const crashedThread = /^Thread \d{1,9} \(crashed\).*$/m;

function* linesFrom(text: string, offset: number): Generator<string> {
  let at = text.indexOf('\n', offset);
  for (let count = 0; at >= 0 && count < maxLines; count += 1) {
    const next = text.indexOf('\n', at + 1);
    yield text
      .slice(at + 1, next < 0 ? text.length : next)
      .slice(0, maxLineLength)
      .trimEnd();
    at = next;
  }
}

function isEndOfThread(line: string): boolean {
  return line === '' || line.startsWith('Thread ');
}

/** Of ` 1  chrome!Tab::Close() [tab.cc : 42 + 0x5]` it is `Tab::Close()`, of ` 2  libc.so.6 + 0x240b3` `libc.so.6`. */
function nameOfFrame(line: string): string | undefined {
  const frame = /^ ?\d{1,6} {2}(\S.*)$/.exec(line)?.[1];
  if (frame === undefined) return undefined;
  const bang = frame.indexOf('!');
  const name = withoutPlace(bang < 0 ? frame : frame.slice(bang + 1));
  if (bang < 0 && name.startsWith('0x')) return undefined;
  return excerpt(name, maxNameLength) || undefined;
}

function withoutPlace(text: string): string {
  const source = text.endsWith(']') ? text.lastIndexOf(' [') : -1;
  if (source >= 0) return text.slice(0, source);
  const offset = text.lastIndexOf(' + 0x');
  return offset >= 0 ? text.slice(0, offset) : text;
}
