const perFile = 20;
const inserted = Buffer.from(`'"\\()[]{}:,=.;#@\`\n \t0aéu`, 'latin1');

/**
 * Files with one small accident each: a byte or a line is gone, or a byte too many is there. The same on each run. No
 * parser was made with them in sight.
 */
export function damagedFiles(files: readonly Uint8Array[]): readonly Uint8Array[] {
  const random = randomNumbers();
  const below = (bound: number) => Math.floor(random() * bound);
  return files.flatMap((file) =>
    Array.from({ length: perFile }, () => {
      const bytes = [...file];
      const at = below(bytes.length);
      const accident = below(3);
      if (accident === 0) return Buffer.from(bytes.toSpliced(at, 1));
      if (accident === 1) return Buffer.from(bytes.toSpliced(at, 0, inserted[below(inserted.length)] ?? 0));
      const start = bytes.lastIndexOf(newline, at - 1) + 1;
      const end = bytes.indexOf(newline, at);
      return Buffer.from(bytes.toSpliced(start, (end === -1 ? bytes.length : end + 1) - start));
    }),
  );
}

const newline = 10;

/** Numbers from 0 up to 1 (mulberry32). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
