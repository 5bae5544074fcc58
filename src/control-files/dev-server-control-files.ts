import type { DevServerClient } from '../clients/dev-server/types.js';
import type { ControlFileGetter } from './types.js';

/** The control files of a build that a dev server has staged (`control_files` and `test_suites`). */
export function devServerControlFiles(options: {
  readonly client: DevServerClient;
  /** e.g. `x86-mario-release/R19-1998.0.0` */
  readonly build: string;
}): ControlFileGetter {
  const { client, build } = options;
  return {
    list: ({ suite, signal } = {}) => client.listControlFiles({ build, suite }, { signal }),
    read: (path, { signal } = {}) => client.getControlFile({ build, path }, { signal }),
    readSuite: (suite, { signal } = {}) => client.listSuiteControls({ build, suite }, { signal }),
  };
}
