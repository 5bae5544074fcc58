import type { CallOptions } from '../../clients/call-options.js';
import type { Clock } from '../../runtime/clock.js';
import { markOf, newBehind, noMark, readMark, type BoardMark } from './board-mark.js';
import { BuildIndex } from './build-index.js';
import { isRecord, readCursor, writeCursor, type Cursor } from './cursor.js';
import type { BuildSource, FoundBuilds, NewBuilds, PassedBuild, UnansweredBoard } from './types.js';

/** A server that is asked, board by board, for the builds that it has now. */
export interface PolledServer {
  /** The builds of a board. */
  readonly fetchBoard: (board: string, options: CallOptions) => Promise<readonly PassedBuild[]>;
  readonly clock: Clock;
  readonly topOfTree: ((options?: CallOptions) => Promise<number | null>) | undefined;
}

/** What is known of a board. */
interface BoardFacts {
  /** The turn in which it was asked for. */
  readonly turn: number;
  /** Undefined when it could never be had. */
  readonly index: BuildIndex | undefined;
  /** When the builds were had. */
  readonly fetchedMs: number;
  /** Why they could not be had this time. */
  readonly problem: { readonly error: unknown } | undefined;
}

/**
 * Builds of a server that is asked board by board. A board is asked for once a turn, which begins with `refresh`: those
 * that were asked about lately at once, any other when it is first asked about.
 */
export class PolledBuilds implements BuildSource {
  readonly #server: PolledServer;
  readonly #boards = new Map<string, BoardFacts>();
  /** Board → the turn in which it was last asked about. */
  readonly #askedIn = new Map<string, number>();
  #turn = 0;

  constructor(server: PolledServer) {
    this.#server = server;
  }

  async refresh(options: CallOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    this.#turn += 1;
    for (const [board, turn] of this.#askedIn) {
      if (this.#turn - turn <= turnsToRemember) continue;
      this.#askedIn.delete(board);
      this.#boards.delete(board);
    }
    const facts = await this.#factsOf([...this.#askedIn.keys()], options);
    const [first] = facts;
    if (first?.[1].problem !== undefined && facts.every(([, { problem }]) => problem !== undefined)) {
      throw first[1].problem.error;
    }
  }

  async passedBetween(
    request: { readonly boards: readonly string[]; readonly afterMs: number; readonly upToMs: number },
    options: CallOptions = {},
  ): Promise<FoundBuilds> {
    const facts = await this.#ask(request.boards, options);
    const all = new BuildIndex(facts.flatMap(([, { index }]) => [...(index?.all() ?? [])]));
    return { builds: all.passedBetween(request), unanswered: unansweredOf(facts) };
  }

  async passedSince(
    request: { readonly boards: readonly string[]; readonly cursor: string | null },
    options: CallOptions = {},
  ): Promise<NewBuilds> {
    const cursor = request.cursor === null ? undefined : readCursor(request.cursor);
    const facts = await this.#ask(request.boards, options);
    const former = isRecord(cursor?.rest.boards) ? cursor.rest.boards : {};
    const marks: Record<string, unknown> = { ...former };
    const found = new BuildIndex();
    let atMs = this.#server.clock.now();
    for (const [board, { index, fetchedMs }] of facts) {
      if (index === undefined) continue;
      const mark = markBefore(board, index, cursor);
      for (const build of newBehind(mark, index)) found.add(build);
      marks[board] = markOf(index, mark);
      atMs = Math.min(atMs, fetchedMs);
    }
    return {
      builds: found.inOrder(),
      unanswered: unansweredOf(facts),
      cursor: writeCursor({ atMs, rest: { boards: marks } }),
    };
  }

  async latest(
    request: { readonly board: string; readonly type: string; readonly milestone?: number | undefined },
    options: CallOptions = {},
  ): Promise<PassedBuild | null> {
    const [facts] = await this.#ask([request.board], options);
    const { index, problem } = facts?.[1] ?? {};
    if (index === undefined) throw problem?.error;
    return index.latest(request);
  }

  async topOfTree(options: CallOptions = {}): Promise<number | null> {
    options.signal?.throwIfAborted();
    if (this.#server.topOfTree !== undefined) return await this.#server.topOfTree(options);
    const milestones = [...this.#boards.values()].flatMap(({ index }) => index?.highestMilestone() ?? []);
    return milestones.length === 0 ? null : Math.max(...milestones);
  }

  async #ask(boards: readonly string[], options: CallOptions): Promise<readonly (readonly [string, BoardFacts])[]> {
    options.signal?.throwIfAborted();
    const wanted = [...new Set(boards)];
    for (const board of wanted) this.#askedIn.set(board, this.#turn);
    return await this.#factsOf(wanted, options);
  }

  async #factsOf(boards: readonly string[], options: CallOptions): Promise<readonly (readonly [string, BoardFacts])[]> {
    const turn = this.#turn;
    return await Promise.all(boards.map(async (board) => [board, await this.#fetch(board, turn, options)] as const));
  }

  /** What is known of a board in this turn. A failure is known as well: it is not looked for again until the next one. */
  async #fetch(board: string, turn: number, options: CallOptions): Promise<BoardFacts> {
    const known = this.#boards.get(board);
    if (known !== undefined && known.turn >= turn) return known;
    const startedMs = this.#server.clock.now();
    let facts: BoardFacts;
    try {
      const builds = await this.#server.fetchBoard(board, options);
      facts = { turn, index: new BuildIndex(builds), fetchedMs: startedMs, problem: undefined };
    } catch (error) {
      options.signal?.throwIfAborted();
      facts = { turn, index: known?.index, fetchedMs: known?.fetchedMs ?? startedMs, problem: { error } };
    }
    // Of two who asked at once, the first answer is that of the turn.
    const meanwhile = this.#boards.get(board);
    if (meanwhile !== undefined && meanwhile.turn >= turn) return meanwhile;
    this.#boards.set(board, facts);
    return facts;
  }
}

/** A board that nobody asks about any more is not fetched for ever. */
const turnsToRemember = 12;

function unansweredOf(facts: readonly (readonly [string, BoardFacts])[]): readonly UnansweredBoard[] {
  return facts.flatMap(([board, { problem }]) => (problem === undefined ? [] : [{ board, error: problem.error }]));
}

/** Where a cursor stands in the builds of a board. */
function markBefore(board: string, index: BuildIndex, cursor: Cursor | undefined): BoardMark {
  if (cursor === undefined) return markOf(index);
  const { boards } = cursor.rest;
  // Of a source of another kind the time is all that can be used.
  if (!isRecord(boards)) return { ...noMark, atMs: cursor.atMs };
  const mark = Object.hasOwn(boards, board) ? readMark(boards[board]) : undefined;
  if (mark !== undefined) return mark;
  // A board that is new, or was not to be had: what has no time cannot be told from what was there all the time.
  return { ...markOf(index), atMs: cursor.atMs, recent: [] };
}
