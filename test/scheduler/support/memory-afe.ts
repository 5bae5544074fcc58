import type { AfeClient, Host, Job, SuiteJobCreator } from '../../../src/clients/afe/types.js';

/** An AFE that knows boards, hosts and suite jobs, counts what it is asked, and creates nothing. */
export interface MemoryAfe extends AfeClient, SuiteJobCreator {
  /** The calls that were made, by the name of the method. */
  readonly calls: string[];
  /** With an error every call rejects with it. */
  problem: Error | null;
  labels: string[];
  hosts: Pick<Host, 'labels'>[];
  jobs: Job[];
}

/** Boards and pools: `lumpy` alone, or `lumpy bvt` for a host in the pool bvt. */
export function memoryAfe(hosts: readonly string[]): MemoryAfe {
  const notOffered = () => Promise.reject(new Error('not offered'));
  const afe: MemoryAfe = {
    calls: [],
    problem: null,
    labels: [...new Set(hosts.map((host) => `board:${host.split(' ')[0] ?? ''}`))],
    hosts: hosts.map((host) => {
      const [board = '', ...pools] = host.split(' ');
      return { labels: [`board:${board}`, ...pools.map((pool) => `pool:${pool}`)] };
    }),
    jobs: [],
    getLabels: () => answer('getLabels', () => afe.labels.map((name, id) => ({ id, name }))),
    getHosts: () => answer('getHosts', () => afe.hosts.map(({ labels }, id) => aHost(id, labels))),
    getJobs: ({ idAbove = 0, createdSinceMs = 0, limit = Infinity, nameContains = '' }) =>
      answer('getJobs', () =>
        afe.jobs
          .filter(({ id, name, createdOnMs }) => {
            return id > idAbove && name.includes(nameContains) && (createdOnMs ?? Infinity) >= createdSinceMs;
          })
          .slice(0, limit),
      ),
    getNumJobs: notOffered,
    getHostQueueEntries: notOffered,
    abortHostQueueEntries: notOffered,
    getHostAttribute: notOffered,
    setHostAttribute: notOffered,
    createJob: notOffered,
    createSuiteJob: notOffered,
  };
  const answer = async <T>(call: string, give: () => T): Promise<T> => {
    afe.calls.push(call);
    if (afe.problem !== null) throw afe.problem;
    return give();
  };
  return afe;
}

function aHost(id: number, labels: readonly string[]): Host {
  const attributes = {};
  return { id, hostname: `host${id}`, status: 'Ready', locked: false, lockReason: '', labels, attributes };
}

/** A suite job as somebody else has had it made; without arguments its head says nothing. */
export function aSuiteJob(
  id: number,
  build: string,
  {
    suite = 'bvt',
    createdOnMs = 0,
    args = null,
  }: {
    readonly suite?: string;
    readonly createdOnMs?: number | null;
    readonly args?: { readonly board: string; readonly builds: Readonly<Record<string, string>> } | null;
  } = {},
): Job {
  const head = args === null ? '' : `board = '${args.board}'\nbuilds = ${JSON.stringify(args.builds)}\n`;
  return {
    id,
    name: `${build}-test_suites/control.${suite}`,
    owner: 'somebody',
    parentJobId: null,
    priority: 20,
    createdOnMs,
    keyvals: {},
    dependencies: [],
    controlFile: `${head}args_dict = {}\nNAME = '${suite}'\n`,
  };
}
