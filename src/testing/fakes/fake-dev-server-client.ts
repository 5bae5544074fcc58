import type { DevServerClient } from '../../index.js';
import type { ArgumentsOf, FakeAnswers, ResultOf } from './fake-answers.js';
import { FakeClient } from './fake-client.js';

/**
 * A dev server that consists of a test's answers. See `FakeAfeClient`.
 *
 * ```ts
 * const devServer = new FakeDevServerClient({
 *   listControlFiles: ['client/site_tests/login_Success/control'],
 *   getControlFile: ({ path }) => readFile(join('test/control-files', path)),
 *   listSuiteControls: () => undefined, // an old server
 * });
 * ```
 *
 * Without an answer of the test's, `stage` resolves at once, and `resolveBuild` to the name that it is given unless that
 * ends in `/LATEST`. The other methods reject with `UnansweredCallError`.
 */
export class FakeDevServerClient extends FakeClient<DevServerClient> implements DevServerClient {
  readonly url: string;

  /** @param answers - and the `url` of the server, `http://devserver.lab:8082` by default */
  constructor(answers: FakeAnswers<DevServerClient> & { readonly url?: string | undefined } = {}) {
    const { url = 'http://devserver.lab:8082', ...methods } = answers;
    super(methods);
    this.url = url;
  }

  stage(...args: ArgumentsOf<DevServerClient, 'stage'>): Promise<void> {
    return this.answer('stage', args, () => undefined);
  }

  listControlFiles(
    ...args: ArgumentsOf<DevServerClient, 'listControlFiles'>
  ): Promise<ResultOf<DevServerClient, 'listControlFiles'>> {
    return this.answer('listControlFiles', args);
  }

  getControlFile(
    ...args: ArgumentsOf<DevServerClient, 'getControlFile'>
  ): Promise<ResultOf<DevServerClient, 'getControlFile'>> {
    return this.answer('getControlFile', args);
  }

  listSuiteControls(
    ...args: ArgumentsOf<DevServerClient, 'listSuiteControls'>
  ): Promise<ResultOf<DevServerClient, 'listSuiteControls'>> {
    return this.answer('listSuiteControls', args);
  }

  resolveBuild(...args: ArgumentsOf<DevServerClient, 'resolveBuild'>): Promise<string> {
    const [build] = args;
    return this.answer('resolveBuild', args, build.endsWith('/LATEST') ? undefined : () => build);
  }
}
