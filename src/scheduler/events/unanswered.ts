import type { FoundBuilds } from '../builds/types.js';
import { problemOf } from '../problem-of.js';
import type { Occurrence } from './types.js';

/** The boards whose builds a source could not tell, as an occurrence has them. */
export function unansweredOf({ unanswered }: Pick<FoundBuilds, 'unanswered'>): Occurrence['unanswered'] {
  return unanswered.map(({ board, error }) => ({ board, problem: problemOf(error) }));
}
