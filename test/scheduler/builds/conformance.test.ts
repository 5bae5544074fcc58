import { join } from 'node:path';
import { rename } from 'node:fs/promises';
import { describe, test } from 'vitest';
import {
  devServerBuilds,
  googleStorageBuilds,
  HttpDevServerClient,
  manifestVersions,
  memoryBuilds,
} from '../../../src/index.js';
import {
  buildSourceConformance,
  embeddedLab,
  type BuildSourceUnderTest,
  type VirtualClock,
} from '../../../src/testing/index.js';
import { createRepository, temporaryFolder } from '../../support/git-repository.js';
import { manifestOf } from './manifests.js';
import { startStorage } from './storage-server.js';

const types = ['release', 'paladin', 'factory', 'firmware'];

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

describe('builds on a dev server', () => {
  const connect = async (clock: VirtualClock): Promise<BuildSourceUnderTest> => {
    const lab = await embeddedLab({ clock }).start();
    const { transport } = lab;
    const url = lab.urls.devServer;
    const devServer = new HttpDevServerClient({ url, transport, clock, deadlineMs: 10_000 });
    const milestones = [9, 19];
    const open = () => devServerBuilds({ devServer, types, milestones, clock });
    return {
      source: open(),
      async publish(builds) {
        for (const { name } of builds) {
          await lab.addBuild(name);
          await lab.devServer.stage({ build: name, artifacts: ['control_files'] });
        }
      },
      connect: (isConnected) => {
        lab.faults.clear();
        if (!isConnected) lab.faults.add({ service: 'devServer', kind: '503', count: Infinity });
      },
      restarted: open,
      close: () => lab.close(),
    };
  };
  for (const { name, run } of buildSourceConformance(connect, { latestOnly: true })) test(name, run);
});

describe.each(['json', 'xml'] as const)('builds in a storage that is listed as %s', (api) => {
  const connectTo = (passed: 'latest-files' | 'folders') => async (clock: VirtualClock) => {
    const storage = await startStorage({ pageSize: 3 });
    const options = { url: storage.url, bucket: 'archive', api, types, passed, clock, deadlineMs: 10_000 };
    const open = () => googleStorageBuilds(options);
    return {
      source: open(),
      publish: (builds) => {
        for (const { name, passedAtMs } of builds) storage.addBuild(name, passedAtMs);
      },
      connect: (isConnected) => storage.connect(isConnected),
      restarted: open,
      close: () => storage.close(),
    } satisfies BuildSourceUnderTest;
  };
  describe('by its LATEST- files', () => {
    for (const { name, run } of buildSourceConformance(connectTo('latest-files'))) test(name, run);
  });
  describe('by its folders', () => {
    for (const { name, run } of buildSourceConformance(connectTo('folders'), { latestOnly: true })) test(name, run);
  });
});
