import { expect, test } from 'vitest';
import type { Host } from '../../src/clients/afe/types.js';
import { reasonForNoHost } from '../../src/suite/host-check.js';

function aHost(changes: Partial<Host> = {}): Host {
  const labels = ['board:x86-mario', 'pool:bvt'];
  return {
    id: 1,
    hostname: 'host1',
    status: 'Ready',
    locked: false,
    lockReason: '',
    labels,
    attributes: {},
    ...changes,
  };
}

test('a usable host is enough (S11)', () => {
  const locked = aHost({ hostname: 'host2', locked: true });
  expect(reasonForNoHost([locked, aHost({ status: 'Running' })], ['board:x86-mario', 'pool:bvt'])).toBeNull();
});

test('the reason says what is missing (S11)', () => {
  expect(reasonForNoHost([], ['board:nope', 'pool:bvt'])).toBe('No host has the label board:nope');
  expect(reasonForNoHost([aHost(), aHost()], ['board:x86-mario', 'pool:cq'])).toBe(
    'None of the 2 hosts with board:x86-mario has the label pool:cq',
  );
});

test('hosts that nobody can use are told with their state (S11)', () => {
  const hosts = [
    aHost({ status: 'Repair Failed' }),
    aHost({ hostname: 'host2', locked: true, lockReason: 'broken screen' }),
    aHost({ hostname: 'host3', locked: true }),
  ];
  expect(reasonForNoHost(hosts, ['board:x86-mario'])).toBe(
    'None of the 3 hosts with board:x86-mario is usable (host1: Repair Failed, host2: locked, broken screen, host3: locked)',
  );
});
