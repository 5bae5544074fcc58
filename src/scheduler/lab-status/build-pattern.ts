import { BuildPatternError, parsePattern, type PatternNode } from './pattern-syntax.js';

/** A pattern that is ready to be used. */
export interface BuildPattern {
  /** Whether a text begins with a match. */
  readonly begins: (text: string) => boolean;
  /** How much work a character of the text can be. */
  readonly size: number;
}

/**
 * Reads a pattern.
 *
 * Whoever may change a lab's status page writes the pattern, and a `RegExp` could be made to take years. This one goes
 * along all ways at once, so that its time is at most the length of the text times the size of the pattern.
 *
 * @param maxSize - of a pattern with all its repeats written out
 * @throws BuildPatternError for a pattern that is malformed, too large or not supported
 */
export function buildPattern(pattern: string, maxSize: number): BuildPattern {
  const { start, size } = machineOf(parsePattern(pattern), maxSize);
  const begins = (text: string) => {
    let states = reached([start], text, 0);
    for (let at = 0; states.size > 0; at += 1) {
      if (states.has(matched)) return true;
      const character = text[at];
      if (character === undefined) return false;
      const moved = [...states].flatMap(({ accepts, next }) => (accepts?.(character) === true ? next : []));
      states = reached(moved, text, at + 1);
    }
    return false;
  };
  return { begins, size };
}

/** A place in a pattern. */
interface State {
  /** The character that leads on; undefined: the way on is free, where `at` allows it. */
  readonly accepts?: (character: string) => boolean;
  readonly at?: 'start' | 'end';
  readonly next: readonly State[];
}

const matched: State = { next: [] };

/** The states, and all those that can be reached from them without a character. */
function reached(from: readonly State[], text: string, position: number): ReadonlySet<State> {
  const states = new Set(from);
  // A set that grows while it is gone through goes on with what was added.
  for (const { accepts, at, next } of states) {
    const isFree = at === undefined || position === (at === 'start' ? 0 : text.length);
    if (accepts === undefined && isFree) for (const state of next) states.add(state);
  }
  return states;
}

function machineOf(pattern: PatternNode, maxSize: number): { readonly start: State; readonly size: number } {
  let size = 0;

  /** The states of a part of the pattern, from which it goes on to `next`. */
  const statesOf = (node: PatternNode, next: State): State => {
    size += 1;
    if (size > maxSize) throw new BuildPatternError('it is too large, or all of them together are');
    switch (node.kind) {
      case 'character':
        return { accepts: node.accepts, next: [next] };
      case 'start':
      case 'end':
        return { at: node.kind, next: [next] };
      case 'sequence':
        return node.parts.reduceRight((after, part) => statesOf(part, after), next);
      case 'choice':
        return { next: node.parts.map((part) => statesOf(part, next)) };
      case 'repeat':
        return repeated(node, next);
    }
  };

  const repeated = ({ part, min, max }: PatternNode & { kind: 'repeat' }, next: State): State => {
    let state = next;
    if (max === Number.POSITIVE_INFINITY) {
      const ways = [next];
      state = { next: ways };
      ways.push(statesOf(part, state));
    } else {
      for (let count = min; count < max; count += 1) state = { next: [next, statesOf(part, state)] };
    }
    for (let count = 0; count < min; count += 1) state = statesOf(part, state);
    return state;
  };

  const start = statesOf(pattern, matched);
  return { start, size };
}
