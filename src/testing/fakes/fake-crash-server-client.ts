import type { CrashServerClient } from '../../index.js';
import type { ArgumentsOf, FakeAnswers, ResultOf } from './fake-answers.js';
import { FakeClient } from './fake-client.js';

/**
 * A crash server that consists of a test's answers. See `FakeAfeClient`.
 *
 * ```ts
 * const crashServer = new FakeCrashServerClient({ symbolicate: inTurn('Thread 0 (crashed)\n', new Error('no luck')) });
 * ```
 *
 * Without an answer of the test's, `stageSymbols` resolves at once. The other methods reject with `UnansweredCallError`.
 */
export class FakeCrashServerClient extends FakeClient<CrashServerClient> implements CrashServerClient {
  readonly url: string;

  /** @param answers - and the `url` of the server, `http://crashserver.lab:8082` by default */
  constructor(answers: FakeAnswers<CrashServerClient> & { readonly url?: string | undefined } = {}) {
    const { url = 'http://crashserver.lab:8082', ...methods } = answers;
    super(methods);
    this.url = url;
  }

  checkHealth(
    ...args: ArgumentsOf<CrashServerClient, 'checkHealth'>
  ): Promise<ResultOf<CrashServerClient, 'checkHealth'>> {
    return this.answer('checkHealth', args);
  }

  stageSymbols(...args: ArgumentsOf<CrashServerClient, 'stageSymbols'>): Promise<void> {
    return this.answer('stageSymbols', args, () => undefined);
  }

  symbolicate(...args: ArgumentsOf<CrashServerClient, 'symbolicate'>): Promise<string> {
    return this.answer('symbolicate', args);
  }
}
