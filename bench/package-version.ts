import { readFileSync } from 'node:fs';

const root = new URL('../node_modules/', import.meta.url);

/** The installed version of a package. */
export function packageVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(new URL(`${name}/package.json`, root), 'utf8'));
  return String(version);
}
