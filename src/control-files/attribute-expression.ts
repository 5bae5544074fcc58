import { DynamicSuiteError } from '../errors.js';

/** An attribute expression that cannot be read. Its code is `ERR_ATTRIBUTE_EXPRESSION`. */
export class AttributeExpressionError extends DynamicSuiteError {
  readonly expression: string;
  /** Where the expression goes wrong; counts from 1. */
  readonly column: number;

  constructor(problem: string, expression: string, column: number) {
    const shown = expression.length > maxShown ? `${expression.slice(0, maxShown)}...` : expression;
    super('ERR_ATTRIBUTE_EXPRESSION', `attribute expression ${JSON.stringify(shown)}, column ${column}: ${problem}`);
    this.expression = expression;
    this.column = column;
  }
}

/**
 * Reads an attribute expression, e.g. `suite:bvt-cq and not (subsystem:audio or subsystem:video)`.
 *
 * `not` binds closer than `and`, `and` closer than `or`. Anything else between white space and parentheses is an
 * attribute's name, and holds when the attribute is there, except that `True` and `False` always and never hold. Case
 * matters.
 *
 * @returns a function that tells whether the expression holds for a set of attributes
 * @throws AttributeExpressionError for anything that is not one whole expression (D5)
 */
export function attributeExpression(expression: string): (attributes: ReadonlySet<string>) => boolean {
  return new Parser(expression).whole();
}

type Condition = (attributes: ReadonlySet<string>) => boolean;

class Parser {
  readonly #expression: string;
  readonly #words: readonly { readonly text: string; readonly index: number }[];
  #next = 0;
  #depth = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#words = Array.from(expression.matchAll(/[()]|[^\s()]+/g), (match) => ({
      text: match[0],
      index: match.index,
    }));
  }

  whole(): Condition {
    const condition = this.#or();
    if (this.#next < this.#words.length) this.#fail('nothing more was expected');
    return condition;
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#accept('or')) parts.push(this.#and());
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    return (attributes) => parts.some((part) => part(attributes));
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.#accept('and')) parts.push(this.#not());
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    return (attributes) => parts.every((part) => part(attributes));
  }

  #not(): Condition {
    let isNegated = false;
    while (this.#accept('not')) isNegated = !isNegated;
    const operand = this.#operand();
    return isNegated ? (attributes) => !operand(attributes) : operand;
  }

  #operand(): Condition {
    const word = this.#words[this.#next]?.text;
    if (word === undefined || word === ')' || word === 'and' || word === 'or') this.#fail('an attribute was expected');
    if (word !== '(') {
      this.#next++;
      return attributeCondition(word);
    }
    if (++this.#depth > maxDepth) this.#fail('parentheses nested too deeply');
    this.#next++;
    const condition = this.#or();
    if (!this.#accept(')')) this.#fail('a closing parenthesis was expected');
    this.#depth--;
    return condition;
  }

  #accept(word: string): boolean {
    if (this.#words[this.#next]?.text !== word) return false;
    this.#next++;
    return true;
  }

  #fail(problem: string): never {
    const index = this.#words[this.#next]?.index ?? this.#expression.length;
    throw new AttributeExpressionError(problem, this.#expression, index + 1);
  }
}

function attributeCondition(name: string): Condition {
  if (name === 'True') return () => true;
  if (name === 'False') return () => false;
  return (attributes) => attributes.has(name);
}

const maxDepth = 100;
const maxShown = 200;
