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

/** What an attribute expression asks. */
export type AttributeCondition =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly AttributeCondition[] }
  | { readonly kind: 'not'; readonly part: AttributeCondition };

/**
 * Reads an attribute expression, e.g. `suite:bvt-cq and not (subsystem:audio or subsystem:video)`.
 *
 * `not` binds closer than `and`, `and` closer than `or`. Anything else between white space and parentheses is an
 * attribute's name, and holds when the attribute is there, except that `True` and `False` always and never hold. Case
 * matters.
 *
 * @throws AttributeExpressionError for anything that is not one whole expression (D5)
 */
export function parseAttributeExpression(expression: string): AttributeCondition {
  return new Parser(expression).whole();
}

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

  whole(): AttributeCondition {
    const condition = this.#or();
    if (this.#next < this.#words.length) this.#fail('nothing more was expected');
    return condition;
  }

  #or(): AttributeCondition {
    const parts = [this.#and()];
    while (this.#accept('or')) parts.push(this.#and());
    return joined('or', parts);
  }

  #and(): AttributeCondition {
    const parts = [this.#not()];
    while (this.#accept('and')) parts.push(this.#not());
    return joined('and', parts);
  }

  #not(): AttributeCondition {
    let isNegated = false;
    while (this.#accept('not')) isNegated = !isNegated;
    const part = this.#operand();
    return isNegated ? { kind: 'not', part } : part;
  }

  #operand(): AttributeCondition {
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

function joined(kind: 'and' | 'or', parts: readonly AttributeCondition[]): AttributeCondition {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { kind, parts };
}

function attributeCondition(name: string): AttributeCondition {
  if (name === 'True' || name === 'False') return { kind: 'constant', holds: name === 'True' };
  return { kind: 'attribute', name };
}

const maxDepth = 100;
const maxShown = 200;
