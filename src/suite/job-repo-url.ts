import type { AfeClient } from '../clients/afe/types.js';
import type { CallOptions } from '../clients/call-options.js';

/**
 * Removes the attribute `job_repo_url`, which the lab leaves on a host when it provisions it, from hosts where it still
 * names one of the given builds; another suite may have the host by now, and keeps its own. At most two calls.
 *
 * @returns the hosts that had it
 */
export async function removeJobRepoUrls(
  afe: AfeClient,
  hostnames: readonly string[],
  builds: readonly string[],
  options?: CallOptions,
): Promise<readonly string[]> {
  if (hostnames.length === 0) return [];
  const found = await afe.getHostAttribute({ attribute, hostnames }, options);
  const ours = found.filter(({ value }) => namesBuild(value, builds)).map(({ hostname }) => hostname);
  if (ours.length > 0) await afe.setHostAttribute({ attribute, value: null, hostnames: ours }, options);
  return ours;
}

const attribute = 'job_repo_url';

/** The value is `<dev server>/static/<build>/autotest/packages`. */
function namesBuild(url: string, builds: readonly string[]): boolean {
  return builds.some((build) => url.includes(`/static/${build}/`));
}
