/**
 * Compares two versions as the lab's servers do, by the rules of Python's `LooseVersion`: numbers as numbers, other text
 * as text, and a number comes before a text. `R9-500.0.0` is below `R20-2345.0.0`.
 *
 * @returns below 0 when `a` is the lower one, above 0 when it is the higher one, 0 when they are equal; fit for `sort`
 */
export function compareVersions(a: string, b: string): number {
  const partsA = partsOf(a);
  const partsB = partsOf(b);
  for (const [index, partA] of partsA.entries()) {
    const partB = partsB[index];
    if (partB === undefined) return 1;
    const order = compareParts(partA, partB);
    if (order !== 0) return order;
  }
  return partsA.length - partsB.length;
}

/** The greatest of some versions; undefined of none. */
export function latestVersion(versions: readonly string[]): string | undefined {
  let latest: string | undefined;
  for (const version of versions) {
    if (latest === undefined || compareVersions(version, latest) > 0) latest = version;
  }
  return latest;
}

/** Runs of digits, runs of small letters, and what stands between them; dots only separate. */
function partsOf(version: string): readonly string[] {
  return version.split(/(\d+|[a-z]+|\.)/).filter((part) => part !== '' && part !== '.');
}

function compareParts(a: string, b: string): number {
  const isNumberA = isNumber(a);
  const isNumberB = isNumber(b);
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  if (!isNumberA) return compareTexts(a, b);
  // Of any length, so they are not made numbers: without leading zeros the longer one is the greater.
  const digitsA = a.replace(/^0+/, '');
  const digitsB = b.replace(/^0+/, '');
  return digitsA.length - digitsB.length || compareTexts(digitsA, digitsB);
}

function isNumber(part: string): boolean {
  return /^\d/.test(part);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
