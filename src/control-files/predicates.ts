import { parseAttributeExpression, type AttributeCondition } from './attribute-expression.js';
import type { ControlData } from './control-data.js';

/** A question about a test. A suite holds the tests for which all its predicates say yes. */
export interface TestPredicate {
  /** In words, e.g. `in suite bvt`: it tells which predicate left a test out. */
  readonly description: string;
  test(control: ControlData): boolean;
  /** The predicates it is composed of, if any: `explainSelection` names the one of them that decided. */
  readonly composition?: PredicateComposition | undefined;
  /** What it looks for in a variable, if it does: `explainSelection` tells what the file has there instead. */
  readonly looksFor?: SoughtValue | undefined;
}

/** How a predicate follows from others. A `not` has one part. */
export interface PredicateComposition {
  readonly kind: 'and' | 'or' | 'not';
  readonly parts: readonly TestPredicate[];
}

/** A value that a predicate looks for in a variable of the control file. */
export interface SoughtValue {
  readonly variable: 'SUITE' | 'NAME' | 'ATTRIBUTES';
  /** Undefined where it looks for a pattern. */
  readonly value: string | undefined;
}

/** A predicate of one's own. */
export function predicate(description: string, test: (control: ControlData) => boolean): TestPredicate {
  return { description, test };
}

/** The test's SUITE names the suite. */
export function inSuite(suite: string): TestPredicate {
  return {
    ...predicate(`in suite ${suite}`, ({ suites }) => suites.includes(suite)),
    looksFor: { variable: 'SUITE', value: suite },
  };
}

/** The test has exactly this name. */
export function nameEquals(name: string): TestPredicate {
  return {
    ...predicate(`named ${name}`, (control) => control.name === name),
    looksFor: { variable: 'NAME', value: name },
  };
}

/**
 * The test's name matches from its start, though not necessarily to its end, as with Python's `re.match`.
 *
 * @param pattern - a regular expression of one's own, not of strangers: it may be slow
 */
export function nameMatches(pattern: RegExp | string): TestPredicate {
  const regex = anchored(pattern);
  return {
    ...predicate(`name matches ${describe(pattern)}`, ({ name }) => regex.test(name)),
    looksFor: { variable: 'NAME', value: undefined },
  };
}

/**
 * The path of the test's control file matches from its start, though not necessarily to its end.
 *
 * @param pattern - a regular expression of one's own, not of strangers: it may be slow
 */
export function fileMatches(pattern: RegExp | string): TestPredicate {
  const regex = anchored(pattern);
  return predicate(`file matches ${describe(pattern)}`, ({ path }) => regex.test(path));
}

/** No entry of the list ends with the path of the test's control file. */
export function notInDenyList(entries: readonly string[]): TestPredicate {
  return predicate(`not in the deny-list`, ({ path }) => !entries.some((entry) => entry.endsWith(path)));
}

/**
 * The test's attributes satisfy an expression, e.g. `suite:bvt-cq and not subsystem:audio` (D5).
 *
 * @throws AttributeExpressionError for an expression that cannot be read
 */
export function attribute(expression: string): TestPredicate {
  return { ...attributePredicate(parseAttributeExpression(expression)), description: `attributes: ${expression}` };
}

/** All of them say yes; true of an empty list. */
export function and(...predicates: readonly TestPredicate[]): TestPredicate {
  return conjunction(predicates);
}

/** At least one of them says yes; false of an empty list. */
export function or(...predicates: readonly TestPredicate[]): TestPredicate {
  return disjunction(predicates);
}

export function not(negated: TestPredicate): TestPredicate {
  return {
    ...predicate(`not (${negated.description})`, (control) => !negated.test(control)),
    composition: { kind: 'not', parts: [negated] },
  };
}

function conjunction(parts: readonly TestPredicate[]): TestPredicate {
  return {
    ...predicate(joined(parts, 'and'), (control) => parts.every((part) => part.test(control))),
    composition: { kind: 'and', parts },
  };
}

function disjunction(parts: readonly TestPredicate[]): TestPredicate {
  return {
    ...predicate(joined(parts, 'or'), (control) => parts.some((part) => part.test(control))),
    composition: { kind: 'or', parts },
  };
}

function attributePredicate(condition: AttributeCondition): TestPredicate {
  switch (condition.kind) {
    case 'attribute': {
      const { name } = condition;
      const looksFor = { variable: 'ATTRIBUTES', value: name } as const;
      return { ...predicate(`attribute ${name}`, ({ attributes }) => attributes.includes(name)), looksFor };
    }
    case 'constant':
      return predicate(condition.holds ? 'True' : 'False', () => condition.holds);
    case 'not':
      return not(attributePredicate(condition.part));
    case 'and':
      return conjunction(condition.parts.map(attributePredicate));
    case 'or':
      return disjunction(condition.parts.map(attributePredicate));
  }
}

function joined(predicates: readonly TestPredicate[], word: string): string {
  return predicates.map(({ description }) => `(${description})`).join(` ${word} `);
}

/** A copy without the flags that make `test` remember where it was. */
function anchored(pattern: RegExp | string): RegExp {
  const { source, flags } = new RegExp(pattern);
  return new RegExp(`^(?:${source})`, flags.replace(/[gym]/g, ''));
}

function describe(pattern: RegExp | string): string {
  return typeof pattern === 'string' ? pattern : pattern.source;
}
