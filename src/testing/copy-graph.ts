/**
 * A copy of some records with everything they lead to: what is one object in the original is one in the copy, circles
 * included. Lists, maps, sets and plain objects are copied; bytes, functions and objects of other classes are the same
 * in both, since nobody changes them. Takes no stack, however long the chains are.
 */
export function copyGraph<T>(root: T): T {
  const copies = new Map<object, object>();
  const unfilled: Pair[] = [];
  const copyOf = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const pair = pairFor(value);
    if (pair === undefined) return value;
    copies.set(value, pair.copy);
    unfilled.push(pair);
    return pair.copy;
  };
  const copy = copyOf(root);
  for (let pair = unfilled.pop(); pair !== undefined; pair = unfilled.pop()) pair.fill(copyOf);
  // The copy of something has its type.
  return copy as T;
}

interface Pair {
  readonly copy: object;
  /** Gives the copy what the original has, by way of `copyOf`. */
  fill(copyOf: (value: unknown) => unknown): void;
}

function pairFor(original: object): Pair | undefined {
  if (Array.isArray(original)) {
    const copy: unknown[] = [];
    return {
      copy,
      fill: (copyOf) => {
        for (const item of original) copy.push(copyOf(item));
      },
    };
  }
  if (original instanceof Map) {
    const copy = new Map<unknown, unknown>();
    return {
      copy,
      fill: (copyOf) => {
        for (const [key, value] of original) copy.set(copyOf(key), copyOf(value));
      },
    };
  }
  if (original instanceof Set) {
    const copy = new Set<unknown>();
    return {
      copy,
      fill: (copyOf) => {
        for (const item of original) copy.add(copyOf(item));
      },
    };
  }
  if (Object.getPrototypeOf(original) !== Object.prototype) return undefined;
  const copy: Record<string, unknown> = {};
  return {
    copy,
    fill: (copyOf) => {
      for (const [key, value] of Object.entries(original)) {
        // Defined, so that no name (`__proto__`) can reach the prototype.
        Object.defineProperty(copy, key, {
          value: copyOf(value),
          configurable: true,
          enumerable: true,
          writable: true,
        });
      }
    },
  };
}
