import type { LaunchNews } from '../backlog/backlog.js';
import type { Decision } from '../decide/facts.js';
import type { MissedOccurrence } from '../events/types.js';
import type { Problem } from './problems.js';

/** What a turn has decided and done. */
export interface TurnReport {
  readonly atMs: number;
  /** How long it took, in ms. */
  readonly ms: number;
  /** What was decided, and why. */
  readonly decisions: readonly Decision[];
  /** What became of the suites that were due, now or before. */
  readonly launches: readonly LaunchNews[];
  /** What was due too long ago, by the keyword of the event. */
  readonly missed: readonly (MissedOccurrence & { readonly event: string })[];
  /** What does not work at the moment. */
  readonly problems: readonly Problem[];
}
