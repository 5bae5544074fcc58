import { systemClock, type Clock } from '../runtime/clock.js';
import { atLeast } from './client-options.js';
import { explainFailure, type ServiceDescription } from './explain-failure.js';
import { LabCheck, type LabCheckItem } from './lab-check.js';
import { checkAfe, checkHosts, checkServer, checkTko, checkUser } from './lab-checks.js';
import { labFromConfig, type LabConfig } from './lab-config.js';

/** How a lab is looked at. */
export interface CheckLabOptions {
  /** Stops it; `checkLab` then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long each question may take, in milliseconds. They are asked side by side, and once: a service that is down
   * now is a finding.
   *
   * @defaultValue 15,000
   */
  readonly deadlineMs?: number | undefined;
  /**
   * What the AFE's clock is compared with.
   *
   * @defaultValue the computer's clock
   */
  readonly clock?: Clock | undefined;
}

/**
 * Looks whether suites can run in a lab, and says what is in the way. Changes nothing: it only reads, and asks as the
 * services' default user, since the AFE makes a user of any login that it hears.
 *
 * What is wrong with the lab is in the result and never thrown.
 *
 * @throws ClientOptionError for a configuration or an option that cannot work
 * @throws the signal's reason when aborted
 */
export async function checkLab(config: LabConfig, options: CheckLabOptions = {}): Promise<LabCheck> {
  const { signal, clock = systemClock } = options;
  const deadlineMs = atLeast('deadlineMs', options.deadlineMs, 15_000, 1, 2 ** 31 - 1);
  const { user } = labFromConfig(config);
  signal?.throwIfAborted();
  const lab = labFromConfig(
    { ...config, user: undefined, timeouts: { perTryMs: deadlineMs, deadlineMs } },
    { clock, retry: noRetry },
  );
  const call = { signal, deadlineMs };
  const { afe, tko, timeZone } = lab;
  const tkoService = { what: 'a TKO', setting: config.tko === undefined ? 'afe' : 'tko', example: 'http://afe.lab' };
  const servers = [
    ...lab.devServers.map((server, index, all) => ({ server, name: numbered('dev server', index, all) })),
    ...lab.crashServers.map((server, index, all) => ({ server, name: numbered('crash server', index, all) })),
  ];
  try {
    const groups = await Promise.all([
      checked(['AFE', 'AFE clock'], afeService, () => checkAfe(afe, { clock, timeZone }, call)),
      checked(['AFE user'], afeService, () => checkUser(afe, user, call)),
      checked(['boards', 'pools'], afeService, () => checkHosts(afe, call)),
      checked(['TKO'], tkoService, () => checkTko(tko, call)),
      ...servers.map(({ server, name }) => {
        const service = { what: 'a dev server', setting: server.url, example: 'http://devserver.lab:8082' };
        return checked([name], service, () => checkServer(name, server, call));
      }),
    ]);
    signal?.throwIfAborted();
    return new LabCheck(withoutRepetitions(groups.flat()));
  } finally {
    lab.close();
  }
}

const afeService: ServiceDescription = { what: 'an AFE', setting: 'afe', example: 'http://afe.lab' };

/** A first wait that is longer than any deadline: the first failure is the answer. */
const noRetry = { firstDelayMs: Number.MAX_SAFE_INTEGER, maxDelayMs: Number.MAX_SAFE_INTEGER, jitter: 0 };

/** The items of a check; of one that fails, all of them say so. */
async function checked(
  names: readonly [string, ...string[]],
  service: ServiceDescription,
  look: () => Promise<readonly LabCheckItem[]>,
): Promise<readonly LabCheckItem[]> {
  const [first, ...others] = names;
  try {
    return await look();
  } catch (error) {
    return [
      { name: first, status: 'failed', ...explainFailure(error, service) },
      ...others.map((name): LabCheckItem => ({
        name,
        status: 'failed',
        message: `not known, see ${first}`,
        hint: null,
      })),
    ];
  }
}

/** What keeps several questions from being answered is said once. */
function withoutRepetitions(items: readonly LabCheckItem[]): readonly LabCheckItem[] {
  return items.map((item) => {
    const first = items.find(({ status, message }) => status === 'failed' && message === item.message);
    if (first === undefined || first === item || item.hint === null) return item;
    return { ...item, message: `not known, see ${first.name}`, hint: null };
  });
}

function numbered(name: string, index: number, all: readonly unknown[]): string {
  return all.length === 1 ? name : `${name} ${index + 1}`;
}
