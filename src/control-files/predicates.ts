import { attributeExpression } from './attribute-expression.js';
import type { ControlData } from './control-data.js';

/** A question about a test. A suite holds the tests for which all its predicates say yes. */
export interface TestPredicate {
  /** In words, e.g. `in suite bvt`: it tells which predicate left a test out. */
  readonly description: string;
  test(control: ControlData): boolean;
}

/** A predicate of one's own. */
export function predicate(description: string, test: (control: ControlData) => boolean): TestPredicate {
  return { description, test };
}

/** The test's SUITE names the suite. */
export function inSuite(suite: string): TestPredicate {
  return predicate(`in suite ${suite}`, ({ suites }) => suites.includes(suite));
}

/** The test has exactly this name. */
export function nameEquals(name: string): TestPredicate {
  return predicate(`named ${name}`, (control) => control.name === name);
}

/**
 * The test's name matches from its start, though not necessarily to its end, as with Python's `re.match`.
 *
 * @param pattern - a regular expression of one's own, not of strangers: it may be slow
 */
export function nameMatches(pattern: RegExp | string): TestPredicate {
  const regex = anchored(pattern);
  return predicate(`name matches ${describe(pattern)}`, ({ name }) => regex.test(name));
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
  const holds = attributeExpression(expression);
  return predicate(`attributes: ${expression}`, ({ attributes }) => holds(new Set(attributes)));
}

/** All of them say yes; true of an empty list. */
export function and(...predicates: readonly TestPredicate[]): TestPredicate {
  return predicate(joined(predicates, 'and'), (control) => predicates.every((each) => each.test(control)));
}

/** At least one of them says yes; false of an empty list. */
export function or(...predicates: readonly TestPredicate[]): TestPredicate {
  return predicate(joined(predicates, 'or'), (control) => predicates.some((each) => each.test(control)));
}

export function not(negated: TestPredicate): TestPredicate {
  return predicate(`not (${negated.description})`, (control) => !negated.test(control));
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
