import { expect, test } from 'vitest';
import { readManifest } from '../../../src/index.js';

test('a manifest tells its branch and its projects', async () => {
  const manifest = await readManifest(`<?xml version="1.0" encoding="UTF-8"?>
    <!-- made by a builder -->
    <manifest revision="4b825dc642cb6eb9a060e54bf8d69288fbee4904">
      <remote fetch="https://git.example.com" name="cros"/>
      <default remote="cros" revision="refs/heads/release-R20-2057.B" sync-j="8"/>
      <project name="chromiumos/a&amp;b" path="src/a" revision="007"/>
      <project name="chromiumos/kernel" remote="cros-internal"><annotation name="x" value="y"/></project>
    </manifest>`);
  expect(manifest).toEqual({
    revision: 'refs/heads/release-R20-2057.B',
    branch: 'release-R20-2057.B',
    projects: [
      { name: 'chromiumos/a&b', path: 'src/a', revision: '007', remote: 'cros' },
      {
        name: 'chromiumos/kernel',
        path: 'chromiumos/kernel',
        revision: 'refs/heads/release-R20-2057.B',
        remote: 'cros-internal',
      },
    ],
  });
});

test('a revision that is no branch is none', async () => {
  const text = '<manifest><default revision="4b825dc642cb6eb9a060e54bf8d69288fbee4904"/></manifest>';
  expect(await readManifest(text)).toMatchObject({ branch: null, projects: [] });
  expect(await readManifest('<manifest></manifest>')).toEqual({ revision: null, branch: null, projects: [] });
});

const bomb = `<!DOCTYPE m [<!ENTITY a "${'x'.repeat(1_000)}"><!ENTITY b "${'&a;'.repeat(1_000)}">]>`;
test.each([
  ['nothing', ''],
  ['a page of a server', '<html><body>Not found</body></html>'],
  ['JSON', '{}'],
  ['an element that is not closed', '<manifest><project name="a">'],
  ['entities that make it endless', `${bomb}<manifest><project name="&b;&b;&b;"/></manifest>`],
  ['a document type', '<!doctype manifest SYSTEM "file:///etc/passwd"><manifest/>'],
  ['elements in each other without end', '<manifest>'.repeat(50_000) + '</manifest>'.repeat(50_000)],
  ['a project without a name', '<manifest><project path="a"/></manifest>'],
  ['more than can be', `<manifest>${' '.repeat(17 * 1024 * 1024)}</manifest>`],
])('%s is no manifest, and says so', async (_, text) => {
  await expect(readManifest(text)).rejects.toMatchObject({ code: 'ERR_MANIFEST' });
});

test('names that mean something to JavaScript are names', async () => {
  const { projects } = await readManifest('<manifest><project name="__proto__" path="constructor"/></manifest>');
  expect(projects).toEqual([{ name: '__proto__', path: 'constructor', revision: null, remote: null }]);
});
