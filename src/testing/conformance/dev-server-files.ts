import assert from 'node:assert/strict';
import { ControlFileNotFoundError, type DevServerClient } from '../../index.js';
import type { EmbeddedLab } from '../embedded-lab.js';
import type { LabBuilder } from '../lab-builder.js';
import { embeddedLab } from '../lab-builder.js';
import type { PortPromise } from './conformance-case.js';
import { errorOf } from './expect-rejection.js';
import { build } from './small-lab.js';

/** The path of a control file of {@link labWithFiles}. */
export const stagedFile = 'client/site_tests/login_Success/control';

const files: Readonly<Record<string, string | Uint8Array>> = {
  [stagedFile]: "NAME = 'login_Success'\nSUITE = 'bvt'\nDOC = 'Unknown control path /nowhere'\n",
  'client/site_tests/power Idle & more/control.a+b': "NAME = 'power_Idle'\nSUITE = 'bvt, power'",
  'server/site_tests/odd_Bytes/control': Uint8Array.from([0xef, 0xbb, 0xbf, 0x23, 0xff, 0x0d, 0x0a, 0x00, 0x80]),
};
const paths = Object.keys(files);
const [login = '', power = ''] = paths;

/** A build with three control files, of which `bvt` has two and `power` one. */
export function labWithFiles(options: { readonly listSuiteControls?: boolean } = {}): LabBuilder {
  return embeddedLab(options)
    .build('x86-mario-release/R18-1660.0.0', { controlFiles: files })
    .build(build, { controlFiles: files });
}

/** Has everything staged that the build of {@link labWithFiles} has; its older build stays where it is. */
export async function stageFiles(lab: EmbeddedLab): Promise<void> {
  await lab.devServer.stage({ build, artifacts: ['control_files', 'test_suites'] });
}

export function controlFilePromises(): readonly PortPromise<DevServerClient>[] {
  return [
    {
      name: 'listControlFiles: all paths, those of a suite, or all for a suite that the server does not know',
      lab: labWithFiles,
      check: async (server, lab) => {
        await stageFiles(lab);
        const listed = async (suite?: string) => [...(await server.listControlFiles({ build, suite }))].sort();
        assert.deepEqual(await listed(), paths.toSorted(), 'listControlFiles should give every path without a suite');
        assert.deepEqual(
          await listed('bvt'),
          [login, power].sort(),
          'listControlFiles should give the paths of a suite',
        );
        assert.deepEqual(await listed('power'), [power], 'listControlFiles should give the paths of a suite');
        assert.deepEqual(await listed('nope'), paths.toSorted(), 'for an unknown suite the server lists every path');
      },
    },
    {
      name: 'listControlFiles and listSuiteControls: a build that is not staged is an error, never an empty list',
      lab: labWithFiles,
      check: async (server) => {
        const request = { build, suite: 'bvt' };
        await errorOf(server.listControlFiles(request), Error, 'listControlFiles should reject for an unstaged build');
        await errorOf(
          server.listSuiteControls(request),
          Error,
          'listSuiteControls should reject for an unstaged build',
        );
      },
    },
    {
      name: 'getControlFile: a control file comes byte for byte',
      lab: labWithFiles,
      check: async (server, lab) => {
        await stageFiles(lab);
        for (const [path, content] of Object.entries(files)) {
          const bytes = await server.getControlFile({ build, path });
          const expected = typeof content === 'string' ? new TextEncoder().encode(content) : content;
          assert.deepEqual([...bytes], [...expected], `getControlFile should give the bytes of ${path} as they are`);
        }
      },
    },
    {
      name: 'getControlFile: one that is not there is a ControlFileNotFoundError, never the text of the server',
      lab: labWithFiles,
      check: async (server, lab) => {
        await stageFiles(lab);
        const path = 'client/site_tests/nope/control';
        const inBuild = server.getControlFile({ build, path });
        const error = await errorOf(
          inBuild,
          ControlFileNotFoundError,
          'getControlFile should reject for a missing file',
        );
        assert.equal(error.path, path, 'a ControlFileNotFoundError should say which file is missing');
        const unstaged = server.getControlFile({ build: 'x86-mario-release/R18-1660.0.0', path: stagedFile });
        await errorOf(
          unstaged,
          ControlFileNotFoundError,
          'getControlFile should reject for a build that is not staged',
        );
      },
    },
    {
      name: 'getControlFile: what names no file is an error, never a list',
      lab: labWithFiles,
      check: async (server, lab) => {
        await stageFiles(lab);
        for (const path of ['', 'client/site_tests']) {
          const expectation = `getControlFile should reject for ${JSON.stringify(path)}`;
          await errorOf(server.getControlFile({ build, path }), Error, expectation);
        }
      },
    },
    {
      name: "listSuiteControls: path and text of a suite's control files",
      lab: labWithFiles,
      check: async (server, lab) => {
        await stageFiles(lab);
        const controls = await server.listSuiteControls({ build, suite: 'bvt' });
        assert.ok(controls !== undefined, 'listSuiteControls should be undefined from old servers only');
        const expected = [login, power].map((path) => [path, files[path]] as const);
        assert.deepEqual(
          new Map(controls),
          new Map(expected),
          "listSuiteControls should map the paths of the suite's control files to their texts",
        );
      },
    },
    {
      name: 'listSuiteControls: undefined, each time, from a server that has no such call',
      lab: () => labWithFiles({ listSuiteControls: false }),
      check: async (server, lab) => {
        await stageFiles(lab);
        for (const time of ['first', 'second']) {
          const controls = await server.listSuiteControls({ build, suite: 'bvt' });
          assert.equal(
            controls,
            undefined,
            `listSuiteControls should be undefined from an old server the ${time} time`,
          );
        }
      },
    },
    {
      name: 'resolveBuild: LATEST becomes the name of a real build, any other name stays',
      lab: labWithFiles,
      check: async (server) => {
        assert.equal(
          await server.resolveBuild('x86-mario-release/LATEST'),
          build,
          'resolveBuild should give the newest build for LATEST',
        );
        for (const name of [build, 'lumpy-release/R1-1.0.0']) {
          assert.equal(
            await server.resolveBuild(name),
            name,
            'resolveBuild should leave the name of a real build alone',
          );
        }
      },
    },
    {
      name: 'resolveBuild: LATEST of a board without builds is an error',
      lab: labWithFiles,
      check: async (server) => {
        const call = server.resolveBuild('lumpy-release/LATEST');
        await errorOf(call, Error, 'resolveBuild should reject when there is no build to stand for LATEST');
      },
    },
  ];
}
