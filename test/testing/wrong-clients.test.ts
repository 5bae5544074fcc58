import { describe, expect, test } from 'vitest';
import {
  ConnectionError,
  ControlFileNotFoundError,
  DeadlineError,
  HttpAfeClient,
  StagingError,
  type AfeClient,
  type CrashServerClient,
  type DevServerClient,
  type HttpTransport,
  type TkoClient,
} from 'dynamic-suite';
import {
  afeClientConformance,
  crashServerClientConformance,
  devServerClientConformance,
  tkoClientConformance,
  type ConformanceCase,
  type EmbeddedLab,
} from 'dynamic-suite/testing';
import { afeWith } from '../support/afe-with.js';

/** The names of the cases that a client fails. */
async function failing(cases: readonly ConformanceCase[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of cases) await run().catch(() => failed.push(name));
  return failed;
}

function devServerWith({ devServer }: EmbeddedLab, changes: Partial<DevServerClient>): DevServerClient {
  return {
    url: devServer.url,
    stage: (...args) => devServer.stage(...args),
    listControlFiles: (...args) => devServer.listControlFiles(...args),
    getControlFile: (...args) => devServer.getControlFile(...args),
    listSuiteControls: (...args) => devServer.listSuiteControls(...args),
    resolveBuild: (...args) => devServer.resolveBuild(...args),
    ...changes,
  };
}

function crashServerWith({ crashServer }: EmbeddedLab, changes: Partial<CrashServerClient>): CrashServerClient {
  return {
    url: crashServer.url,
    checkHealth: (...args) => crashServer.checkHealth(...args),
    stageSymbols: (...args) => crashServer.stageSymbols(...args),
    symbolicate: (...args) => crashServer.symbolicate(...args),
    ...changes,
  };
}

test('the stand-ins below fail for their mistakes alone', async () => {
  expect(await failing(afeClientConformance((lab) => afeWith(lab.afe, {})))).toEqual([]);
  expect(await failing(devServerClientConformance((lab) => devServerWith(lab, {})))).toEqual([]);
  expect(await failing(crashServerClientConformance((lab) => crashServerWith(lab, {})))).toEqual([]);
});

describe('an AFE client that', () => {
  test.each<[string, (lab: EmbeddedLab) => AfeClient, readonly string[]]>([
    [
      'sends a request again without a look whether it was acted on',
      (lab) => {
        const { urls, clock, transport } = lab;
        const resender = new HttpAfeClient({ url: urls.afe, clock, transport: resending(transport) });
        return afeWith(lab.afe, {
          createJob: (request, options) => resender.createJob(request, { ...options, lookForDoubles: false }),
        });
      },
      ['createJob: a lost answer never doubles a job'],
    ],
    [
      'drops a condition',
      (lab) => afeWith(lab.afe, { getJobs: ({ state: _, ...filter }, options) => lab.afe.getJobs(filter, options) }),
      ['not_yet_run', 'running', 'finished'].map((state) => `getJobs and getNumJobs: filter by state ${state}`),
    ],
    [
      'takes no ids for all ids',
      (lab) =>
        afeWith(lab.afe, {
          getJobs: ({ ids, ...filter }, options) =>
            lab.afe.getJobs(ids === undefined || ids.length === 0 ? filter : { ...filter, ids }, options),
        }),
      ['getJobs and getNumJobs: filter by no ids at all'],
    ],
    [
      'aborts whatever it is told to, nothing included',
      (lab) =>
        afeWith(lab.afe, {
          abortHostQueueEntries: async (filter, options) =>
            filter.jobIds.length === 0 ? [] : await lab.afe.abortHostQueueEntries(filter, options),
        }),
      ['abortHostQueueEntries: no jobs at all is a TypeError, and nothing is sent'],
    ],
    [
      'takes the time of the lab for its own',
      ({ urls, clock, transport }) => new HttpAfeClient({ url: urls.afe, clock, transport, timeZone: 'UTC' }),
      [
        // It looks for its job among those of another hour.
        'createJob: a lost answer never doubles a job',
        'getJobs and getNumJobs: filter by createdSinceMs',
        'getJobs: a job is as the AFE has it',
        'getJobs: times are milliseconds since the epoch, at 2026-01-05T09:00:00Z',
        'getJobs: times are milliseconds since the epoch, at 2026-07-05T09:00:00Z',
        'getHostQueueEntries: an entry is as the AFE has it, while it runs and when it is done',
      ],
    ],
    [
      'does not hear of signals and deadlines',
      (lab) => afeWith(lab.afe, { getLabels: (filter) => lab.afe.getLabels(filter) }),
      [
        'every call: with a signal that is aborted already, rejects with its reason and sends nothing',
        'every call: aborted while it waits, rejects with the reason of the signal and sends nothing more',
        'every call: is over when its deadline is',
      ],
    ],
    [
      'knows an answer to everything',
      (lab) =>
        afeWith(lab.afe, {
          getHosts: (filter, { signal, ...options } = {}) =>
            lab.afe.getHosts(filter, { signal, ...options }).catch((error: unknown) => {
              signal?.throwIfAborted();
              return error instanceof DeadlineError ? [] : Promise.reject(error);
            }),
        }),
      ['every call: is over when its deadline is', "every call: a server's error page is an error, never an answer"],
    ],
  ])('%s', async (_, connect, broken) => {
    expect(await failing(afeClientConformance(connect))).toEqual(broken);
  });
});

test('a TKO client that leaves out invalid rows', async () => {
  const connect = ({ tko }: EmbeddedLab): TkoClient => ({
    getDetailedTestViews: async (...args) =>
      (await tko.getDetailedTestViews(...args)).filter(({ invalid }) => !invalid),
  });
  expect(await failing(tkoClientConformance(connect))).toEqual([
    'getDetailedTestViews: rows that a retry has replaced are there, as invalid',
  ]);
});

describe('a dev server client that', () => {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  test.each<[string, (lab: EmbeddedLab) => DevServerClient, readonly string[]]>([
    [
      'hands on what the server says of a missing control file',
      (lab) =>
        devServerWith(lab, {
          getControlFile: (request, options) =>
            lab.devServer.getControlFile(request, options).catch((error: unknown) => {
              if (!(error instanceof ControlFileNotFoundError) || request.path === '') throw error;
              return new TextEncoder().encode(`Unknown control path /srv/static/${request.path}`);
            }),
        }),
      ['getControlFile: one that is not there is a ControlFileNotFoundError, never the text of the server'],
    ],
    [
      'takes control files for UTF-8',
      (lab) =>
        devServerWith(lab, {
          getControlFile: async (...args) =>
            new TextEncoder().encode(text(await lab.devServer.getControlFile(...args))),
        }),
      ['getControlFile: a control file comes byte for byte'],
    ],
    [
      'gives up at the first failure that it hears of, old or new',
      (lab) => {
        const failed = new Set<string>();
        return devServerWith(lab, {
          stage: async (request, options) => {
            if (failed.has(request.build)) throw new StagingError({ ...request, reason: 'as before' });
            await lab.devServer.stage(request, options).catch((error: unknown) => {
              failed.add(request.build);
              throw error;
            });
          },
        });
      },
      ['stage: the failure of an earlier staging is not that of a later one'],
    ],
    [
      'asks for a build and does not wait for it',
      (lab) =>
        devServerWith(lab, {
          stage: async ({ build, artifacts }, options) => {
            options?.signal?.throwIfAborted();
            const query = `archive_url=gs://chromeos-image-archive/${build}&artifacts=${artifacts.join()}&async=True`;
            const request = { method: 'GET', timeoutMs: 1_000, maxResponseBytes: 1_000 } as const;
            const url = `${lab.urls.devServer}/stage?${query}`;
            if ((await lab.transport.request({ ...request, url })).status !== 200) {
              throw new StagingError({ build, artifacts, reason: 'the server refuses' });
            }
          },
        }),
      [
        'stage: waits until everything is there',
        "stage: the server's failure is a StagingError",
        'stage: the failure of an earlier staging is not that of a later one',
        'stage: an artifact that the server does not know, or does not have, is a StagingError',
        'stage: a build that does not exist is a StagingError',
        'stage: the end of the deadline is a StagingError',
        'stage: aborted while it waits, rejects with the reason of the signal and asks no more',
      ],
    ],
  ])('%s', async (_, connect, broken) => {
    expect(await failing(devServerClientConformance(connect))).toEqual(broken);
  });
});

test('a crash server client that sends the whole buffer that a dump lies in', async () => {
  const connect = (lab: EmbeddedLab) =>
    crashServerWith(lab, {
      symbolicate: (request, options) =>
        lab.crashServer.symbolicate({ ...request, dump: new Uint8Array(request.dump.buffer) }, options),
    });
  expect(await failing(crashServerClientConformance(connect))).toEqual([
    'symbolicate: a dump that is a part of a larger buffer',
  ]);
});

/** A transport that sends a request again when its connection breaks, whatever the request does. */
function resending({ request }: HttpTransport): HttpTransport {
  return {
    request: (wanted) =>
      request(wanted).catch((error: unknown) => {
        if (error instanceof ConnectionError) return request(wanted);
        throw error;
      }),
  };
}
