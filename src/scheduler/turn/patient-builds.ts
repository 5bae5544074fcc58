import type { BuildSource } from '../builds/types.js';

/**
 * A source of builds that was not to be reached: who asks for the builds up to a time later than what it knows is put off
 * until it answers again, since what it knows may not be all. New builds since a cursor lose nothing by waiting.
 */
export function patientBuilds(source: BuildSource, problem: string): BuildSource {
  return {
    refresh: (options) => source.refresh(options),
    passedBetween: () => Promise.reject(new Error(`the builds are not known yet: ${problem}`)),
    passedSince: (request, options) => source.passedSince(request, options),
    latest: (request, options) => source.latest(request, options),
    topOfTree: (options) => source.topOfTree(options),
  };
}

/**
 * A source of builds that has been away for too long to be waited for: who asks for the builds of a time makes do with
 * those that are known. A board of which none is known is waited for on.
 */
export function knownBuilds(source: BuildSource): BuildSource {
  return {
    refresh: (options) => source.refresh(options),
    async passedBetween(request, options) {
      const { builds, unanswered } = await source.passedBetween(request, options);
      const known = new Set(builds.map(({ board }) => board));
      return { builds, unanswered: unanswered.filter(({ board }) => !known.has(board)) };
    },
    passedSince: (request, options) => source.passedSince(request, options),
    latest: (request, options) => source.latest(request, options),
    topOfTree: (options) => source.topOfTree(options),
  };
}
