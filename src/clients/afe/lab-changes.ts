import type { CallOptions } from '../call-options.js';
import type { JsonRpcService } from '../json-rpc-service.js';
import { wireReader } from '../wire-reader.js';
import type { HostChanges, NewHost, NewLabel } from './lab-records.js';
import { hostChanges, newHostArguments, newLabelArguments } from './wire-requests.js';

/** Makes a label. A second request does no harm only when the label may exist. */
export async function addLabel(service: JsonRpcService, label: NewLabel, options: CallOptions): Promise<number> {
  const kind = label.mayExist === true ? 'repeatable' : 'create';
  const answer = await service.call('add_label', newLabelArguments(label), { ...options, kind });
  return wireReader(answer, 'add_label').integer();
}

/** Makes a host known to the lab. */
export async function addHost(service: JsonRpcService, host: NewHost, options: CallOptions): Promise<number> {
  const answer = await service.call('add_host', newHostArguments(host), { ...options, kind: 'create' });
  return wireReader(answer, 'add_host').integer();
}

/** Changes hosts. The AFE refuses to lock a host twice, so a second request would turn a success into a failure. */
export async function modifyHosts(
  service: JsonRpcService,
  request: { readonly hostnames: readonly string[]; readonly changes: HostChanges },
  options: CallOptions,
): Promise<void> {
  const { hostnames, changes } = request;
  if (hostnames.length === 0) throw new TypeError('hostnames: must not be empty');
  const update = hostChanges(changes);
  if (Object.keys(update).length === 0) throw new TypeError('changes: must not be empty');
  const args = { host_filter_data: { hostname__in: hostnames }, update_data: update };
  await service.call('modify_hosts', args, { ...options, kind: 'locked' in update ? 'create' : 'repeatable' });
}
