import type { Clock } from '../../index.js';
import type { StoredBuild } from '../lab/build-store.js';
import type { Staging } from './staging.js';

/** What the endpoints of the dev server work on. */
export interface DevServerParts {
  readonly builds: ReadonlyMap<string, StoredBuild>;
  readonly staging: Staging;
  readonly clock: Clock;
  /** False is a server from before April 2016: 404. */
  readonly hasListSuiteControls: boolean;
}
