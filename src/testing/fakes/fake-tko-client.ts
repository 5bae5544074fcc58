import type { TkoClient } from '../../index.js';
import type { ArgumentsOf, FakeAnswers, ResultOf } from './fake-answers.js';
import { FakeClient } from './fake-client.js';

/**
 * A TKO that consists of a test's answers: `new FakeTkoClient({ getDetailedTestViews: [] })`. See `FakeAfeClient`.
 *
 * Without an answer its method rejects with `UnansweredCallError`.
 */
export class FakeTkoClient extends FakeClient<TkoClient> implements TkoClient {
  constructor(answers: FakeAnswers<TkoClient> = {}) {
    super(answers);
  }

  getDetailedTestViews(
    ...args: ArgumentsOf<TkoClient, 'getDetailedTestViews'>
  ): Promise<ResultOf<TkoClient, 'getDetailedTestViews'>> {
    return this.answer('getDetailedTestViews', args);
  }
}
