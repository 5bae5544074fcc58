import { ClientOptionError } from '../errors.js';

/** Which servers a device may be sent to. */
export interface SubnetRule {
  /**
   * Of some servers those that a device can use: one in a restricted subnet only servers of that subnet, any other only
   * servers outside of all of them.
   *
   * @param deviceAddress - the device's IP address; undefined where there is no device, or its address is not known
   */
  allowed<Server extends { readonly url: string }>(
    servers: readonly Server[],
    deviceAddress: string | undefined,
  ): readonly Server[];
}

/**
 * @param subnets - e.g. `['10.1.0.0/16']`; where one lies within another, the narrower one counts
 * @throws ClientOptionError for what is not a subnet
 */
export function subnetRule(subnets: readonly string[]): SubnetRule {
  const narrowestFirst = subnets
    .map((text, index) => readSubnet(text, `restrictedSubnets[${index}]`))
    .sort((a, b) => b.prefixLength - a.prefixLength);
  const subnetOf = (host: string) => narrowestFirst.find((subnet) => subnet.has(host));
  return {
    allowed(servers, deviceAddress) {
      const subnet = deviceAddress === undefined ? undefined : subnetOf(deviceAddress);
      if (subnet !== undefined) return servers.filter(({ url }) => subnet.has(hostOf(url)));
      return servers.filter(({ url }) => subnetOf(hostOf(url)) === undefined);
    },
  };
}

interface Subnet {
  readonly prefixLength: number;
  /** False for a host that is given by name. */
  has(host: string): boolean;
}

function readSubnet(text: string, option: string): Subnet {
  // Most labs have no such subnets, and whoever imports the package would pay for loading the module.
  const { BlockList, isIP } = process.getBuiltinModule('node:net');
  const slashAt = text.indexOf('/');
  const address = text.slice(0, Math.max(slashAt, 0));
  const length = text.slice(slashAt + 1);
  const version = isIP(address);
  const maxLength = version === 4 ? 32 : 128;
  if (version === 0 || !/^\d{1,3}$/.test(length) || Number(length) > maxLength) {
    throw new ClientOptionError(option, 'must be a subnet such as "10.1.0.0/16"');
  }
  const list = new BlockList();
  list.addSubnet(address, Number(length), familyOf(version));
  return {
    prefixLength: Number(length),
    has(host) {
      const hostVersion = isIP(host);
      return hostVersion !== 0 && list.check(host, familyOf(hostVersion));
    },
  };
}

function familyOf(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6';
}

/** The host of a URL; an IPv6 address without its brackets. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}
