import assert from 'node:assert/strict';
import type { EmbeddedLab } from '../embedded-lab.js';
import type { LabBuilder } from '../lab-builder.js';
import { embeddedLab } from '../lab-builder.js';
import type { PortPromise } from './conformance-case.js';
import { errorOf } from './expect-rejection.js';

/** What the `url` of a dev server's or crash server's client promises. */
export function urlPromise<Client extends { readonly url: string }>(
  server: 'devServer' | 'crashServer',
): PortPromise<Client> {
  return {
    name: 'url: the base URL of the server, without a trailing slash and credentials',
    lab: () => embeddedLab(),
    check: async ({ url }, lab) => {
      assert.equal(url, lab.urls[server], 'url should be the base URL as others are told it');
    },
  };
}

/** An answer that has no form at all cannot be read, however successful the server calls it. */
export function garbagePromise<Client>(
  service: 'afe' | 'tko' | 'devServer' | 'crashServer',
  lab: () => LabBuilder,
  method: string,
  call: (client: Client, lab: EmbeddedLab) => Promise<unknown>,
): PortPromise<Client> {
  return {
    name: `${method}: garbage is an error, never an answer`,
    lab,
    check: async (client, started) => {
      started.faults.add({ service, kind: 'garbage', count: Infinity });
      await errorOf(call(client, started), Error, `${method} should reject when the answer makes no sense`);
    },
  };
}
