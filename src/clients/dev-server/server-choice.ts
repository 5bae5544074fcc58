/**
 * The hash by which builds are spread over servers: that of Python 2 on 64 bit, over the bytes of the text in UTF-8. The
 * lab's own programs use it, so that they and we send one build to one server.
 */
export function buildHash(text: string): bigint {
  const bytes = new TextEncoder().encode(text);
  const [first] = bytes;
  if (first === undefined) return 0n;
  let hash = BigInt(first) << 7n;
  for (const byte of bytes) hash = BigInt.asUintN(64, hash * 1_000_003n) ^ BigInt(byte);
  const signed = BigInt.asIntN(64, hash ^ BigInt(bytes.length));
  return signed === -1n ? -2n : signed;
}

/**
 * The servers in the order in which a build tries them: one is picked by the build's hash; when it is not healthy it
 * drops out, and the pick repeats over those that are left.
 */
export function* serversInTurn<Server>(build: string, servers: readonly Server[]): Generator<Server, undefined> {
  const hash = buildHash(build);
  const left = [...servers];
  while (left.length > 0) {
    const count = BigInt(left.length);
    // The remainder has the sign of the hash; the index must not.
    const index = Number(((hash % count) + count) % count);
    yield* left.splice(index, 1);
  }
}
