import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chromeEbuilds, memoryChrome } from '../../../src/index.js';
import { newestChrome } from '../../../src/scheduler/builds/chrome-ebuilds.js';
import { VirtualClock } from '../../../src/testing/index.js';
import { createRepository, temporaryFolder } from '../../support/git-repository.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

test('a new ebuild of Chrome is a new Chrome', async () => {
  const repository = await createRepository(join(folder.path, 'overlay'));
  const clock = new VirtualClock();
  const chrome = chromeEbuilds({ repository: repository.path, folder: join(folder.path, 'clones'), clock });
  expect(await chrome.revision()).toBeNull();
  const path = 'chromeos-base/chromeos-chrome';
  const ebuild = (version: string) => `${path}/chromeos-chrome-${version}.ebuild`;
  await repository.commit([{ add: [ebuild('9999'), ebuild('49.0.2.0-r1'), `${path}/files/x`, 'README'], atMs: 0 }]);
  expect(await chrome.revision()).toBe('49.0.2.0-r1');
  await repository.commit([{ add: ['README.md'], atMs: 0 }]);
  expect(await chrome.revision()).toBe('49.0.2.0-r1');
  await repository.commit([{ remove: [ebuild('49.0.2.0-r1')], add: [ebuild('49.0.2.0-r10')], atMs: 0 }]);
  expect(await chrome.revision()).toBe('49.0.2.0-r10');
});

test('versions are compared as the lab does', () => {
  const names = ['50.0.2661.0_rc-r1', '50.0.2661.0_rc-r9', '50.0.2661.0_rc-r10', '9.0.1.0-r1', '9999-r1', '51.0.1'];
  expect(newestChrome(names.map((version) => `chromeos-chrome-${version}.ebuild`))).toBe('50.0.2661.0_rc-r10');
  expect(newestChrome(['chromeos-chrome-1-r1.ebuild.bak', 'chromeos-chrome-1\n-r1.ebuild', 'metadata.xml'])).toBeNull();
});

test.each(['', '/', '../x', 'a/../b', '-x', 'a\nb'])('%j is no folder of a repository', (path) => {
  const open = () => chromeEbuilds({ repository: '/x', folder: '/y', path });
  expect(open).toThrow(expect.objectContaining({ code: 'ERR_BUILD_SOURCE_OPTION', option: 'path' }));
});

test('Chrome in memory is what it was told to be', async () => {
  const chrome = memoryChrome();
  expect(await chrome.revision()).toBeNull();
  chrome.set('50.0.2661.0-r1');
  expect(await chrome.revision()).toBe('50.0.2661.0-r1');
});
