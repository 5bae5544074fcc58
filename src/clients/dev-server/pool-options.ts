import { systemClock, type Clock } from '../../runtime/clock.js';
import { silentLogger, type Logger } from '../../runtime/logger.js';
import { atLeast } from '../client-options.js';
import { ClientOptionError } from '../errors.js';
import { subnetRule, type SubnetRule } from './restricted-subnets.js';
import type { HealthReporter } from './server-health.js';
import type { BuildFinder, DevServerClient } from './types.js';

/** A dev server that can be one of several: it says how it is doing, and which builds it has. */
export interface PooledDevServer extends DevServerClient, BuildFinder, HealthReporter {}

/** How several dev servers are used. */
export interface DevServerPoolSettings {
  /**
   * Subnets whose devices reach no servers but those in them, and whose servers are for these devices alone, e.g.
   * `['10.1.0.0/16']`. A server counts by the IP address in its URL; one that is given by name is in no subnet.
   *
   * @defaultValue none
   */
  readonly restrictedSubnets?: readonly string[] | undefined;
  /**
   * A server with less room on its disk is not healthy, in GB; 0 switches the check off.
   *
   * @defaultValue 20
   */
  readonly minFreeDiskGb?: number | undefined;
  /**
   * How long a server may take to say how it is doing, in milliseconds.
   *
   * @defaultValue 6,000
   */
  readonly healthDeadlineMs?: number | undefined;
  /**
   * How long a server is taken for what it was when it was asked, in milliseconds.
   *
   * @defaultValue 10,000
   */
  readonly healthCacheMs?: number | undefined;
  /**
   * How long a server may leave calls unanswered until another one is looked for, in milliseconds.
   *
   * @defaultValue 120,000 (two minutes)
   */
  readonly failoverAfterMs?: number | undefined;
  /**
   * How long each server may take to name its latest build, in milliseconds.
   *
   * @defaultValue 60,000 (one minute)
   */
  readonly latestBuildDeadlineMs?: number | undefined;
  /**
   * How long a call may take over all servers, in milliseconds.
   *
   * @defaultValue 1,800,000 (30 minutes)
   */
  readonly deadlineMs?: number | undefined;
  /**
   * How many servers are asked at a time.
   *
   * @defaultValue 8
   */
  readonly concurrency?: number | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
}

/** {@link DevServerPoolSettings} with every gap filled. */
export interface ResolvedPoolSettings {
  readonly subnets: SubnetRule;
  readonly minFreeDiskGb: number;
  readonly healthDeadlineMs: number;
  readonly healthCacheMs: number;
  readonly failoverAfterMs: number;
  readonly latestBuildDeadlineMs: number;
  readonly deadlineMs: number;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Fills in the defaults. Throws `ClientOptionError` for a value that cannot work. */
export function resolvePoolSettings(settings: DevServerPoolSettings): ResolvedPoolSettings {
  const concurrency = atLeast('concurrency', settings.concurrency, 8, 1);
  if (!Number.isInteger(concurrency)) {
    throw new ClientOptionError('concurrency', `must be a whole number, not ${concurrency}`);
  }
  return {
    subnets: subnetRule(settings.restrictedSubnets ?? []),
    minFreeDiskGb: atLeast('minFreeDiskGb', settings.minFreeDiskGb, 20, 0),
    healthDeadlineMs: atLeast('healthDeadlineMs', settings.healthDeadlineMs, 6_000, 1),
    healthCacheMs: atLeast('healthCacheMs', settings.healthCacheMs, 10_000, 0),
    failoverAfterMs: atLeast('failoverAfterMs', settings.failoverAfterMs, 120_000, 1),
    latestBuildDeadlineMs: atLeast('latestBuildDeadlineMs', settings.latestBuildDeadlineMs, 60_000, 1),
    deadlineMs: atLeast('deadlineMs', settings.deadlineMs, 30 * 60_000, 1, Number.POSITIVE_INFINITY),
    concurrency,
    clock: settings.clock ?? systemClock,
    logger: settings.logger ?? silentLogger,
  };
}
