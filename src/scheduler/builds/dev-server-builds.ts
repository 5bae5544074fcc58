import { BuildNameError } from '../../clients/dev-server/build-name.js';
import type { CallOptions } from '../../clients/call-options.js';
import type { BuildFinder } from '../../clients/dev-server/types.js';
import { allOrNone } from '../../runtime/abort.js';
import { systemClock, type Clock } from '../../runtime/clock.js';
import { silentLogger, type Logger } from '../../runtime/logger.js';
import { BuildSourceOptionError } from './errors.js';
import { passedBuild } from './passed-build.js';
import { PolledBuilds } from './polled-builds.js';
import type { BuildSource, PassedBuild } from './types.js';

/** What the source of a dev server's builds can be told. */
export interface DevServerBuildsOptions {
  /** A `HttpDevServerClient`, or a `DevServerPool` of several. */
  readonly devServer: BuildFinder;
  /** @defaultValue `['release']` */
  readonly types?: readonly string[] | undefined;
  /**
   * The milestones whose latest builds are asked for, besides the latest of all; one request each, for each board and
   * type.
   *
   * @defaultValue none
   */
  readonly milestones?: readonly number[] | undefined;
  /** @defaultValue the highest milestone of the builds, those of factory and firmware left out */
  readonly topOfTree?: ((options?: CallOptions) => Promise<number | null>) | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
}

/**
 * Builds as dev servers name them: the latest of each board, type and milestone that is staged, without times. Of
 * several builds that come between two looks the latest is told.
 *
 * @throws BuildSourceOptionError for options that cannot work
 */
export function devServerBuilds(options: DevServerBuildsOptions): BuildSource {
  const { devServer, types = ['release'], milestones = [], clock = systemClock, logger = silentLogger } = options;
  vetTypes(types);
  for (const milestone of milestones) {
    if (!Number.isSafeInteger(milestone) || milestone < 0) {
      throw new BuildSourceOptionError('milestones', 'must be whole numbers');
    }
  }
  const fetchBoard = async (board: string, call: CallOptions) => {
    const tasks = types.flatMap((type) =>
      [undefined, ...milestones].map(
        (milestone) => (signal: AbortSignal) =>
          latestOf(devServer, { target: `${board}-${type}`, milestone }, { ...call, signal }, logger),
      ),
    );
    const found = await allOrNone(tasks, call.signal);
    return found.filter((build) => build !== undefined);
  };
  return new PolledBuilds({ fetchBoard, clock, topOfTree: options.topOfTree });
}

/** Throws `BuildSourceOptionError` for what are no types of builds. */
export function vetTypes(types: readonly string[]): void {
  if (types.length > 0 && types.every((type) => /^\w+$/.test(type))) return;
  throw new BuildSourceOptionError('types', 'must be types of builds, e.g. release');
}

async function latestOf(
  devServer: BuildFinder,
  request: { readonly target: string; readonly milestone: number | undefined },
  options: CallOptions,
  logger: Logger,
): Promise<PassedBuild | undefined> {
  const { target, milestone } = request;
  // The server looks for it anywhere in the version: R2 alone would find R20.
  const part = milestone === undefined ? {} : { milestone: `R${String(milestone)}-` };
  const name = await devServer.getLatestBuild({ target, ...part }, options);
  if (name === undefined) return undefined;
  try {
    const build = passedBuild(name, null);
    return milestone === undefined || build.milestone === milestone ? build : undefined;
  } catch (error) {
    if (!(error instanceof BuildNameError)) throw error;
    logger.warn(`The latest build of ${target} has no name of a build, and is left out`, { error });
    return undefined;
  }
}
