import assert from 'node:assert/strict';
import type { AfeClient, HostFilter } from '../../index.js';
import type { LabBuilder } from '../lab-builder.js';
import { embeddedLab } from '../lab-builder.js';
import type { PortPromise } from './conformance-case.js';
import { errorOf } from './expect-rejection.js';

/** Filters with the hosts of {@link labWithHosts} that pass. */
const filters: readonly { readonly by: string; readonly filter: HostFilter; readonly hosts: readonly string[] }[] = [
  { by: 'nothing', filter: {}, hosts: ['mario1', 'mario2', 'lumpy1'] },
  { by: 'hostnames', filter: { hostnames: ['lumpy1', 'mario2', 'nobody'] }, hosts: ['mario2', 'lumpy1'] },
  { by: 'no hostnames at all', filter: { hostnames: [] }, hosts: [] },
  { by: 'one label', filter: { labels: ['pool:bvt'] }, hosts: ['mario1', 'lumpy1'] },
  { by: 'several labels', filter: { labels: ['pool:bvt', 'board:x86-mario'] }, hosts: ['mario1'] },
  { by: 'no labels at all', filter: { labels: [] }, hosts: ['mario1', 'mario2', 'lumpy1'] },
  { by: 'a label that the AFE does not know', filter: { labels: ['pool:bvt', 'pool:nope'] }, hosts: [] },
  { by: 'both', filter: { hostnames: ['mario1', 'mario2'], labels: ['pool:bvt'] }, hosts: ['mario1'] },
];

export function hostPromises(): readonly PortPromise<AfeClient>[] {
  return [
    ...filters.map(({ by, filter, hosts }) => ({
      name: `getHosts: filter by ${by}`,
      lab: labWithHosts,
      check: async (afe: AfeClient) => {
        const found = await afe.getHosts(filter);
        assert.deepEqual(
          found.map(({ hostname }) => hostname).sort(),
          hosts.toSorted(),
          `getHosts should give the hosts that match every condition: ${JSON.stringify(filter)}`,
        );
      },
    })),
    {
      name: 'getHosts: a host is as the AFE has it',
      lab: labWithHosts,
      check: async (afe) => {
        const [host] = await afe.getHosts({ hostnames: ['mario2'] });
        const { labels, ...fields } = host ?? {};
        assert.deepEqual(
          fields,
          {
            id: 2,
            hostname: 'mario2',
            status: 'Repair Failed',
            locked: true,
            lockReason: 'on my desk',
            attributes: { color: 'red' },
          },
          'getHosts should give the fields of a host as the AFE has them',
        );
        const expected = new Set(['board:x86-mario', 'x86-mario', 'pool:suites']);
        assert.deepEqual(new Set(labels), expected, 'labels should be names');
      },
    },
    {
      name: 'getLabels: all, or those whose name starts with a prefix',
      lab: labWithHosts,
      check: async (afe) => {
        const namesOf = async (namePrefix?: string) =>
          (await afe.getLabels({ namePrefix })).map(({ name }) => name).sort();
        assert.deepEqual(
          await namesOf(),
          ['board:lumpy', 'board:x86-mario', 'lumpy', 'pool:bvt', 'pool:suites', 'x86-mario'],
          'getLabels should give all labels',
        );
        const boards = ['board:lumpy', 'board:x86-mario'];
        assert.deepEqual(await namesOf('board:'), boards, 'getLabels should give the labels that start with a prefix');
        assert.deepEqual(await namesOf('ario'), [], 'getLabels should look at the start of a name only');
        const ids = (await afe.getLabels({})).map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length, 'each label should have an id of its own');
      },
    },
    {
      name: 'getHostAttribute: the values on the given hosts, without those that have none',
      lab: labWithHosts,
      check: async (afe) => {
        const valuesOn = async (...hostnames: string[]) =>
          (await afe.getHostAttribute({ attribute: 'color', hostnames })).toSorted((a, b) =>
            a.value < b.value ? -1 : 1,
          );
        const blue = { hostname: 'mario1', attribute: 'color', value: 'blue' };
        const red = { hostname: 'mario2', attribute: 'color', value: 'red' };
        const expectation = 'getHostAttribute should give the values on the given hosts that have the attribute';
        assert.deepEqual(await valuesOn('mario1', 'mario2', 'lumpy1'), [blue, red], expectation);
        assert.deepEqual(await valuesOn('mario2'), [red], expectation);
        assert.deepEqual(await valuesOn(), [], 'getHostAttribute should give nothing for no hosts');
        const unknown = await afe.getHostAttribute({ attribute: 'nope', hostnames: ['mario1'] });
        assert.deepEqual(unknown, [], 'getHostAttribute should give nothing for an attribute that no host has');
      },
    },
    {
      name: 'setHostAttribute: sets a value on the given hosts, and null removes it',
      lab: labWithHosts,
      check: async (afe, lab) => {
        const colors = () => lab.hosts().map(({ attributes }) => attributes['color']);
        const hostnames = ['mario1', 'lumpy1'];
        await afe.setHostAttribute({ attribute: 'color', value: 'pale green', hostnames });
        assert.deepEqual(
          colors(),
          ['pale green', 'red', 'pale green'],
          'setHostAttribute should set the given hosts only',
        );
        await afe.setHostAttribute({ attribute: 'color', value: null, hostnames: ['mario1', 'mario2'] });
        assert.deepEqual(colors(), [undefined, undefined, 'pale green'], 'null should remove the attribute');
        await afe.setHostAttribute({ attribute: 'color', value: null, hostnames: ['mario1'] });
        assert.deepEqual(colors(), [undefined, undefined, 'pale green'], 'what is not there can be removed');
        await afe.setHostAttribute({ attribute: 'color', value: 'None', hostnames: ['mario2'] });
        assert.deepEqual(colors(), [undefined, 'None', 'pale green'], 'the text None should be a value like any other');
      },
    },
    {
      name: 'setHostAttribute: no hosts at all is a TypeError, and nothing is sent',
      lab: labWithHosts,
      check: async (afe, lab) => {
        const call = afe.setHostAttribute({ attribute: 'color', value: 'white', hostnames: [] });
        await errorOf(call, TypeError, 'setHostAttribute should reject without hosts');
        assert.equal(lab.calls.total, 0, 'setHostAttribute without hosts should send nothing');
      },
    },
  ];
}

function labWithHosts(): LabBuilder {
  return embeddedLab()
    .host('mario1', { board: 'x86-mario', pool: 'bvt', attributes: { color: 'blue' } })
    .host('mario2', {
      board: 'x86-mario',
      pool: 'suites',
      attributes: { color: 'red' },
      status: 'Repair Failed',
      locked: true,
      lockReason: 'on my desk',
    })
    .host('lumpy1', { board: 'lumpy', pool: 'bvt' });
}
