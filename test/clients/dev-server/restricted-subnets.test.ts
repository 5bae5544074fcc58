import fc from 'fast-check';
import { expect, test } from 'vitest';
import { subnetRule } from '../../../src/clients/dev-server/restricted-subnets.js';

const servers = [
  'http://10.1.0.5:8082',
  'http://10.1.200.5',
  'http://10.2.0.5',
  'http://ds.lab',
  'http://[fd00::5]',
].map((url) => ({ url }));
const allowed = (subnets: readonly string[], device?: string) =>
  subnetRule(subnets)
    .allowed(servers, device)
    .map(({ url }) => url.replace('http://', ''));

test('without restricted subnets every device may use every server', () => {
  expect(allowed([], '10.1.0.9')).toHaveLength(5);
  expect(allowed([])).toHaveLength(5);
});

test('a device in a restricted subnet uses servers in it only, and no other device uses those', () => {
  const subnets = ['10.1.0.0/17', '10.2.0.0/16'];
  expect(allowed(subnets, '10.1.127.255')).toEqual(['10.1.0.5:8082']);
  expect(allowed(subnets, '10.2.9.9')).toEqual(['10.2.0.5']);
  expect(allowed(subnets, '10.1.128.0')).toEqual(['10.1.200.5', 'ds.lab', '[fd00::5]']);
  expect(allowed(subnets, '192.168.1.1')).toEqual(['10.1.200.5', 'ds.lab', '[fd00::5]']);
});

test('without a device, or with one whose address is not known, restricted servers are left out', () => {
  expect(allowed(['10.1.0.0/16'])).toEqual(['10.2.0.5', 'ds.lab', '[fd00::5]']);
  expect(allowed(['10.1.0.0/16'], 'host1')).toEqual(['10.2.0.5', 'ds.lab', '[fd00::5]']);
});

test('of subnets within each other the narrower one counts for the device', () => {
  expect(allowed(['10.0.0.0/8', '10.1.0.0/16'], '10.1.0.9')).toEqual(['10.1.0.5:8082', '10.1.200.5']);
  expect(allowed(['10.0.0.0/8', '10.1.0.0/16'], '10.9.0.9')).toEqual(['10.1.0.5:8082', '10.1.200.5', '10.2.0.5']);
});

test('addresses are compared bit by bit, and IPv6 is known', () => {
  expect(allowed(['10.1.200.4/31'], '10.1.200.4')).toEqual(['10.1.200.5']);
  expect(allowed(['10.1.200.5/32'], '10.1.200.4')).not.toContain('10.1.200.5');
  expect(allowed(['0.0.0.0/0'], '1.2.3.4')).toHaveLength(3);
  expect(allowed(['fd00::/64'], 'fd00::9')).toEqual(['[fd00::5]']);
});

test.each(['', '10.1.0.0', '10.1.0.0/', '10.1.0.0/33', '10.1.0.0/-1', '10.1.0/16', '10.1.0.256/8', 'lab/8', '/8'])(
  '%j is no subnet',
  (text) => {
    expect(() => subnetRule(['10.0.0.0/8', text])).toThrow(
      expect.objectContaining({ code: 'ERR_CLIENT_OPTION', option: 'restrictedSubnets[1]' }),
    );
  },
);

test('whether an address lies in a subnet is a matter of its first bits', () => {
  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  const bits = (address: readonly number[]) => address.map((octet) => octet.toString(2).padStart(8, '0')).join('');
  fc.assert(
    fc.property(octets, octets, fc.integer({ min: 0, max: 32 }), (net, device, length) => {
      const rule = subnetRule([`${net.join('.')}/${length}`]);
      const isIn = bits(net).slice(0, length) === bits(device).slice(0, length);
      const own = { url: `http://${device.join('.')}` };
      // A server at the device's own address is for it in any case; for a device elsewhere only when unrestricted.
      expect(rule.allowed([own], device.join('.'))).toEqual([own]);
      expect(rule.allowed([own], undefined)).toEqual(isIn ? [] : [own]);
    }),
  );
});
