import { LeaseHeldError } from '../../../src/index.js';
import { killableScheduler, type KillableSchedulerOptions } from './killable-scheduler.js';

/** What this process answers when it has taken a turn. */
export interface TurnAnswer {
  readonly problems: readonly string[];
  /** All that it has done since it was started. */
  readonly effects: number;
}

const options = JSON.parse(process.argv[2] ?? '') as KillableSchedulerOptions;
const { scheduler, clock, effects } = await killableScheduler(options);

/** A turn that another process takes. */
export type TurnOutcome = TurnAnswer | 'held';

process.on('message', (atMs: number) => {
  void takeTurn(atMs).then((outcome) => process.send?.(outcome));
});
process.send?.('ready');

async function takeTurn(atMs: number): Promise<TurnOutcome> {
  await clock.sleep(atMs - clock.now());
  try {
    const { problems } = await scheduler.turn();
    return { problems: problems.map(({ where, message }) => `${where}: ${message}`), effects: effects() };
  } catch (error) {
    if (error instanceof LeaseHeldError) return 'held';
    throw error;
  }
}
