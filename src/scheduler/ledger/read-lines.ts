import type { FileHandle } from 'node:fs/promises';

/** What is found in a file of lines, in its order. */
export type FoundLine =
  | { readonly kind: 'line'; readonly bytes: Buffer }
  | { readonly kind: 'too-long' }
  /** The end of the file without a line break. */
  | { readonly kind: 'torn' };

const chunkBytes = 256 * 1024;

/** Reads a file line by line, and keeps no more of it in memory than a piece and a line of up to `maxBytes`. */
export async function* readLines(file: FileHandle, maxBytes: number): AsyncGenerator<FoundLine> {
  const chunk = Buffer.alloc(chunkBytes);
  let pieces: Buffer[] = [];
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, null);
    if (bytesRead === 0) break;
    let start = 0;
    while (start < bytesRead) {
      const lineBreak = chunk.indexOf(0x0a, start);
      const end = lineBreak === -1 || lineBreak >= bytesRead ? bytesRead : lineBreak;
      length += end - start;
      if (length <= maxBytes) pieces.push(Buffer.from(chunk.subarray(start, end)));
      else pieces = [];
      start = end + 1;
      if (end === bytesRead) break;
      yield length <= maxBytes ? { kind: 'line', bytes: Buffer.concat(pieces) } : { kind: 'too-long' };
      pieces = [];
      length = 0;
    }
  }
  if (length > 0) yield { kind: 'torn' };
}
