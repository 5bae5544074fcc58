/** Why a listed path is no test's control file: it lies in `<anything>/deps`, `<anything>/profilers`, or is a package's. */
export type LeftOutRule = 'deps' | 'profilers' | 'debian';

/**
 * The rule by which a path that a getter lists is left out; undefined where it may be a test's control file.
 *
 * @param root - the folder that was searched, if paths are absolute (D8)
 */
export function leftOutRule(path: string, root?: string): LeftOutRule | undefined {
  const base = root?.replace(/\/+$/, '');
  const relative =
    base !== undefined && path.startsWith(`${base}/`) ? path.slice(base.length).replace(/^\/+/, '') : path;
  if (/^[^/]+\/deps\/./s.test(relative)) return 'deps';
  if (/^[^/]+\/profilers\/./s.test(relative)) return 'profilers';
  return relative.endsWith('src/debian/control') ? 'debian' : undefined;
}

/** Whether a path that a getter lists may be a test's control file. */
export function isTestControlPath(path: string, root?: string): boolean {
  return leftOutRule(path, root) === undefined;
}
