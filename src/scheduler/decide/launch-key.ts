/**
 * The identity of a suite: suite, board and builds (C1). Two tasks that differ in nothing else but their pool ask for the
 * same one.
 */
export function launchKey({
  suite,
  board,
  builds,
}: {
  readonly suite: string;
  readonly board: string;
  readonly builds: Readonly<Record<string, string>>;
}): string {
  const versions = Object.entries(builds).map(([prefix, build]) => `${prefix}=${build}`);
  return [suite, board, ...versions.sort()].join(' ');
}
