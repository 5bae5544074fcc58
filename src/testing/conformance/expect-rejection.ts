import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/** What a call rejects with. Fails, in the words of the expectation, when it resolves. */
export async function rejectionOf(call: Promise<unknown>, expectation: string): Promise<unknown> {
  const outcome = await outcomeOf(call);
  if (outcome.kind === 'rejected') return outcome.reason;
  return assert.fail(`${expectation}, but the call resolved to ${shown(outcome.value)}`);
}

/** The error of a class that a call rejects with. Fails for anything else. */
export async function errorOf<E extends Error>(
  call: Promise<unknown>,
  type: abstract new (...args: never[]) => E,
  expectation: string,
): Promise<E> {
  const reason = await rejectionOf(call, expectation);
  if (reason instanceof type) return reason;
  return assert.fail(`${expectation} with ${type.name}, but the call rejected with ${shown(reason)}`);
}

/** How a call ended. Awaiting this never rejects. */
export type Outcome<T = unknown> =
  { readonly kind: 'resolved'; readonly value: T } | { readonly kind: 'rejected'; readonly reason: unknown };

export function outcomeOf<T>(call: Promise<T>): Promise<Outcome<T>> {
  return call.then(
    (value) => ({ kind: 'resolved', value }) as const,
    (reason: unknown) => ({ kind: 'rejected', reason }) as const,
  );
}

function shown(value: unknown): string {
  return inspect(value, { depth: 2 }).slice(0, maxShownLength);
}

const maxShownLength = 500;
