import type { JobRequest } from '../../src/clients/afe/types.js';

export const build = 'x86-mario-release/R19-1998.0.0';

/** A job as a suite asks for it. */
export function jobRequest(test: string, more: Partial<JobRequest> = {}): JobRequest {
  return {
    name: `${build}/bvt/${test}`,
    controlFile: `NAME = '${test}'\n`,
    controlType: 'Server',
    priority: 40,
    metaHosts: ['board:x86-mario'],
    dependencies: [`cros-version:${build}`, 'pool:bvt', 'board:x86-mario'],
    keyvals: { build, suite: 'bvt', experimental: false, builds: { 'cros-version': build } },
    synchCount: 1,
    ...more,
  };
}
