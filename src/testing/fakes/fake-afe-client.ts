import type { AfeClient } from '../../index.js';
import type { ArgumentsOf, FakeAnswers, ResultOf } from './fake-answers.js';
import { FakeClient } from './fake-client.js';

/**
 * An AFE that consists of a test's answers, for tests of lab tools that need no lab:
 *
 * ```ts
 * const afe = new FakeAfeClient({ getHosts: [], getNumJobs: inTurn(0, 3) });
 * await releaseHosts(afe, 'chromeos1-rack1');
 * expect(afe.callsOf('setHostAttribute')).toEqual([]);
 * afe.expectNothingLeft();
 * ```
 *
 * Without an answer of the test's, `createJob` resolves to 1, 2, 3 and so on, and `setHostAttribute` to nothing. The
 * other methods reject with `UnansweredCallError`.
 */
export class FakeAfeClient extends FakeClient<AfeClient> implements AfeClient {
  #jobs = 0;

  constructor(answers: FakeAnswers<AfeClient> = {}) {
    super(answers);
  }

  createJob(...args: ArgumentsOf<AfeClient, 'createJob'>): Promise<number> {
    return this.answer('createJob', args, () => ++this.#jobs);
  }

  getJobs(...args: ArgumentsOf<AfeClient, 'getJobs'>): Promise<ResultOf<AfeClient, 'getJobs'>> {
    return this.answer('getJobs', args);
  }

  getNumJobs(...args: ArgumentsOf<AfeClient, 'getNumJobs'>): Promise<number> {
    return this.answer('getNumJobs', args);
  }

  getHostQueueEntries(
    ...args: ArgumentsOf<AfeClient, 'getHostQueueEntries'>
  ): Promise<ResultOf<AfeClient, 'getHostQueueEntries'>> {
    return this.answer('getHostQueueEntries', args);
  }

  abortHostQueueEntries(
    ...args: ArgumentsOf<AfeClient, 'abortHostQueueEntries'>
  ): Promise<ResultOf<AfeClient, 'abortHostQueueEntries'>> {
    return this.answer('abortHostQueueEntries', args);
  }

  getHosts(...args: ArgumentsOf<AfeClient, 'getHosts'>): Promise<ResultOf<AfeClient, 'getHosts'>> {
    return this.answer('getHosts', args);
  }

  getLabels(...args: ArgumentsOf<AfeClient, 'getLabels'>): Promise<ResultOf<AfeClient, 'getLabels'>> {
    return this.answer('getLabels', args);
  }

  getHostAttribute(
    ...args: ArgumentsOf<AfeClient, 'getHostAttribute'>
  ): Promise<ResultOf<AfeClient, 'getHostAttribute'>> {
    return this.answer('getHostAttribute', args);
  }

  setHostAttribute(...args: ArgumentsOf<AfeClient, 'setHostAttribute'>): Promise<void> {
    return this.answer('setHostAttribute', args, () => undefined);
  }
}
