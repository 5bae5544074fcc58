/**
 * The board of a build that stands for the newest one: `x86-mario` for `x86-mario-release/LATEST`; undefined for the
 * name of a real build.
 */
export function boardOfSymbolicBuild(build: string): string | undefined {
  const suffix = '/LATEST';
  if (!build.endsWith(suffix)) return undefined;
  const target = build.slice(0, -suffix.length);
  const dashAt = target.lastIndexOf('-');
  return dashAt > 0 ? target.slice(0, dashAt) : undefined;
}

/**
 * The build that a translated image path lies in: `x86-mario-release/R19-1998.0.0` for
 * `x86-mario-release/R19-1998.0.0/chromiumos_test_image.bin`, with or without a newline after the version. Undefined
 * when that does not look like a build: the name goes into labels, paths and keyvals.
 */
export function buildOfImagePath(path: string): string | undefined {
  const match = /^([A-Za-z\d][\w.-]*\/R\d+-[\w.-]+)\s*\/[\w.-]+\s*$/.exec(path.slice(0, maxLength));
  return match?.[1];
}

const maxLength = 1_000;
