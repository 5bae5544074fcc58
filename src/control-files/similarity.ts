/**
 * The names that look most like the wanted one, best first: help for somebody who mistyped the name of a suite, a test
 * or a control file. Names that look equally alike are in order; names that share nothing are left out.
 *
 * @param limit - how many at most
 */
export function mostSimilar(wanted: string, names: Iterable<string>, limit = 10): readonly string[] {
  return [...new Set(names)]
    .map((name) => ({ name, ratio: similarity(wanted, name) }))
    .filter(({ ratio }) => ratio > 0)
    .sort((a, b) => b.ratio - a.ratio || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/**
 * How alike two texts are, 0 to 1, after Ratcliff and Obershelp: as `difflib.SequenceMatcher(None, a, b).ratio()` of
 * Python. The time it takes can grow with the third power of the lengths, so only the first 199 characters count; at
 * 200 `difflib` takes a shortcut, too, though another.
 */
export function similarity(a: string, b: string): number {
  const [x, y] = [a.slice(0, maxLength), b.slice(0, maxLength)];
  const length = x.length + y.length;
  return length === 0 ? 1 : (2 * matchingLength(x, y)) / length;
}

const maxLength = 199;

/** The length of the longest common part, and of those to its left and to its right, and so on. */
function matchingLength(a: string, b: string): number {
  let total = 0;
  const pending: (readonly [string, string])[] = [[a, b]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [left, right] = pair;
    const { length, atLeft, atRight } = longestCommon(left, right);
    if (length === 0) continue;
    total += length;
    pending.push([left.slice(0, atLeft), right.slice(0, atRight)]);
    pending.push([left.slice(atLeft + length), right.slice(atRight + length)]);
  }
  return total;
}

/** The longest common part; of several, the one that is first in `a`, then in `b`. */
function longestCommon(a: string, b: string): { length: number; atLeft: number; atRight: number } {
  let best = { length: 0, atLeft: 0, atRight: 0 };
  let previous: readonly number[] = [];
  for (let i = 0; i < a.length; i++) {
    const current: number[] = [];
    for (let j = 0; j < b.length; j++) {
      const length = a[i] === b[j] ? (previous[j - 1] ?? 0) + 1 : 0;
      current.push(length);
      if (length > best.length) best = { length, atLeft: i - length + 1, atRight: j - length + 1 };
    }
    previous = current;
  }
  return best;
}
