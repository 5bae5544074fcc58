import { expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';
import { call } from './recorded-lab.js';

const job = { name: 'x', control_file: '', control_type: 'Server', priority: 10 };

/** What a user is told: the result, or the error's class and text. */
async function ask(lab: EmbeddedLab, user: string, method: string, args: object): Promise<unknown> {
  const { error, result } = (await call(lab, method, args, user)) as {
    readonly error: { readonly name: string; readonly message: string } | null;
    readonly result: unknown;
  };
  return error === null ? result : `${error.name}: ${error.message}`;
}

async function labOfTwoTeams(): Promise<EmbeddedLab> {
  const lab = await embeddedLab()
    .host('open', { labels: ['pool:open'] })
    .host('red-1', { labels: ['pool:red'], acls: ['red'] })
    .host('red-2', { labels: ['pool:red'], acls: ['red'] })
    .start();
  for (const user of ['alice', 'mallory']) await ask(lab, user, 'echo', {});
  await ask(lab, 'chromeos-test', 'acl_group_add_users', { id: 'red', users: ['alice'] });
  return lab;
}

test('hosts of a group are for its members alone', async () => {
  const lab = await labOfTwoTeams();
  const denied = 'AclAccessViolation: mallory does not have access to red-1';
  const lock = { id: 'red-1', locked: true, lock_reason: 'x' };
  const attribute = { attribute: 'a', value: 'b', hostname: 'red-1' };
  expect(await ask(lab, 'mallory', 'create_job', { ...job, hosts: ['red-1'] })).toBe(denied);
  expect(await ask(lab, 'mallory', 'modify_host', lock)).toBe(denied);
  expect(await ask(lab, 'mallory', 'set_host_attribute', attribute)).toBe(denied);
  expect(await ask(lab, 'mallory', 'delete_host', { id: 'red-1' })).toBe(denied);
  expect(lab.jobs()).toEqual([]);
  expect(lab.host('red-1').view()).toMatchObject({ locked: false, attributes: {} });
  expect(await ask(lab, 'mallory', 'create_job', { ...job, hosts: ['open'] })).toBe(1);
  expect(await ask(lab, 'alice', 'create_job', { ...job, hosts: ['red-1'] })).toBe(2);
  expect(await ask(lab, 'alice', 'modify_host', lock)).toBeNull();
  expect(lab.host('red-1').view().locked).toBe(true);
});

test('of several hosts those before the forbidden one are changed', async () => {
  const lab = await labOfTwoTeams();
  const update = { host_filter_data: {}, update_data: { locked: true, lock_reason: 'x' } };
  expect(await ask(lab, 'mallory', 'modify_hosts', update)).toBe(
    'AclAccessViolation: mallory does not have access to red-1',
  );
  expect(lab.hosts().map(({ locked }) => locked)).toEqual([true, false, false]);
});

test('a job that leaves the choice to the lab gets only a host that its owner may use', async () => {
  const lab = await labOfTwoTeams();
  const anyRed = { ...job, meta_hosts: ['pool:red'] };
  await ask(lab, 'mallory', 'create_job', anyRed);
  await ask(lab, 'alice', 'create_job', anyRed);
  await lab.clock.sleep(3_600_000);
  const statuses = () => lab.jobs().map(({ owner, entries }) => [owner, entries[0]?.status]);
  expect(statuses()).toEqual([
    ['mallory', 'Queued'],
    ['alice', 'Completed'],
  ]);
  await ask(lab, 'alice', 'acl_group_add_users', { id: 'red', users: ['mallory'] });
  await lab.clock.sleep(3_600_000);
  expect(statuses()[0]).toEqual(['mallory', 'Completed']);
});

test('a job is aborted by its owner, and by who has its host in a group of his own', async () => {
  const lab = await labOfTwoTeams();
  for (const host of ['open', 'red-1']) await ask(lab, 'chromeos-test', 'create_job', { ...job, hosts: [host] });
  const denied = (entry: string) =>
    `AclAccessViolation: You cannot abort the following job entries: ${entry.replace('-', '-chromeos-test/')}`;
  expect(await ask(lab, 'mallory', 'abort_host_queue_entries', { id__in: [1, 2] })).toBe(
    `${denied('1-open')}, 2-chromeos-test/red-1`,
  );
  expect(await ask(lab, 'alice', 'abort_host_queue_entries', { id: 1 })).toBe(denied('1-open'));
  expect(await ask(lab, 'alice', 'abort_host_queue_entries', { id: 2 })).toMatchObject([{ Job: 2 }]);
});

test('a host is open to everyone as long as it is in no other group', async () => {
  const lab = await labOfTwoTeams();
  const acls = async () =>
    ((await ask(lab, 'alice', 'get_hosts', { hostname: 'open' })) as { readonly acls: unknown }[])[0]?.acls;
  await ask(lab, 'alice', 'acl_group_add_hosts', { id: 'red', hosts: ['open'] });
  expect(await acls()).toEqual(['red']);
  await ask(lab, 'alice', 'acl_group_remove_hosts', { id: 'red', hosts: ['open'] });
  expect(await acls()).toEqual(['Everyone']);
  expect(await ask(lab, 'mallory', 'get_num_hosts', { aclgroup__users__login: 'mallory' })).toBe(1);
  await ask(lab, 'alice', 'delete_acl_group', { id: 'red' });
  expect(await ask(lab, 'mallory', 'get_num_hosts', { aclgroup__name: 'Everyone' })).toBe(3);
});

test('a group is changed by its members, and never left without any', async () => {
  const lab = await labOfTwoTeams();
  const denied = 'AclAccessViolation: You do not have access to red';
  for (const [method, args] of [
    ['modify_acl_group', { description: 'x' }],
    ['acl_group_add_users', { users: ['mallory'] }],
    ['acl_group_remove_users', { users: ['alice'] }],
    ['acl_group_add_hosts', { hosts: ['open'] }],
    ['acl_group_remove_hosts', { hosts: ['red-1'] }],
    ['delete_acl_group', {}],
  ] as const) {
    expect(await ask(lab, 'mallory', method, { id: 'red', ...args })).toBe(denied);
  }
  expect(await ask(lab, 'alice', 'modify_acl_group', { id: 1, description: 'x' })).toBe(
    "AclAccessViolation: You cannot modify 'Everyone'!",
  );
  expect(await ask(lab, 'chromeos-test', 'delete_acl_group', { id: 1 })).toBe(
    "AclAccessViolation: You cannot delete 'Everyone'!",
  );
  await ask(lab, 'alice', 'acl_group_remove_users', { id: 'red', users: ['chromeos-test', 'alice'] });
  await ask(lab, 'alice', 'modify_acl_group', { id: 'red', name: 'scarlet', description: 'a team' });
  expect(await ask(lab, 'alice', 'get_acl_groups', { name: 'SCARLET' })).toEqual([
    { id: 2, name: 'scarlet', description: 'a team', users: ['alice'], hosts: ['red-1', 'red-2'] },
  ]);
  expect(await ask(lab, 'mallory', 'add_acl_group', { name: 'scarlet' })).toBe(
    "ValidationError: {'name': 'This value must be unique (scarlet)'}",
  );
  expect(await ask(lab, 'mallory', 'add_acl_group', { name: 'blue', description: 'own' })).toBe(3);
  expect(await ask(lab, 'mallory', 'get_acl_groups', { users__login: 'mallory' })).toMatchObject([
    { name: 'Everyone' },
    { name: 'blue', users: ['mallory'] },
  ]);
});

test('users are changed by themselves and by superusers', async () => {
  const lab = await labOfTwoTeams();
  const denied = 'AclAccessViolation: You cannot modify user bob';
  expect(await ask(lab, 'mallory', 'add_user', { login: 'bob' })).toBe(denied);
  expect(await ask(lab, 'chromeos-test', 'add_user', { login: 'bob' })).toBe(4);
  expect(await ask(lab, 'chromeos-test', 'add_user', { login: 'BOB' })).toBe(
    "ValidationError: {'login': 'This value must be unique (BOB)'}",
  );
  expect(await ask(lab, 'mallory', 'modify_user', { id: 'bob', access_level: 100 })).toBe(denied);
  expect(await ask(lab, 'chromeos-test', 'modify_user', { id: 'bob', access_level: 100 })).toBeNull();
  expect(await ask(lab, 'chromeos-test', 'modify_user', { id: 'bob', shoe_size: 44 })).toBe(
    "ValidationError: {'shoe_size': 'No field of this name'}",
  );
  expect(await ask(lab, 'bob', 'create_job', { ...job, hosts: ['red-1'] })).toBe(1);
  await ask(lab, 'bob', 'delete_user', { id: 'alice' });
  expect(await ask(lab, 'bob', 'get_num_hosts', { aclgroup__users__login: 'alice' })).toBe(0);
  expect(await ask(lab, 'bob', 'get_users', { login: 'alice' })).toEqual([]);
});
