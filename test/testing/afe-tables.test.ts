import { describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';
import { jobRequest } from './job-request.js';

function smallLab(): Promise<EmbeddedLab> {
  return embeddedLab()
    .board('x86-mario', { hosts: 2, pool: 'bvt' })
    .label('bluetooth')
    .label('link', { platform: true })
    .label('lumpy', { platform: true })
    .start();
}

const host1 = 'chromeos1-rack1-host1';
const host2 = 'chromeos1-rack1-host2';

describe('labels', () => {
  test('a label can be renamed, and keeps its hosts', async () => {
    const { afe } = await smallLab();
    await afe.call('label_add_hosts', { id: 'bluetooth', hosts: [host1, 2] });
    await afe.call('modify_label', { id: 'bluetooth', name: 'bt', kernel_config: 'k', only_if_needed: true });
    expect(await afe.call('get_labels', { name: 'bt' })).toMatchObject([
      { name: 'bt', kernel_config: 'k', only_if_needed: true, platform: false },
    ]);
    expect(await afe.call('get_num_hosts', { labels__name: 'bt' })).toBe(2);
    expect(await afe.call('get_num_hosts', { exclude_only_if_needed_labels: true })).toBe(0);
    await afe.call('label_remove_hosts', { id: 'bt', hosts: [host1] });
    expect(await afe.call('get_hosts', { exclude_only_if_needed_labels: true })).toMatchObject([{ hostname: host1 }]);
  });

  test('a deleted label is gone from its hosts, and comes back under its id', async () => {
    const { afe } = await smallLab();
    const id = await afe.call('add_label', { name: 'lab:new' });
    await afe.call('host_add_labels', { id: host1, labels: ['lab:new'] });
    await afe.call('delete_label', { id: 'lab:new' });
    expect(await afe.call('get_num_hosts', { multiple_labels: ['lab:new'] })).toBe(0);
    expect(await afe.call('get_labels', { id })).toEqual([]);
    expect(await afe.call('add_label', { name: 'other' })).toBe(Number(id) + 1);
    expect(await afe.call('add_label', { name: 'LAB:new' })).toBe(id);
    expect(await afe.call('get_num_hosts', { multiple_labels: [Number(id)] })).toBe(0);
  });

  test('a label that hosts are to have is made when it is named', async () => {
    const { afe } = await smallLab();
    await afe.call('label_add_hosts', { id: 'fresh', hosts: [host2] });
    expect(await afe.call('get_hosts', { multiple_labels: ['fresh', 'pool:bvt'] })).toMatchObject([
      { hostname: host2 },
    ]);
  });

  test('labels can be left out by filters', async () => {
    const { afe } = await smallLab();
    const exclude = [{ platform: true }, { name__startswith: 'pool:' }];
    expect(await afe.call('get_labels', { exclude_filters: exclude })).toMatchObject([
      { name: 'board:x86-mario' },
      { name: 'bluetooth' },
    ]);
  });

  test.each<[string, object, string]>([
    ['add_label', { name: 'bluetooth' }, "{'name': 'This value must be unique (bluetooth)'}"],
    ['add_label', { name: '' }, "{'name': 'This field is required.'}"],
    ['add_label', { name: 'x', colour: 'red' }, "{'colour': 'No field of this name'}"],
    ['modify_label', { id: 'bluetooth', name: 'link' }, "{'name': 'This value must be unique (link)'}"],
    ['modify_label', { id: 'nope' }, "Label matching query does not exist. Lookup parameters were {'name': 'nope'}"],
    ['delete_label', { id: 99 }, "Label matching query does not exist. Lookup parameters were {'pk': 99}"],
    ['delete_label', { id: ['x'] }, "Invalid positional argument: ['x'] (<type 'list'>)"],
    [
      'label_add_hosts',
      { id: 99, hosts: [] },
      'Label id (99) does not exist. Please specify the argument, id, as a string',
    ],
    ['label_add_hosts', { id: 'x', hosts: ['a', host1, 'b'] }, 'The following hosts do not exist: a, b'],
    ['label_add_hosts', { id: 'x', hosts: [98, 99] }, 'sequence item 0: expected string, int found'],
    [
      'label_add_hosts',
      { id: 'link', hosts: [host1] },
      `{'labels': u'Host ${host1} already has a platform: x86-mario'}`,
    ],
    [
      'host_add_labels',
      { id: host1, labels: ['link', 'lumpy'] },
      "u'Adding more than one platform label: link, lumpy'",
    ],
    ['host_add_labels', { id: host1, labels: ['nope'] }, 'The following labels do not exist: nope'],
    ['add_label_to_hosts', { id: 'nope', hosts: [] }, 'Label matching query does not exist.'],
  ])('%s(%j) fails with %s', async (method, args, message) => {
    const { afe } = await smallLab();
    await expect(afe.call(method, { ...args })).rejects.toThrow(message);
  });
});

describe('hosts', () => {
  test('a new host is open to everyone and takes jobs', async () => {
    const lab = await smallLab();
    const added = await lab.afe.call('add_host', { hostname: ' new ', protection: 'Do not repair' });
    expect(added).toBe(3);
    await lab.afe.call('host_add_labels', { id: 'new', labels: ['lumpy', 'bluetooth'] });
    expect(await lab.afe.call('get_hosts', { id: added })).toMatchObject([
      {
        ...{ hostname: 'new', status: 'Ready', protection: 'Do not repair', acls: ['Everyone'], platform: 'lumpy' },
        labels: ['lumpy', 'bluetooth'],
      },
    ]);
    await lab.afe.createJob(jobRequest('x', { metaHosts: ['bluetooth'], dependencies: [] }));
    await lab.clock.sleep(3_600_000);
    expect(lab.jobs()[0]?.entries).toMatchObject([{ host: 'new', status: 'Completed' }]);
  });

  test('every field of a host but its status can be changed', async () => {
    const { afe } = await smallLab();
    const update = { hostname: 'renamed', protection: 4, synch_id: 7, leased: false, dirty: false };
    await afe.call('modify_host', { id: host1, ...update, locked: true, lock_reason: 'why' });
    expect(await afe.call('get_hosts', { hostname: 'renamed' })).toMatchObject([
      { ...update, id: 1, protection: 'Do not verify', locked: true, lock_reason: 'why', locked_by: 'chromeos-test' },
    ]);
    expect(await afe.call('get_hosts', { hostname: host1 })).toEqual([]);
    expect(await afe.call('get_hosts')).toMatchObject([{ id: 1 }, { id: 2 }]);
    await afe.call('modify_host', { id: 1, lock_reason: 'why not', synch_id: null });
    expect(await afe.call('get_hosts', { leased: false })).toMatchObject([{ lock_reason: 'why not', synch_id: null }]);
  });

  test('a deleted host leaves its jobs behind, aborted, and comes back empty', async () => {
    const lab = await smallLab();
    await lab.afe.createJob(jobRequest('x', { metaHosts: [], hosts: [host1], dependencies: [] }));
    await lab.clock.sleep(60_000);
    await lab.afe.call('set_host_attribute', { attribute: 'a', value: 'b', hostname: host1 });
    await lab.afe.call('delete_host', { id: host1 });
    expect(await lab.afe.call('get_num_hosts', {})).toBe(1);
    expect(await lab.afe.call('get_num_hosts', { valid_only: false, invalid: true })).toBe(1);
    expect(await lab.afe.call('get_host_queue_entries', { job: 1 })).toMatchObject([
      { aborted: true, deleted: true, host: { hostname: host1, invalid: true } },
    ]);
    await lab.clock.sleep(60_000);
    expect(lab.jobs()[0]?.entries[0]?.status).toBe('Aborted');
    expect(await lab.afe.call('add_host', { hostname: host1 })).toBe(1);
    expect(await lab.afe.call('get_hosts', { id: 1 })).toMatchObject([
      { hostname: host1, labels: [], attributes: {}, acls: ['Everyone'], status: 'Ready' },
    ]);
  });

  test.each<[string, object, string]>([
    ['add_host', { hostname: host1 }, `{'hostname': 'This value must be unique (${host1})'}`],
    ['add_host', { hostname: '  ' }, "{'hostname': 'This field is required.'}"],
    ['add_host', { hostname: 'x', locked: true }, "'Please provide a reason for locking when adding host.'"],
    ['add_host', { hostname: 'x', protection: 'much' }, 'value must be an integer.'],
    ['modify_host', { id: host1, status: 'Ready' }, "{'status': 'Host status can not be modified by the frontend.'}"],
    ['modify_host', { id: host1, shoes: 2 }, "{'shoes': 'No field of this name'}"],
    ['modify_host', { id: host1, hostname: host2 }, `{'hostname': 'This value must be unique (${host2})'}`],
    ['modify_host', { id: host1, locked: true }, `u'Please provide a reason for locking Host ${host1}'`],
    ['modify_host', { id: host1, locked: false }, `u'Host ${host1} already unlocked.'`],
    ['delete_host', { id: 'nope' }, "Host matching query does not exist. Lookup parameters were {'hostname': 'nope'}"],
  ])('%s(%j) fails with %s', async (method, args, message) => {
    const { afe } = await smallLab();
    await expect(afe.call(method, { ...args })).rejects.toThrow(message);
  });
});

test('hosts that run one job together are aborted together', async () => {
  const lab = await smallLab();
  const both = { metaHosts: ['board:x86-mario', 'board:x86-mario'], synchCount: 2 };
  await lab.afe.createJob(jobRequest('two_alike', both));
  await lab.clock.sleep(600_000);
  const problem = 'You cannot abort part of a synchronous job execution (1/group0), 1 included, 2 expected';
  await expect(lab.afe.call('abort_host_queue_entries', { id: 1 })).rejects.toThrow(`{'': u'${problem}'}`);
  expect(await lab.afe.call('abort_host_queue_entries', { job: 1 })).toHaveLength(2);
});

test('a board is on one shard at most', async () => {
  const { afe } = await embeddedLab().label('board:a').label('board:b').start();
  const errors = async (method: string, args: object) =>
    afe.call(method, { ...args }).catch((error: unknown) => String(error));
  expect(await afe.call('add_shard', { hostname: 'shard1', labels: 'board:a,board:b' })).toBe(1);
  expect(await errors('add_shard', { hostname: 's', labels: 'board:a' })).toContain(
    'board:a is already on shard shard1',
  );
  expect(await errors('add_shard', { hostname: 's', labels: 'pool:a' })).toContain('Sharding only supports');
  expect(await afe.call('get_shards', { labels__name: 'board:b' })).toMatchObject([{ hostname: 'shard1' }]);
  await afe.call('delete_shard', { hostname: 'shard1' });
  expect(await afe.call('get_shards')).toEqual([]);
  expect(await errors('delete_shard', { hostname: 'shard1' })).toContain('Shard matching query does not exist.');
  expect(await errors('delete_stable_version', { board: 'x' })).toContain(
    'StableVersion matching query does not exist.',
  );
  await afe.call('set_stable_version', { version: 'R1-1.0.0' });
  expect(await afe.call('get_stable_version', { board: 'x' })).toBe('R1-1.0.0');
});

test('a job can be made like another one', async () => {
  const lab = await smallLab();
  await lab.afe.createJob(jobRequest('x', { metaHosts: [], hosts: [host1], dependencies: ['pool:bvt'] }));
  expect(await lab.afe.call('get_info_for_clone', { id: 1, preserve_metahosts: false })).toMatchObject({
    job: { id: 1, dependencies: ['pool:bvt'] },
    hosts: [{ hostname: host1, platform: 'x86-mario', other_labels: 'board:x86-mario, pool:bvt' }],
    meta_host_counts: {},
    hostless: false,
  });
  await expect(lab.afe.call('get_info_for_clone', { id: 9, preserve_metahosts: false })).rejects.toThrow(
    "Job matching query does not exist. Lookup parameters were {'id': 9}",
  );
  expect(await lab.afe.call('get_hqe_percentage_complete', { job: 99 })).toBe(1);
});
