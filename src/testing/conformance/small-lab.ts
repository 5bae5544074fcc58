import type { JobRequest } from '../../index.js';
import { embeddedLab, type LabBuilder } from '../lab-builder.js';
import type { EmbeddedLabOptions } from '../lab-description.js';

/** The build of {@link smallLab} and of the jobs for it. */
export const build = 'x86-mario-release/R19-1998.0.0';

/** Two x86-mario in the pool `bvt`, and a lumpy in none. */
export function smallLab(options: EmbeddedLabOptions = {}): LabBuilder {
  return embeddedLab(options)
    .board('x86-mario', { hosts: 2, pool: 'bvt' })
    .host('lumpy1', { board: 'lumpy', attributes: { color: 'grey' } });
}

/** A request for a job on one x86-mario; change what matters. */
export function jobRequest(name: string, changes: Partial<JobRequest> = {}): JobRequest {
  return {
    name,
    controlFile: `NAME = '${name}'\n`,
    controlType: 'Server',
    priority: 40,
    metaHosts: ['board:x86-mario'],
    dependencies: ['pool:bvt'],
    ...changes,
  };
}

/** A request for a job that needs no host. */
export function hostlessRequest(name: string, changes: Partial<JobRequest> = {}): JobRequest {
  return { name, controlFile: '', controlType: 'Server', priority: 40, hostless: true, ...changes };
}
