/**
 * The different texts of a list in the order in which Python 2 iterates over `set(list)`. It shows where the service
 * turns such a set into text. The order follows from the hashes and from how the set's table is probed and grows.
 */
export function inSetOrder(texts: readonly string[]): readonly string[] {
  let table = newTable(8n);
  let used = 0n;
  for (const text of new Set(texts)) {
    insert(table, text);
    used++;
    // Two thirds full; the larger table is filled in the order of the smaller one.
    if (used * 3n < BigInt(table.length) * 2n) continue;
    let size = 8n;
    while (size <= used * 4n) size *= 2n;
    const larger = newTable(size);
    for (const known of table) if (known !== undefined) insert(larger, known);
    table = larger;
  }
  return table.filter((text) => text !== undefined);
}

type Table = (string | undefined)[];

function newTable(size: bigint): Table {
  return new Array<string | undefined>(Number(size)).fill(undefined);
}

function insert(table: Table, text: string): void {
  const mask = BigInt(table.length - 1);
  let perturb = hash(text);
  let index = perturb & mask;
  while (table[Number(index & mask)] !== undefined) {
    index = word(index * 5n + perturb + 1n);
    perturb >>= 5n;
  }
  table[Number(index & mask)] = text;
}

/** The hash of a text in ASCII, plain or unicode, on 64 bits. */
function hash(text: string): bigint {
  if (text === '') return 0n;
  let value = word(BigInt(text.charCodeAt(0)) << 7n);
  for (let index = 0; index < text.length; index++) {
    value = word(value * 1_000_003n) ^ BigInt(text.charCodeAt(index));
  }
  value ^= BigInt(text.length);
  return value === word(-1n) ? word(-2n) : value;
}

function word(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
