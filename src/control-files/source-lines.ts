import { textFromBinary } from './byte-text.js';

/** A place in a file; both count from 1. Columns count characters. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** Places in a normalised source. */
export class SourceLines {
  readonly #binary: string;
  #starts: readonly number[] | undefined;

  /** @param binary - a binary string whose lines end in LF */
  constructor(binary: string) {
    this.#binary = binary;
  }

  position(offset: number): SourcePosition {
    // Most files are never asked for a place, so the lines are found when the first is.
    this.#starts ??= lineStarts(this.#binary);
    const line = lineOf(this.#starts, offset);
    const start = this.#starts[line] ?? 0;
    return { line: line + 1, column: textFromBinary(this.#binary.slice(start, offset)).length + 1 };
  }
}

function lineStarts(binary: string): readonly number[] {
  const starts = [0];
  for (let at = binary.indexOf('\n'); at !== -1; at = binary.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that starts at or before the offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
