import { killableScheduler, type KillableSchedulerOptions } from './killable-scheduler.js';

/** What this process answers when it has taken a turn. */
export interface TurnAnswer {
  readonly problems: readonly string[];
  /** All that it has done since it was started. */
  readonly effects: number;
}

const options = JSON.parse(process.argv[2] ?? '') as KillableSchedulerOptions;
const { scheduler, clock, effects } = await killableScheduler(options);

process.on('message', (atMs: number) => {
  void (async () => {
    await clock.sleep(atMs - clock.now());
    const { problems } = await scheduler.turn();
    const answer: TurnAnswer = {
      problems: problems.map(({ where, message }) => `${where}: ${message}`),
      effects: effects(),
    };
    process.send?.(answer);
  })();
});
process.send?.('ready');
