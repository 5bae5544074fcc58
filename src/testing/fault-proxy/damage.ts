import { stableHash } from '../lab/stable-hash.js';

/** Bytes with the highest bit of the first, and of about every eighth, turned over; the same bytes each time. */
export function corrupted(bytes: Buffer): Buffer {
  const damaged = Buffer.from(bytes);
  for (let index = 0; index < damaged.length; index += 1) {
    const isHit = index === 0 || stableHash(`${index}/byte`) % 8 === 0;
    if (isHit) damaged[index] = (damaged[index] ?? 0) ^ 0x80;
  }
  return damaged;
}
