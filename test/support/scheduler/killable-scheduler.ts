import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { join } from 'node:path';
import {
  chromeEbuilds,
  fileLease,
  fileLedger,
  gotTransport,
  manifestVersions,
  SuiteScheduler,
  type HttpTransport,
} from '../../../src/index.js';
import { VirtualClock } from '../../../src/testing/index.js';
import { interceptFileSteps } from '../file-writes.js';
import { weekConfig } from './week.js';

/**
 * Where a scheduler is killed: around its `at`-th outward effect, a request, a change of a file, a run of git. `torn`: in
 * the midst of it, a line half written, a request or a git under way.
 */
export interface SchedulerKill {
  readonly at: number;
  readonly when: 'before' | 'torn' | 'after';
}

/** What the process of a scheduler is told, as JSON in its only argument. */
export interface KillableSchedulerOptions {
  readonly afe: string;
  readonly manifests: string;
  readonly ebuilds: string;
  /** Of the ledger and the clones. */
  readonly folder: string;
  readonly startMs: number;
  /** Under a lease that it shares with others, and with clones of its own by this name; null: it is alone. */
  readonly shares: string | null;
  readonly kill: SchedulerKill | null;
}

/** A scheduler all of whose outward effects are counted, and whose process ends at one of them. */
export async function killableScheduler(
  options: KillableSchedulerOptions,
): Promise<{ readonly scheduler: SuiteScheduler; readonly clock: VirtualClock; readonly effects: () => number }> {
  const { afe, manifests, ebuilds, folder, startMs, shares } = options;
  const effect = effectCounter(options.kill);
  const own = gotTransport();
  const transport: HttpTransport = {
    request: (request) => effect.of(() => own.request(request)),
  };
  await interceptFileSteps(({ kind, run }) =>
    effect.of(
      () => run(),
      () => run(kind === 'write' ? 0.5 : 1),
    ),
  );
  countGit(effect);
  const clock = new VirtualClock({ startMs });
  const clones = { folder: join(folder, `clones-${shares ?? ''}`), clock };
  const scheduler = new SuiteScheduler({
    lab: { afe, transport },
    config: weekConfig(),
    builds: manifestVersions({ repositories: [manifests], ...clones }),
    chrome: chromeEbuilds({ repository: ebuilds, ...clones }),
    lease: shares === null ? undefined : fileLease(join(folder, 'lease'), { ttlMs: 30 * 60_000, clock }),
    ledger: fileLedger(join(folder, 'ledger'), { clock }),
    clock,
  });
  return { scheduler, clock, effects: effect.count };
}

interface EffectCounter {
  /** @param half - how it is done in part */
  of<T>(work: () => Promise<T>, half?: () => Promise<unknown>): Promise<T>;
  /** For what cannot be waited for: dies before it, or returns how to die behind it. */
  now(): (() => void) | undefined;
  count(): number;
}

function effectCounter(kill: SchedulerKill | null): EffectCounter {
  let count = 0;
  const die = (): Promise<never> => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => {});
  };
  const isLast = (): SchedulerKill['when'] | undefined => {
    count += 1;
    return count === kill?.at ? kill.when : undefined;
  };
  return {
    count: () => count,
    async of(work, half = async () => void work()) {
      const when = isLast();
      if (when === undefined) return await work();
      // Done or failed: it ends here.
      if (when !== 'before') await (when === 'torn' ? half() : work()).catch(() => {});
      return await die();
    },
    now() {
      const when = isLast();
      if (when === 'before') void die();
      return when === undefined ? undefined : () => void die();
    },
  };
}

/** A git that was started goes on when the scheduler is killed, beside that of the next one. */
function countGit(effect: EffectCounter): void {
  const module = process.getBuiltinModule('node:child_process');
  const { spawn } = module;
  const counted = (command: string, args: readonly string[], options: SpawnOptions): ChildProcess => {
    const dieBehind = effect.now();
    const child = spawn(command, args, options);
    dieBehind?.();
    return child;
  };
  Object.assign(module, { spawn: counted });
}
