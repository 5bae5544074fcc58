/**
 * Why a suite is started, or is not (C3).
 *
 * - `launch`: it is to be started
 * - `wrong-hour`, `wrong-day`: the event occurred, but not at the time of the task
 * - `no-board`: the lab has no such board; `no-hosts`: no host has the board, or the board and the pool
 * - `no-builds`: no build of the board in the time that the event looks at; `branch-does-not-fit`: none of a branch or
 *   type that the task tests; `no-matching-build`: the firmware, or ChromeOS, build that is to go with it is missing;
 *   `not-newest`: a newer build is tested in its place; `builds-unknown`: the source of builds did not answer
 * - `lab-closed`: the lab's status page says so, of all builds or of this one
 * - `already-ran`: there is a suite job; `already-due`: it is about to be started; `same-suite`: another task has asked
 *   for the same suite on the same builds in this turn; `refused-before`, `missed-before`: see the launch
 * - `launched`, `refused`, `launch-failed`, `missed`: what became of a launch; `missed` also of what was due too long ago
 * - `not-due`: for events of one's own, for their `skips`
 */
export interface Reason {
  readonly code: ReasonCode;
  /** In a sentence without a full stop that does not name the task and the board. */
  readonly text: string;
}

export type ReasonCode =
  | 'launch'
  | 'wrong-hour'
  | 'wrong-day'
  | 'no-board'
  | 'no-hosts'
  | 'no-builds'
  | 'branch-does-not-fit'
  | 'no-matching-build'
  | 'not-newest'
  | 'builds-unknown'
  | 'lab-closed'
  | 'already-ran'
  | 'already-due'
  | 'same-suite'
  | 'refused-before'
  | 'missed-before'
  | 'launched'
  | 'refused'
  | 'launch-failed'
  | 'missed'
  | 'not-due';
