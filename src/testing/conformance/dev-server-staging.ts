import assert from 'node:assert/strict';
import { StagingError, type DevServerClient } from '../../index.js';
import type { BuildOptions } from '../lab-description.js';
import type { LabBuilder } from '../lab-builder.js';
import { embeddedLab } from '../lab-builder.js';
import type { PortPromise } from './conformance-case.js';
import { errorOf, outcomeOf } from './expect-rejection.js';
import { build } from './small-lab.js';

const request = { build, artifacts: ['control_files', 'test_suites'] };

export function stagingPromises(): readonly PortPromise<DevServerClient>[] {
  return [
    {
      name: 'stage: waits until everything is there',
      lab: () => labWith({ stagingMs: 600_000, controlFiles: { control: "NAME = 'a'\n" } }),
      check: async (server, lab) => {
        const startedMs = lab.clock.now();
        await server.stage(request);
        const tookMs = lab.clock.now() - startedMs;
        assert.ok(tookMs >= 600_000, `stage should wait for all artifacts, which takes 600,000 ms, not ${tookMs}`);
        const paths = await lab.devServer.listControlFiles({ build, suite: 'bvt' });
        assert.deepEqual(paths, ['control'], 'after stage the build should be there');
        await server.stage(request);
      },
    },
    {
      name: "stage: the server's failure is a StagingError",
      lab: () => labWith({ stagingFails: 'disk full' }),
      check: async (server) => {
        const error = await errorOf(server.stage(request), StagingError, 'stage should reject when the server failed');
        const { build: named, artifacts } = error;
        assert.deepEqual({ build: named, artifacts }, request, 'a StagingError should say what could not be staged');
      },
    },
    {
      name: 'stage: the failure of an earlier staging is not that of a later one',
      lab: () => labWith({ stagingFails: { message: 'disk full', times: 1 } }),
      check: async (server) => {
        await errorOf(server.stage(request), StagingError, 'stage should reject when the server failed');
        const again = await outcomeOf(server.stage(request));
        assert.equal(again.kind, 'resolved', 'stage should succeed although the server repeats an old failure once');
      },
    },
    {
      name: 'stage: an artifact that the server does not know, or does not have, is a StagingError',
      lab: () => labWith({ missingArtifacts: ['stateful'] }),
      check: async (server) => {
        for (const artifact of ['bogus', 'stateful']) {
          const call = server.stage({ build, artifacts: ['control_files', artifact] });
          await errorOf(call, StagingError, `stage should reject when the server has no ${artifact}`);
        }
      },
    },
    {
      name: 'stage: a build that does not exist is a StagingError',
      lab: () => embeddedLab(),
      check: async (server) => {
        await errorOf(server.stage(request), StagingError, 'stage should reject for a build that does not exist');
      },
    },
    {
      name: 'stage: the end of the deadline is a StagingError',
      lab: () => labWith({ stagingMs: 3_600_000 }),
      check: async (server, lab) => {
        const startedMs = lab.clock.now();
        const call = server.stage(request, { deadlineMs: 60_000 });
        await errorOf(call, StagingError, 'stage should reject when its deadline passes');
        const tookMs = lab.clock.now() - startedMs;
        assert.ok(tookMs <= 60_000, `stage should be over at its deadline of 60,000 ms, but took ${tookMs}`);
      },
    },
    {
      name: 'stage: aborted while it waits, rejects with the reason of the signal and asks no more',
      lab: () => labWith({ stagingMs: 3_600_000 }),
      check: async (server, lab) => {
        const controller = new AbortController();
        const reason = new Error('not now');
        const outcome = outcomeOf(server.stage(request, { signal: controller.signal }));
        await lab.clock.sleep(60_000);
        controller.abort(reason);
        assert.deepEqual(
          await outcome,
          { kind: 'rejected', reason },
          'stage should reject with the reason of the signal',
        );
        const sent = lab.calls.total;
        await lab.clock.sleep(3_600_000);
        assert.equal(lab.calls.total, sent, 'stage should ask no more once its signal is aborted');
      },
    },
  ];
}

function labWith(options: BuildOptions): LabBuilder {
  return embeddedLab().build(build, options);
}
