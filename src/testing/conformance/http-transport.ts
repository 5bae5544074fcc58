import type { ConformanceCase } from './conformance-case.js';
import { abortCases } from './http-transport/aborts.js';
import { answerCases } from './http-transport/answers.js';
import type { ConnectTransport } from './http-transport/bench.js';
import { failureCases } from './http-transport/failures.js';
import { limitCases } from './http-transport/limits.js';
import { requestCases } from './http-transport/requests.js';

/**
 * What the package expects of an `HttpTransport`, as cases for any test runner:
 *
 * ```ts
 * for (const { name, run } of httpTransportConformance(() => myTransport())) test(name, run);
 * ```
 *
 * Each case starts a server of its own on the loopback interface. One that does not come to its end within some ten
 * seconds has found a transport that leaves its caller or a connection hanging.
 *
 * @param connect - makes a transport for one case; it is closed afterwards if it has a `close`
 */
export function httpTransportConformance(connect: ConnectTransport): readonly ConformanceCase[] {
  return [answerCases, requestCases, failureCases, limitCases, abortCases].flatMap((cases) => cases(connect));
}
