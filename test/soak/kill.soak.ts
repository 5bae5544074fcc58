import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { killedStory } from '../support/killed-child.js';
import { undisturbed } from '../support/killable-suite.js';

const kills = 200;
/** The suite has a few more: with real time, how many polls it takes is chance. */
const effects = 40;
const ways = ['before', 'after', 'torn'] as const;

test('200 processes killed by SIGKILL, each around another effect, leave nothing doubled, lost or torn (S2)', async () => {
  let killed = 0;
  for (let number = 0; number < kills; number += 1) {
    const kill = { at: 1 + (Math.floor(number / ways.length) % effects), when: ways[number % ways.length] ?? 'after' };
    const folder = await mkdtemp(join(tmpdir(), 'kill-'));
    const story = await killedStory(folder, [kill]);
    await rm(folder, { recursive: true });
    expect({ kill, gist: story.gist, problems: story.problems }).toEqual({ kill, gist: undisturbed, problems: [] });
    killed += story.kills;
  }
  expect(killed).toBe(kills);
});
