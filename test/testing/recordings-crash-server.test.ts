import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { recordings, send } from './recorded-lab.js';

describe.each(['crashServer', 'devServer'] as const)('%s symbolicates dumps as recorded', (server) => {
  let lab: EmbeddedLab;
  beforeAll(async () => {
    lab = await embeddedLab({ clock: new VirtualClock({ startMs: Date.UTC(2016, 0, 30, 12), autoAdvance: false }) })
      .build('x86-mario-release/R19-1998.0.0')
      .build('x86-mario-release/R20-2226.0.0', { symbols: false })
      .start();
  });

  // In sequence: symbols are there once a dump has needed them.
  test.each(recordings('crash-server'))('$name', async ({ method, path, headers, body, status, answer }) => {
    const response = await send(lab, lab.urls[server] + path, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers: headers ?? {},
      body: typeof body === 'string' ? expanded(body) : undefined,
    });
    expect(response.status).toBe(status);
    if (typeof answer === 'string') expect(response.text).toBe(answer.replace(endOfRecordedStack, ''));
    else expect(tellingParts(response.text)).toEqual(answer);
  });
});

/** Where it recorded, a script stood in for `minidump_stackwalk` and told what it had been given. */
const endOfRecordedStack = /symbols: .*\nsize: \d+\n$/;

/** The recorded dump held all bytes, forty times over. */
function expanded(body: string): Uint8Array {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
  return Buffer.from(
    body.replace('<10240 bytes>', () => all.repeat(40)),
    'latin1',
  );
}

function tellingParts(page: string): object {
  const shown = /<p>([^]*?)<\/p>/.exec(page)?.[1];
  const traceback = /<pre id="traceback">([^]*?)<\/pre>/.exec(page)?.[1] ?? '';
  return { shown, lastLine: traceback.trim().split('\n    ...\n').at(-1) };
}
