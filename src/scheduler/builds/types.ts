import type { CallOptions } from '../../clients/call-options.js';

/** A build that was made and may be tested. */
export interface PassedBuild {
  /** `<board>-<type>/R<milestone>-<version>`, e.g. `x86-alex-release/R20-2057.0.9`. */
  readonly name: string;
  readonly board: string;
  /** `release`, `paladin`, `factory`, `firmware`, ... */
  readonly type: string;
  readonly milestone: number;
  readonly version: string;
  /** When it passed, in ms since the epoch; null where the source does not know. */
  readonly passedAtMs: number | null;
}

/** A board whose builds could not be looked for this time. */
export interface UnansweredBoard {
  readonly board: string;
  readonly error: unknown;
}

/** Some builds, oldest first, and whose could not be had. */
export interface FoundBuilds {
  readonly builds: readonly PassedBuild[];
  readonly unanswered: readonly UnansweredBoard[];
}

/** Builds since a cursor, and the cursor after them. */
export interface NewBuilds extends FoundBuilds {
  /** Stands behind the builds that were told, and before those of a board that went unanswered. */
  readonly cursor: string;
}

/**
 * Where builds come from. A scheduler calls `refresh` once at the beginning of a turn, and asks the rest of what was
 * fetched then, so that all its decisions of a turn are about the same builds.
 *
 * Deliberately not part of the contract: which branches or types a task wants. A source tells of all builds of the
 * boards that it is asked about.
 */
export interface BuildSource {
  /** Fetches what is new. Rejects when nothing can be had; the source then still answers from what it has. */
  refresh(options?: CallOptions): Promise<void>;
  /**
   * Builds that passed after `afterMs` and not after `upToMs`, oldest first. A source that does not know when a build
   * passed tells the latest of each board, type and milestone.
   */
  passedBetween(
    request: { readonly boards: readonly string[]; readonly afterMs: number; readonly upToMs: number },
    options?: CallOptions,
  ): Promise<FoundBuilds>;
  /**
   * Builds that have come since the cursor was given out, each told once, oldest first. A cursor that means nothing any
   * more (a repository whose history was rewritten) stands for the time at which it was given out: a build may then be
   * told a second time, and none is left out.
   *
   * @param request - `cursor`: null for a first look, which tells no builds, only where it stands
   */
  passedSince(
    request: { readonly boards: readonly string[]; readonly cursor: string | null },
    options?: CallOptions,
  ): Promise<NewBuilds>;
  /** The build of the highest milestone and version; null where there is none. */
  latest(
    request: { readonly board: string; readonly type: string; readonly milestone?: number | undefined },
    options?: CallOptions,
  ): Promise<PassedBuild | null>;
  /** The milestone at the top of the tree, e.g. 50; null where the source does not know it. */
  topOfTree(options?: CallOptions): Promise<number | null>;
}

/** Where the version of Chrome comes from. */
export interface ChromeSource {
  /** What changes with each new Chrome, e.g. `50.0.2661.0-r1`; null where there is none yet. */
  revision(options?: CallOptions): Promise<string | null>;
}
