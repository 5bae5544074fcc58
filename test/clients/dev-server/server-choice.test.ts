import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildHash, serversInTurn } from '../../../src/clients/dev-server/server-choice.js';
import recorded from '../../fixtures/dev-server/builds.json' with { type: 'json' };

const someServers = (count: number) => Array.from({ length: count }, (_, index) => index);

test.each<readonly [string, bigint]>([
  ['x86-mario-release/R19-1998.0.0', 7806254264295157942n],
  ['x86-mario-release/R19-1999.0.0', -636675604027496873n],
  ['link-release/R46-7390.59.0', -5526483483528476391n],
  ['', 0n],
  ...recorded.hashes.map(([text, hash]) => [String(text), BigInt(String(hash))] as const),
])('the hash of %j is that of Python', (text, hash) => {
  expect(buildHash(text)).toBe(hash);
});

test.each([
  ['x86-mario-release/R19-1998.0.0', 3, 1],
  ['x86-mario-release/R19-1998.0.0', 10, 2],
  ['x86-mario-release/R19-1999.0.0', 3, 1],
  ['x86-mario-release/R19-1999.0.0', 4, 3],
  ['x86-mario-release/R19-1999.0.0', 10, 7],
  ['link-release/R46-7390.59.0', 3, 0],
  ['link-release/R46-7390.59.0', 10, 9],
])('%s goes to the server of the lab: of %i to number %i', (build, count, index) => {
  expect(serversInTurn(build, someServers(count)).next().value).toBe(index);
});

test('with ten servers that are all down the build tries them in the order of the lab', () => {
  expect([...serversInTurn('x86-mario-release/R19-1998.0.0', someServers(10))]).toEqual([2, 8, 7, 6, 5, 3, 4, 1, 0, 9]);
});

/** Python 2 computes in C, with a long that wraps; here a whole number that is cut in the end. */
function reference(text: string): bigint {
  const bytes = [...Buffer.from(text, 'utf8')].map(BigInt);
  let hash = (bytes[0] ?? 0n) * 128n;
  for (const byte of bytes) hash = ((1_000_003n * hash) % 2n ** 64n) ^ byte;
  hash = (hash ^ BigInt(bytes.length)) % 2n ** 64n;
  const signed = hash >= 2n ** 63n ? hash - 2n ** 64n : hash;
  return signed === -1n ? -2n : signed;
}

test('the hash of any text is that of the rule', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      expect(buildHash(text)).toBe(reference(text));
    }),
  );
});

test('every server has its turn once, and leaving out those before it does not change who is next', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 12 }), (build, count) => {
      const order = [...serversInTurn(build, someServers(count))];
      expect([...order].sort((a, b) => a - b)).toEqual(someServers(count));
      const left = someServers(count).filter((server) => server !== order[0]);
      expect([...serversInTurn(build, left)]).toEqual(order.slice(1));
    }),
  );
});
