import type { ControlData } from './control-data.js';
import type { TestPredicate } from './predicates.js';

/** A predicate that decided, and what it said. */
export interface DecidingPart {
  readonly predicate: TestPredicate;
  readonly holds: boolean;
}

/**
 * The innermost parts of a predicate that made it say what it says of a test: of an `and` that says no, the first part
 * that does; of an `or` that says no, all of them. A predicate without parts decides by itself.
 */
export function decidingParts(predicate: TestPredicate, control: ControlData): readonly DecidingPart[] {
  const holds = predicate.test(control);
  const { kind, parts = [] } = predicate.composition ?? {};
  const [first] = parts;
  if (first === undefined) return [{ predicate, holds }];
  if (kind === 'not') return decidingParts(first, control);
  const oneSuffices = holds === (kind === 'or');
  if (!oneSuffices) return parts.flatMap((part) => decidingParts(part, control));
  const decisive = parts.find((part) => part.test(control) === holds);
  return decisive === undefined ? [{ predicate, holds }] : decidingParts(decisive, control);
}
