import { systemClock, type SuiteOutcome } from '../index.js';
import type { MemorySuiteJob } from './memory-suite-job.js';
import type { LabSuiteState } from './suite-run.js';

/** A suite job, and the function that runs its suite. */
export class SuiteRunState implements LabSuiteState {
  readonly jobId: number;
  readonly suite: string;
  readonly job: MemorySuiteJob;
  state: LabSuiteState['state'] = 'waiting';
  outcome: SuiteOutcome | undefined;
  error: unknown;
  /** Ends the watch over the job. Not one for the whole lab: many listeners to one signal are taken for a leak. */
  readonly watch = new AbortController();
  readonly #abort = new AbortController();

  constructor(jobId: number, suite: string, job: MemorySuiteJob) {
    this.jobId = jobId;
    this.suite = suite;
    this.job = job;
  }

  get tag(): string {
    return this.job.tag;
  }

  begin(): void {
    this.state = 'running';
  }

  /** Its job is over, whatever the function does. */
  abort(reason: Error): void {
    if (this.state !== 'waiting' && this.state !== 'running') return;
    this.state = 'aborted';
    this.#abort.abort(reason);
  }

  /** Calls the function, and resolves when it has ended or, once its job is over, has had the time to. */
  async carryOut(call: (signal: AbortSignal) => Promise<SuiteOutcome | undefined>): Promise<void> {
    const { signal } = this.#abort;
    if (signal.aborted) return;
    const ended = new AbortController();
    const finished = this.#settle(call, signal).finally(() => ended.abort());
    await Promise.race([finished, hasHadItsTime(signal, ended.signal)]);
  }

  /** The suite's verdict as the status of the suite, unless that has been recorded, or nobody waited for one. */
  recordVerdict(timeMs: number): void {
    const { outcome, suite, job } = this;
    if (outcome?.waited !== true) return;
    const isStatus = job.entries.some(
      ({ code, operation, subdir }) => code !== 'INFO' && operation === suite && subdir === null,
    );
    if (isStatus) return;
    const code = outcome.verdict === 'OK' ? 'GOOD' : outcome.verdict === 'WARNING' ? 'WARN' : 'FAIL';
    job.record({ code, subdir: null, operation: suite, reason: outcome.summary, timeMs });
  }

  async #settle(call: (signal: AbortSignal) => Promise<SuiteOutcome | undefined>, signal: AbortSignal): Promise<void> {
    try {
      this.outcome = await call(signal);
      if (!signal.aborted) this.state = 'finished';
    } catch (error) {
      this.error = error;
      if (!signal.aborted) this.state = 'failed';
    }
  }
}

/** A function that does not heed the abort must not keep whoever waits for the suites. */
async function hasHadItsTime(aborted: AbortSignal, ended: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of [aborted, ended]) signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // In real time: a virtual clock would run away with what the function still has to do.
  await systemClock.sleep(graceMs, { signal: ended }).catch(() => undefined);
}

const graceMs = 1000;
