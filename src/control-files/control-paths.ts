/**
 * Whether a path that a getter lists may be a test's control file: not one of `<anything>/deps/`,
 * `<anything>/profilers/` or a Debian package's.
 *
 * @param root - the folder that was searched, if paths are absolute (D8)
 */
export function isTestControlPath(path: string, root?: string): boolean {
  const base = root?.replace(/\/+$/, '');
  const relative =
    base !== undefined && path.startsWith(`${base}/`) ? path.slice(base.length).replace(/^\/+/, '') : path;
  return !/^[^/]+\/(deps|profilers)\/./s.test(relative) && !relative.endsWith('src/debian/control');
}
