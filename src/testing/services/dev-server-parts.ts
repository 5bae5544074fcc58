import type { Clock } from '../../index.js';
import type { LabRequest } from '../http/lab-http.js';
import type { StoredBuild } from '../lab/build-store.js';
import { StagedFolder, staticRoot } from './staged-folder.js';
import type { Staging } from './staging.js';

/** What the endpoints of the dev server work on. */
export interface DevServerParts {
  readonly builds: ReadonlyMap<string, StoredBuild>;
  readonly staging: Staging;
  readonly clock: Clock;
  /** False is a server from before April 2016: 404. */
  readonly hasListSuiteControls: boolean;
  readonly isBehindApache: boolean;
}

/** A request to one endpoint, read. */
export interface EndpointCall {
  readonly request: LabRequest;
  /** Path segments after the endpoint's name. */
  readonly rest: readonly string[];
  readonly parameters: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What of a build is on the server now; undefined for a build that does not exist. */
export function folderOf({ builds, staging, clock }: DevServerParts, build: string): StagedFolder | undefined {
  const stored = builds.get(build);
  return stored === undefined ? undefined : new StagedFolder(stored, staging, clock.now());
}

/** The build in whose folder a path of the server lies, and the path within it. */
export function placeOf(
  parts: DevServerParts,
  path: string,
): { readonly folder: StagedFolder; readonly inside: string } | undefined {
  for (const build of parts.builds.keys()) {
    const root = `${staticRoot}/${build}/`;
    const folder = path.startsWith(root) ? folderOf(parts, build) : undefined;
    if (folder !== undefined) return { folder, inside: path.slice(root.length) };
  }
  return undefined;
}
