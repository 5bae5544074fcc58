/**
 * The known name that a mistyped one most likely stands for; undefined when none is near. Case and signs do not count:
 * `time_zone` is `timeZone`.
 */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const given = plain(name);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(given, plain(candidate));
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { name: candidate, distance };
  }
  // A third of the letters may be wrong; beyond that any name would do.
  return best !== undefined && best.distance <= Math.floor(best.name.length / 3) ? best.name : undefined;
}

const maxLength = 50;

function plain(name: string): string {
  return name
    .slice(0, maxLength)
    .toLowerCase()
    .replace(/[^a-z\d]/g, '');
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(changed, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
