/** Takes apart what git prints with `-z`. */
export interface NulTokens {
  readonly take: (chunk: Uint8Array) => void;
}

/**
 * Hands on each piece of an output that ends with a zero byte. Of a piece that is longer than `maxLength` bytes nothing
 * is kept, and of one that is not UTF-8 neither: both come as undefined. What follows the last zero byte is no piece.
 */
export function nulTokens(maxLength: number, onToken: (token: string | undefined) => void): NulTokens {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let held: Uint8Array[] = [];
  let length = 0;
  const keep = (part: Uint8Array) => {
    length += part.length;
    if (length > maxLength) held = [];
    // A chunk belongs to its sender.
    else held.push(Uint8Array.from(part));
  };
  const end = (): string | undefined => {
    const isTooLong = length > maxLength;
    const bytes = Buffer.concat(held);
    held = [];
    length = 0;
    if (isTooLong) return undefined;
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  };
  return {
    take(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, from)) {
        keep(chunk.subarray(from, at));
        onToken(end());
        from = at + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
    },
  };
}
