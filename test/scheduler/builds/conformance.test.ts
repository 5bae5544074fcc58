import { join } from 'node:path';
import { rename } from 'node:fs/promises';
import { describe, test } from 'vitest';
import { manifestVersions, memoryBuilds } from '../../../src/index.js';
import { buildSourceConformance, type BuildSourceUnderTest, type VirtualClock } from '../../../src/testing/index.js';
import { createRepository, temporaryFolder } from '../../support/git-repository.js';
import { manifestOf } from './manifests.js';

describe('builds in memory', () => {
  const connect = (clock: VirtualClock): BuildSourceUnderTest => {
    const source = memoryBuilds({}, { clock });
    return {
      source,
      publish: (builds) => {
        for (const { name, passedAtMs } of builds) source.add(name, passedAtMs);
      },
    };
  };
  for (const { name, run } of buildSourceConformance(connect)) test(name, run);
});

describe('manifests in a git repository', () => {
  const connect = async (clock: VirtualClock): Promise<BuildSourceUnderTest> => {
    const folder = await temporaryFolder();
    const repository = await createRepository(join(folder.path, 'origin'));
    const open = () =>
      manifestVersions({ repositories: [repository.path], folder: join(folder.path, 'clones'), clock });
    return {
      source: open(),
      publish: (builds) =>
        repository.commit(builds.map(({ name, passedAtMs }) => ({ add: [manifestOf(name)], atMs: passedAtMs }))),
      connect: (isConnected) => {
        const away = `${repository.path}-away`;
        return isConnected ? rename(away, repository.path) : rename(repository.path, away);
      },
      restarted: open,
      close: () => folder.remove(),
    };
  };
  for (const { name, run } of buildSourceConformance(connect)) test(name, run);
});
