/** The version prefix of ChromeOS builds. */
export const crosVersionPrefix = 'cros-version';

/** A label of a kind, whether or not the name came with the prefix. */
export function withPrefix(prefix: 'board:' | 'pool:', name: string): string {
  return name.startsWith(prefix) ? name : prefix + name;
}

/** Whether the lab puts what a label names on a host before a job, so that the host need not have it: `cros-version:...`. */
export function isVersionLabel(label: string): boolean {
  return label.slice(0, label.indexOf(':') + 1).endsWith('-version:');
}

/** `prefix:build` of every build: the labels that make the lab put them on a device before a test. */
export function versionLabels(builds: Readonly<Record<string, string>>): string[] {
  return Object.entries(builds).map(([prefix, build]) => `${prefix}:${build}`);
}
