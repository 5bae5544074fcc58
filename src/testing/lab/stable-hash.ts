/** FNV-1a, 32 bits: the same text gives the same number on every run and machine. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * A number from 0 up to 1 that depends on the key alone: whoever draws first, or how often others draw, changes nothing.
 *
 * The hash alone would give neighbours to keys that differ in their last character, e.g. to the attempts of a test.
 */
export function drawnNumber(key: readonly (string | number | null)[]): number {
  let hash = stableHash(JSON.stringify(key));
  // The last step of MurmurHash3: each bit of the hash comes to decide about all others.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
