import type { BuildSource, UnansweredBoard } from '../builds/types.js';
import { problemOf } from '../problem-of.js';

/** A source of builds that puts down which boards it had no answer for, and why, by their names. */
export function watchedBuilds(source: BuildSource, unanswered: Map<string, string>): BuildSource {
  const note = <T extends { readonly unanswered: readonly UnansweredBoard[] }>(found: T): T => {
    for (const { board, error } of found.unanswered) unanswered.set(board, problemOf(error));
    return found;
  };
  return {
    refresh: (options) => source.refresh(options),
    passedBetween: async (request, options) => note(await source.passedBetween(request, options)),
    passedSince: async (request, options) => note(await source.passedSince(request, options)),
    latest: (request, options) => source.latest(request, options),
    topOfTree: (options) => source.topOfTree(options),
  };
}
