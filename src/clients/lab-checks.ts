import type { Clock } from '../runtime/clock.js';
import { BadResponseError } from '../transport/errors.js';
import type { HttpAfeClient } from './afe/http-afe-client.js';
import type { CallOptions } from './call-options.js';
import { compareClocks } from './compare-clocks.js';
import { countHosts } from './count-hosts.js';
import type { ServerHealth } from './dev-server/server-health.js';
import type { LabCheckItem } from './lab-check.js';
import { createLabTime } from './lab-time.js';
import type { HttpTkoClient } from './tko/http-tko-client.js';
import { wireReader } from './wire-reader.js';

/** Whether the AFE is one, and whether its clock reads as ours in the lab's zone. No other service gives its time. */
export async function checkAfe(
  afe: HttpAfeClient,
  ours: { readonly clock: Clock; readonly timeZone: string },
  options: CallOptions,
): Promise<readonly LabCheckItem[]> {
  const { clock, timeZone } = ours;
  const method = 'get_server_time';
  const serverText = wireReader(await afe.call(method, {}, options), method).string();
  const clocks = compareClocks({ serverText, nowMs: clock.now(), labTime: createLabTime(timeZone), timeZone });
  if (clocks === null) throw new BadResponseError({ call: method, problem: 'expected a time', received: serverText });
  return [
    { name: 'AFE', status: 'ok', message: 'answers', hint: null },
    { name: 'AFE clock', ...clocks },
  ];
}

/** Whether the AFE knows a login. It must be asked by somebody else: it makes a user of whoever asks. */
export async function checkUser(
  afe: HttpAfeClient,
  user: string | undefined,
  options: CallOptions,
): Promise<readonly LabCheckItem[]> {
  const name = 'AFE user';
  if (user === undefined)
    return [{ name, status: 'ok', message: 'no login is sent: it takes its default user', hint: null }];
  const method = 'get_users';
  const answer = await afe.call(method, { login: user }, options);
  const [level] = wireReader(answer, method).list((wire) => wire.field('access_level').integer());
  if (level !== undefined) {
    return [{ name, status: 'ok', message: `knows ${JSON.stringify(user)}, access level ${level}`, hint: null }];
  }
  const hint = 'see whether "user" is right: with the first job the AFE makes a new user of it, without any rights';
  return [{ name, status: 'warning', message: `does not know ${JSON.stringify(user)}`, hint }];
}

/** Which boards and pools the lab has, and with how many hosts that can be used. */
export async function checkHosts(afe: HttpAfeClient, options: CallOptions): Promise<readonly LabCheckItem[]> {
  const [boardLabels, poolLabels, hosts] = await Promise.all([
    afe.getLabels({ namePrefix: 'board:' }, options),
    afe.getLabels({ namePrefix: 'pool:' }, options),
    afe.getHosts({}, options),
  ]);
  const { boards, pools } = countHosts([...boardLabels, ...poolLabels], hosts);
  return [boards, pools];
}

/** Whether TKO is one, by the call that suites read their results with, for a job that does not exist. */
export async function checkTko(tko: HttpTkoClient, options: CallOptions): Promise<readonly LabCheckItem[]> {
  await tko.getDetailedTestViews({ jobIds: [0] }, options);
  return [{ name: 'TKO', status: 'ok', message: 'answers', hint: null }];
}

/** Whether a dev server, or a crash server, is one, and whether it has room for builds. */
export async function checkServer(
  name: string,
  server: { readonly url: string; checkHealth(options: CallOptions): Promise<ServerHealth> },
  options: CallOptions,
): Promise<readonly LabCheckItem[]> {
  const { freeDiskGb, cpuPercent } = await server.checkHealth(options);
  if (freeDiskGb === null) {
    const hint = 'see whether the URL is that of a dev server: one says how much room its disk has';
    return [{ name, status: 'failed', message: 'answers, but does not say how it is doing', hint }];
  }
  const load = cpuPercent === null ? '' : `, CPU at ${Math.round(cpuPercent)} %`;
  const message = `answers; ${freeDiskGb} GB free${load}`;
  if (freeDiskGb >= enoughDiskGb) return [{ name, status: 'ok', message, hint: null }];
  const hint = `remove old builds: below ${enoughDiskGb} GB the lab takes a dev server for unhealthy`;
  return [{ name, status: 'warning', message, hint }];
}

const enoughDiskGb = 20;
