/** The methods of a port: all that resolve to something. */
export type MethodOf<Port> = {
  [Name in keyof Port]: Port[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof Port] &
  string;

/** What a method of a port is called with, as a tuple. */
export type ArgumentsOf<Port, Method extends MethodOf<Port>> = Port[Method] extends (
  ...args: infer Arguments
) => Promise<unknown>
  ? Readonly<Arguments>
  : never;

/** What a method of a port resolves to. */
export type ResultOf<Port, Method extends MethodOf<Port>> = Port[Method] extends (
  ...args: never[]
) => Promise<infer Result>
  ? Result
  : never;

/** A call that a fake has had; `method` tells which, and so what its `args` are. */
export type FakeCall<Port, Method extends MethodOf<Port> = MethodOf<Port>> = {
  readonly [Name in MethodOf<Port>]: { readonly method: Name; readonly args: ArgumentsOf<Port, Name> };
}[Method];

/**
 * What a fake answers, by method. Each is one of:
 *
 * - what the method resolves to, every time
 * - an `Error`, with which it rejects every time
 * - a function of the method's arguments, which returns the result or a promise of it, or throws
 * - {@link inTurn} with some of these, one for each call
 *
 * A method that is not named, or is undefined, has no answer.
 */
export type FakeAnswers<Port> = {
  readonly [Method in MethodOf<Port>]?: FakeAnswer<Port, Method> | AnswersInTurn<FakeAnswer<Port, Method>> | undefined;
};

/** One answer of a method: see {@link FakeAnswers}. */
export type FakeAnswer<Port, Method extends MethodOf<Port>> =
  | ResultOf<Port, Method>
  | Error
  | ((...args: ArgumentsOf<Port, Method>) => ResultOf<Port, Method> | PromiseLike<ResultOf<Port, Method>>);

/** Answers for as many calls; made by {@link inTurn}. */
export class AnswersInTurn<Answer> {
  /** The first is for the first call. */
  readonly answers: readonly Answer[];

  constructor(answers: readonly Answer[]) {
    this.answers = answers;
  }
}

/**
 * Answers for the calls of a fake's method one after the other, e.g. `getNumJobs: inTurn(0, 0, 3)`. A call after the last
 * of them has no answer, and those that are never asked for are found by `expectNothingLeft()`.
 */
export function inTurn<Answers extends readonly unknown[]>(...answers: Answers): AnswersInTurn<Answers[number]> {
  return new AnswersInTurn(answers);
}
