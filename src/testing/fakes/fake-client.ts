import { setMaxListeners } from 'node:events';
import { countOf, FakeExpectationError, UnansweredCallError } from './errors.js';
import {
  AnswersInTurn,
  type ArgumentsOf,
  type FakeAnswers,
  type FakeCall,
  type MethodOf,
  type ResultOf,
} from './fake-answers.js';

/**
 * What the fakes of all ports are: clients in memory that answer as a test says and keep the calls they had.
 *
 * A call whose signal is or becomes aborted rejects with its reason. Deadlines mean nothing to a fake. A call without an
 * answer rejects with `UnansweredCallError`.
 */
export abstract class FakeClient<Port> {
  readonly #calls: FakeCall<Port>[] = [];
  readonly #scripts = new Map<string, Script>();

  constructor(answers: FakeAnswers<Port>) {
    for (const [method, given] of Object.entries(answers)) {
      if (given === undefined) continue;
      const isInTurn = given instanceof AnswersInTurn;
      this.#scripts.set(method, { answers: isInTurn ? given.answers : [given], repeats: !isInTurn, asked: 0 });
    }
  }

  /**
   * All calls so far, in order, with the arguments as they were passed. They are typed where the method is known:
   * `fake.calls.filter((call) => call.method === 'createJob')`, or `callsOf`.
   */
  get calls(): readonly FakeCall<Port>[] {
    return this.#calls;
  }

  /** The arguments of each call of one method: `fake.callsOf('createJob').map(([request]) => request.name)`. */
  callsOf<Method extends MethodOf<Port>>(method: Method): readonly ArgumentsOf<Port, Method>[] {
    return this.#calls.filter((call): call is FakeCall<Port, Method> => call.method === method).map(({ args }) => args);
  }

  /**
   * Throws `FakeExpectationError` when an answer was given that nobody asked for, or when a call had no answer: the code
   * under test may have kept that to itself.
   */
  expectNothingLeft(): void {
    const problems = [...this.#scripts].flatMap(([method, script]) => problemOf(method, script) ?? []);
    if (problems.length > 0) throw new FakeExpectationError(this.constructor.name, problems);
  }

  /**
   * Keeps a call and answers it.
   *
   * @param otherwise - the answer where the test gives none; without it such a call rejects
   */
  protected async answer<Method extends MethodOf<Port>>(
    method: Method,
    args: ArgumentsOf<Port, Method>,
    otherwise?: () => ResultOf<Port, Method>,
  ): Promise<ResultOf<Port, Method>> {
    this.#calls.push({ method, args });
    const signal = signalOf(args);
    signal?.throwIfAborted();
    if (otherwise !== undefined && !this.#scripts.has(method)) return otherwise();
    const given = settle(this.#next(method), args);
    // The types of the answers let a test give a method nothing but what the method resolves to.
    return (await (signal === undefined ? given : orAborted(given, signal))) as ResultOf<Port, Method>;
  }

  #next(method: string): unknown {
    const script = this.#scripts.get(method) ?? { answers: [], repeats: false, asked: 0 };
    this.#scripts.set(method, script);
    const index = script.repeats ? 0 : script.asked;
    script.asked += 1;
    if (index < script.answers.length) return script.answers[index];
    throw new UnansweredCallError({ fake: this.constructor.name, method, given: script.answers.length });
  }
}

/** The answers to one method, and how often it was called. */
interface Script {
  readonly answers: readonly unknown[];
  /** The one answer is for every call. */
  readonly repeats: boolean;
  asked: number;
}

async function settle(answer: unknown, args: readonly unknown[]): Promise<unknown> {
  if (answer instanceof Error) throw answer;
  return typeof answer === 'function' ? await Reflect.apply(answer, undefined, args) : answer;
}

function problemOf(method: string, { answers, repeats, asked }: Script): string | undefined {
  if (repeats) return asked === 0 ? `${method} has an answer and was not called` : undefined;
  if (asked === answers.length) return undefined;
  return `${method} has ${countOf(answers.length, 'answer')} and was called ${countOf(asked, 'time')}`;
}

/** Every method of a port takes its `CallOptions` last, and no other argument has a signal. */
function signalOf(args: readonly unknown[]): AbortSignal | undefined {
  const last = args.at(-1);
  if (typeof last !== 'object' || last === null || !('signal' in last)) return undefined;
  return last.signal instanceof AbortSignal ? last.signal : undefined;
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    // One signal may be that of many calls; node would take more than ten listeners for a leak and warn.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
