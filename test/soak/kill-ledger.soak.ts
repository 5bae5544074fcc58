import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { killedClaims } from '../support/killed-ledger.js';

const kills = 200;
/** As many as a process has that opens the ledger, claims four times, and closes it. */
const steps = 18;

test('200 processes killed by SIGKILL, each at another step of writing, lose no claim and see none as new twice (C1)', async () => {
  let confirmed = 0;
  for (let number = 0; number < kills; number += 1) {
    const kill = { killAt: 1 + (number % steps), part: Math.floor(number / steps) / (kills / steps) };
    const folder = await mkdtemp(join(tmpdir(), 'ledger-kill-'));
    const story = await killedClaims(folder, kill);
    await rm(folder, { recursive: true });
    expect({ kill, signal: story.signal, problems: story.problems }).toEqual({ kill, signal: 'SIGKILL', problems: [] });
    confirmed += story.confirmed;
  }
  expect(confirmed).toBeGreaterThan(kills);
});
