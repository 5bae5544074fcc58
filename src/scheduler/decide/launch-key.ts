/**
 * The identity of a suite: suite, board and builds (C1). Two tasks that differ in nothing else but their pool ask for the
 * same one.
 */
export function launchKey({ suite, ...place }: { readonly suite: string } & SuitePlace): string {
  return `${suite} ${placeKey(place)}`;
}

/** What of a key all suites on a board and its builds have in common. */
export function placeKey({ board, builds }: SuitePlace): string {
  const versions = Object.entries(builds).map(([prefix, build]) => `${prefix}=${build}`);
  return [board, ...versions.sort()].join(' ');
}

interface SuitePlace {
  readonly board: string;
  readonly builds: Readonly<Record<string, string>>;
}
