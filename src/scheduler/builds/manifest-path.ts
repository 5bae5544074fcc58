import { passedBuildOf } from './passed-build.js';
import type { PassedBuild } from './types.js';

/** Where manifests of builds are in their repository. */
export const manifestFolder = 'build-name/';

/**
 * The builds that a manifest's path may stand for: `build-name/<board>-<type>[-group]/pass/<milestone>/<version>.xml`.
 * None for any other path. Two where the folder ends in `-group`, which may be a group of builds as well as a type; who
 * asks for the builds of a board asks for one of them.
 */
export function buildsOfManifest(path: string, passedAtMs: number | null): readonly PassedBuild[] {
  const [, folder = '', milestone = '', version = ''] = pathPattern.exec(path) ?? [];
  const builds: PassedBuild[] = [];
  for (const target of [folder, folder.replace(/-group$/, '')]) {
    const build = passedBuildOf({ target, milestone, version }, passedAtMs);
    if (build !== undefined && build.name !== builds[0]?.name) builds.push(build);
  }
  return builds;
}

/** Longer than any path of a manifest. */
export const maxManifestPath = 500;

/** Versions are what names of builds can hold, so that `2.0.0-rc1` and `..` are none. */
const pathPattern = /^build-name\/([\w-]{1,200})\/pass\/(\d{1,9})\/(\d[\d.ab-]{0,99})\.xml$/;
