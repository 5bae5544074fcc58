import type { DevServerClient } from '../../index.js';
import { callPromises } from './call-promises.js';
import { conformanceCases, type ConformanceCase, type ConnectClient } from './conformance-case.js';
import { controlFilePromises, labWithFiles, stageFiles, stagedFile } from './dev-server-files.js';
import { stagingPromises } from './dev-server-staging.js';
import { garbagePromise, urlPromise } from './server-promises.js';
import { build } from './small-lab.js';

/**
 * The promises of `DevServerClient`, each as a case, for tests of a client of one's own:
 *
 * ```ts
 * const connect = (lab: EmbeddedLab) => new MyDevServerClient({ url: lab.urls.devServer, transport: lab.transport, clock: lab.clock });
 * for (const { name, run } of devServerClientConformance(connect)) test(name, run);
 * ```
 */
export function devServerClientConformance(connect: ConnectClient<DevServerClient>): readonly ConformanceCase[] {
  return conformanceCases(connect, [
    urlPromise('devServer'),
    ...stagingPromises(),
    ...controlFilePromises(),
    garbagePromise('devServer', labWithFiles, 'listSuiteControls', (server) =>
      server.listSuiteControls({ build, suite: 'bvt' }),
    ),
    garbagePromise('devServer', labWithFiles, 'resolveBuild', (server) => server.resolveBuild(latest)),
    ...callPromises<DevServerClient>({
      service: 'devServer',
      lab: labWithFiles,
      prepare: stageFiles,
      calls: [
        {
          method: 'stage',
          isRead: false,
          call: (server, _, options) => server.stage({ build, artifacts: ['stateful'] }, options),
        },
        {
          method: 'listControlFiles',
          isRead: true,
          call: (server, _, options) => server.listControlFiles({ build, suite: 'bvt' }, options),
        },
        {
          method: 'getControlFile',
          isRead: true,
          call: (server, _, options) => server.getControlFile({ build, path: stagedFile }, options),
        },
        {
          method: 'listSuiteControls',
          isRead: true,
          call: (server, _, options) => server.listSuiteControls({ build, suite: 'bvt' }, options),
        },
        {
          method: 'resolveBuild',
          isRead: true,
          call: (server, _, options) => server.resolveBuild(latest, options),
        },
      ],
    }),
  ]);
}

const latest = 'x86-mario-release/LATEST';
