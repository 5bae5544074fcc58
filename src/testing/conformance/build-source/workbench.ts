import assert from 'node:assert/strict';
import type { BuildSource, PassedBuild } from '../../../index.js';
import type { VirtualClock } from '../../virtual-clock.js';

/** A promise of `BuildSource`. */
export interface BuildSourcePromise {
  readonly name: string;
  /** Sources that it is made by: those that know all builds, or the latest alone. @defaultValue every source */
  readonly of?: 'all' | 'latest' | undefined;
  readonly check: (bench: Workbench) => Promise<void>;
}

/** What is worked with: `BuildSourceUnderTest`, of which this file knows no more than it needs. */
interface UnderTest {
  readonly source: BuildSource;
  publish(builds: readonly { readonly name: string; readonly passedAtMs: number }[]): void | PromiseLike<void>;
  readonly connect?: ((isConnected: boolean) => void | PromiseLike<void>) | undefined;
  readonly restarted?: (() => BuildSource | PromiseLike<BuildSource>) | undefined;
}

/** A source under test with what the promises need all the time. */
export class Workbench {
  source: BuildSource;
  readonly clock: VirtualClock;
  readonly #underTest: UnderTest;
  readonly #latestOnly: boolean;

  constructor(underTest: UnderTest, clock: VirtualClock, latestOnly: boolean) {
    this.source = underTest.source;
    this.clock = clock;
    this.#underTest = underTest;
    this.#latestOnly = latestOnly;
  }

  /** Has builds pass, a minute after each other, and has the source look. Gives the times. */
  async pass(...names: readonly string[]): Promise<readonly number[]> {
    const times = await this.passUnseen(...names);
    await this.source.refresh();
    return times;
  }

  async passUnseen(...names: readonly string[]): Promise<readonly number[]> {
    const builds: { readonly name: string; readonly passedAtMs: number }[] = [];
    for (const name of names) {
      await this.clock.sleep(60_000);
      builds.push({ name, passedAtMs: this.clock.now() });
    }
    await this.#underTest.publish(builds);
    return builds.map(({ passedAtMs }) => passedAtMs);
  }

  /** The builds since a cursor, by name, and the next cursor. */
  async since(
    cursor: string | null,
    boards: readonly string[] = allBoards,
  ): Promise<{ names: readonly string[]; cursor: string }> {
    const found = await this.source.passedSince({ boards, cursor });
    assert.equal(typeof found.cursor, 'string', 'passedSince should give the cursor behind what it told');
    return { names: found.builds.map(({ name }) => name), cursor: found.cursor };
  }

  /** Where it stands now. */
  async cursor(boards: readonly string[] = allBoards): Promise<string> {
    return (await this.since(null, boards)).cursor;
  }

  /** A build as it has to be told. */
  build(
    parts: Pick<PassedBuild, 'board' | 'type' | 'milestone' | 'version'>,
    passedAtMs: number | undefined,
  ): PassedBuild {
    const { board, type, milestone, version } = parts;
    const name = `${board}-${type}/R${String(milestone)}-${version}`;
    return { name, board, type, milestone, version, passedAtMs: this.#latestOnly ? null : (passedAtMs ?? null) };
  }

  /** False where the source under test cannot be disconnected. */
  async connect(isConnected: boolean): Promise<boolean> {
    if (this.#underTest.connect === undefined) return false;
    await this.#underTest.connect(isConnected);
    return true;
  }

  /** Goes on with a new source, as after a restart; false where there is none. */
  async restart(): Promise<boolean> {
    if (this.#underTest.restarted === undefined) return false;
    this.source = await this.#underTest.restarted();
    return true;
  }
}

/** Names that are the beginning of each other, as those of real boards are. */
export const allBoards = ['x86-alex', 'x86-alex_he', 'x86-alex-he', 'daisy_spring', 'link'] as const;
