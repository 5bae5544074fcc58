import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, scaledClock } from '../../src/testing/index.js';
import { isThere, run } from '../support/child-process.js';
import { build } from './job-request.js';

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

/** Other processes cannot share a virtual clock: the lab's quarter of an hour takes them half a second. */
async function listeningLab(): Promise<EmbeddedLab> {
  const controlFiles = { 'client/site_tests/by_hand/control': "NAME = 'by_hand'\nSUITE = 'bvt'\n" };
  const lab = await embeddedLab({ clock: scaledClock({ speed: 2000 }) })
    .board('x86-mario', { hosts: 2, pool: 'bvt' })
    .board('lumpy')
    .build(build, { controlFiles })
    .start();
  labs.push(lab);
  await lab.listen();
  return lab;
}

function script(name: string): string {
  return fileURLToPath(new URL(`../fixtures/foreign-clients/${name}`, import.meta.url));
}

const found = new Map<string, boolean>();
for (const program of ['python3', 'python2.7', 'curl']) found.set(program, await isThere(program));

describe('clients that nobody here wrote get along with the lab', () => {
  describe.each(['python3', 'python2.7'])('%s and its urllib', (python) => {
    test.skipIf(found.get(python) !== true)(`runs a test by hand (skipped where there is no ${python})`, async () => {
      const lab = await listeningLab();
      const { afe, devServer } = lab.urls;
      const { stdout, stderr, code } = await run(python, [script('run_test.py'), afe, devServer, build, 'x86-mario']);
      expect([stderr, code]).toEqual(['', 0]);
      expect(JSON.parse(stdout)).toEqual({
        labels: ['board:x86-mario', 'board:lumpy'],
        stage: 'Success',
        paths: ['client/site_tests/by_hand/control'],
        entries: ['Completed'],
        tests: [
          ['SERVER_JOB', 'GOOD'],
          ['CLIENT_JOB.0', 'GOOD'],
          ['by_hand', 'GOOD'],
        ],
        refused: `ValidationError: {'meta_hosts': 'Label "board:nope" not found'}`,
        no_slash: 500,
        not_json: 500,
        unknown_artifact: 500,
      });
      lab.expectNoUnexpectedCalls();
      lab.expectEverythingFinished();
    });
  });

  test.skipIf(found.get('curl') !== true)('curl runs a test by hand (skipped where there is no curl)', async () => {
    const lab = await listeningLab();
    const { afe, devServer, crashServer } = lab.urls;
    const folder = await mkdtemp(join(tmpdir(), 'lab-'));
    try {
      const dump = join(folder, 'crasher.dmp');
      await writeFile(dump, Buffer.concat([Buffer.from('MDMP'), Buffer.alloc(200_000, 7)]));
      const args = [script('run_test.sh'), afe, devServer, crashServer, build, 'x86-mario', dump];
      const { stdout, stderr, code } = await run('sh', args);
      expect([stderr, code]).toEqual(['', 0]);
      expect(stdout.trim().split('\n')).toEqual([
        '"name":"board:x86-mario"',
        '"name":"board:lumpy"',
        'stage: Success',
        'path: client/site_tests/by_hand/control',
        "NAME = 'by_hand'",
        '"status":"Completed"',
        '"test_name":"SERVER_JOB"',
        '"test_name":"by_hand"',
        ' 0  crasher!main [crasher.cc : 42 + 0x5]',
        '1500038',
        'chunked: 411',
        'head: 200',
        'range: NAME',
      ]);
      lab.expectNoUnexpectedCalls();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
