import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SuiteOutcome } from '../../src/index.js';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { gist, labOfSuite, problemsLeft, runKillable, undisturbed, type Kill } from '../support/killable-suite.js';

let folder = '';
let runs = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resume-'));
  runs = 0;
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

class Killed extends Error {}

interface Story {
  readonly lab: EmbeddedLab;
  readonly resultDir: string;
  readonly outcome: SuiteOutcome;
  /** How many effects the last run had. */
  readonly effects: number;
  /** How often the suite was really killed. */
  readonly kills: number;
}

/** Runs the suite, killed once for each of the kills, and at last to its end. */
async function story(kills: readonly Kill[], tagOf = (tag: string) => tag): Promise<Story> {
  const lab = await labOfSuite();
  runs += 1;
  const resultDir = join(folder, String(runs));
  const tag = tagOf(lab.suiteJob().tag);
  const { urls, transport, clock } = lab;
  const common = { urls, transport, clock, tag, resultDir };
  let killed = 0;
  for (const kill of kills) {
    const end = new AbortController();
    const die = () => {
      const reason = new Killed();
      end.abort(reason);
      return Promise.reject(reason);
    };
    try {
      await runKillable({ ...common, kill, die, signal: end.signal });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      killed += 1;
    }
  }
  const last = await runKillable({ ...common, die: () => Promise.reject(new Error('nobody kills it')) });
  return { ...last, lab, resultDir, kills: killed };
}

test('the suite of these tests tells what it should when nobody kills it', async () => {
  const { lab, resultDir, outcome, effects } = await story([]);
  expect(gist(outcome)).toEqual(undisturbed);
  expect(await problemsLeft(lab, resultDir)).toEqual([]);
  expect(effects).toBeGreaterThan(40);
});

// Every one before, after and torn: npm run test:soak
test('killed around any of its effects and started again, a suite ends as if nothing had been (S2)', async () => {
  const ways = ['before', 'after', 'torn'] as const;
  for (let at = 1; ; at += 1) {
    const when = ways[at % ways.length] ?? 'after';
    const { lab, resultDir, outcome, kills } = await story([{ at, when }]);
    expect({ at, when, gist: gist(outcome) }).toEqual({ at, when, gist: undisturbed });
    expect({ at, when, problems: await problemsLeft(lab, resultDir) }).toEqual({ at, when, problems: [] });
    if (kills === 0) break;
  }
});

test('killed again and again, it ends the same', async () => {
  const kill = fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    when: fc.constantFrom('before' as const, 'after' as const, 'torn' as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(kill, { minLength: 2, maxLength: 5 }), async (kills) => {
      const { lab, resultDir, outcome } = await story(kills);
      expect(gist(outcome)).toEqual(undisturbed);
      expect(await problemsLeft(lab, resultDir)).toEqual([]);
    }),
    { numRuns: 10, seed: 1 },
  );
});
