import type { ControlValue, DroppedElement, PassedOverReason } from './control-value.js';
import { readAdjacentStrings } from './adjacent-strings.js';
import { readNumber } from './python-numbers.js';
import type { PythonTokens, TokenKind } from './python-tokens.js';
import { SourceProblem } from './source-problem.js';
import { isArithmetic, startsTest } from './token-roles.js';

/** What can be done with the expression that was parsed last. */
export type Shape = 'name' | 'place' | 'targets' | 'other';

/**
 * Recognises the expressions of Python 2.7's grammar and reads those that are constants.
 *
 * Every parse method returns the constant, or undefined where there is none, and then {@link reason} says why.
 * Precedence among operators makes no difference to either, so they are not told apart beyond what the grammar needs
 * to refuse (`1 + not x`). The methods call each other no deeper than brackets and lambdas nest, and that is limited.
 *
 * @throws SourceProblem for text that is not an expression
 */
export class ExpressionParser {
  /** Why the last expression has no value. */
  reason: PassedOverReason = 'operator';
  /** Whether the last expression can be assigned to. */
  shape: Shape = 'other';
  /** Of an expression whose shape is `name`: where the name begins and ends. */
  nameStart = 0;
  nameEnd = 0;

  readonly #tokens: PythonTokens;
  readonly #declaredUtf8: boolean;
  readonly #readsEmptyDicts: boolean;
  #dropped: DroppedElement[] = [];
  #depth = 0;
  /** Where the brackets begin that are open. */
  readonly #open: number[] = [];

  /** @param emptyDicts - whether `{}` is a value; in a control file it is not */
  constructor(tokens: PythonTokens, declaredUtf8: boolean, emptyDicts: 'read' | 'passed-over' = 'passed-over') {
    this.#tokens = tokens;
    this.#declaredUtf8 = declaredUtf8;
    this.#readsEmptyDicts = emptyDicts === 'read';
  }

  /** The elements that were dropped from lists and dicts since this was last asked. */
  takeDropped(): readonly DroppedElement[] {
    const dropped = this.#dropped;
    if (dropped.length > 0) this.#dropped = [];
    return dropped.length > 0 ? dropped : noneDropped;
  }

  /** `test (',' test)* [',']`: one expression, or a tuple without parentheses. */
  testList(): ControlValue | undefined {
    const value = this.test();
    return this.#tokens.at(',') ? this.#tuple('test') : value;
  }

  /** `expr (',' expr)* [',']`: the targets of `for` and `del`, where `in` is not an operator. */
  targetList(): void {
    const { start } = this.#tokens;
    this.expression();
    if (this.#tokens.at(',')) this.#tuple('expression');
    this.requireAssignable(start);
  }

  yieldOrTestList(): ControlValue | undefined {
    if (!this.#tokens.accept('yield')) return this.testList();
    if (startsTest(this.#tokens.kind)) this.testList();
    return this.#passOver('yield');
  }

  /** Refuses an expression that cannot be assigned to, e.g. a call. */
  requireAssignable(start: number): void {
    if (!this.#isAssignable()) throw new SourceProblem('something that cannot be assigned to', start);
  }

  /** A single expression, `lambda` and `x if y else z` included. */
  test(): ControlValue | undefined {
    if (this.#tokens.at('lambda')) return this.#lambda('test');
    const value = this.#orTest();
    if (!this.#tokens.at('if')) return value;
    while (this.#tokens.accept('if')) {
      this.#orTest();
      this.#tokens.expect('else');
      if (this.#tokens.at('lambda')) {
        this.#lambda('test');
        break;
      }
      this.#orTest();
    }
    return this.#passOver('operator');
  }

  /** An expression of arithmetic operators only. */
  expression(): ControlValue | undefined {
    const value = this.#factor();
    if (!isArithmetic(this.#tokens.kind)) return value;
    while (isArithmetic(this.#tokens.kind)) {
      this.#tokens.advance();
      this.#factor();
    }
    return this.#passOver('operator');
  }

  /** The parameters of a `def` or `lambda`, up to but without the token that ends them. */
  parameters(end: ')' | ':'): void {
    const tokens = this.#tokens;
    let hasDefault = false;
    while (!tokens.at(end)) {
      if (tokens.accept('*')) {
        tokens.expect('name');
        if (!tokens.accept(',')) return;
        if (!tokens.at('**')) tokens.fail();
      }
      if (tokens.accept('**')) return tokens.expect('name');
      this.#parameter();
      if (tokens.accept('=')) {
        hasDefault = true;
        this.test();
      } else if (hasDefault) {
        throw new SourceProblem('a parameter without default follows one with default', tokens.start);
      }
      if (!tokens.accept(',')) return;
    }
  }

  /** The arguments of a call, with their parentheses. */
  callArguments(): void {
    const tokens = this.#tokens;
    this.#openBracket();
    let [count, hasKeyword, hasStar, hasGenerator] = [0, false, false, false];
    while (!tokens.at(')')) {
      count++;
      if (tokens.accept('**')) {
        this.test();
        break;
      }
      if (tokens.accept('*')) {
        if (hasStar) tokens.fail();
        hasStar = true;
        this.test();
      } else {
        const kind = this.#argument();
        if (kind === 'positional' && (hasKeyword || hasStar)) {
          throw new SourceProblem('a positional argument follows a named one', tokens.start);
        }
        if (kind === 'keyword') hasKeyword = true;
        if (kind === 'generator') hasGenerator = true;
      }
      if (!tokens.accept(',')) break;
      if (hasGenerator) throw new SourceProblem('a generator expression needs parentheses', tokens.start);
      if (hasStar && tokens.at(')')) tokens.fail();
    }
    if (hasGenerator && count > 1) throw new SourceProblem('a generator expression needs parentheses', tokens.start);
    this.#close(')');
  }

  #argument(): 'positional' | 'keyword' | 'generator' {
    const tokens = this.#tokens;
    const isBareName = tokens.at('name');
    this.test();
    if (tokens.at('for')) {
      this.#comprehension('generator');
      return 'generator';
    }
    if (!tokens.at('=')) return 'positional';
    if (!isBareName || this.shape !== 'name') tokens.fail();
    tokens.advance();
    this.test();
    return 'keyword';
  }

  /** A parameter's name; in Python 2 also a tuple of them. */
  #parameter(): void {
    const tokens = this.#tokens;
    if (!tokens.at('(')) return tokens.expect('name');
    this.#openBracket();
    do this.#parameter();
    while (tokens.accept(',') && !tokens.at(')'));
    this.#close(')');
  }

  #lambda(body: 'test' | 'old-test'): undefined {
    this.#enter();
    this.#tokens.expect('lambda');
    this.parameters(':');
    this.#tokens.expect(':');
    if (body === 'test') this.test();
    else this.#oldTest();
    this.#depth--;
    return this.#passOver('lambda');
  }

  /** In the conditions of comprehensions, `x if y else z` needs parentheses. */
  #oldTest(): void {
    if (this.#tokens.at('lambda')) this.#lambda('old-test');
    else this.#orTest();
  }

  #orTest(): ControlValue | undefined {
    const value = this.#comparison();
    if (!this.#tokens.at('and') && !this.#tokens.at('or')) return value;
    while (this.#tokens.accept('and') || this.#tokens.accept('or')) this.#comparison();
    return this.#passOver('operator');
  }

  #comparison(): ControlValue | undefined {
    let isComposed = false;
    while (this.#tokens.accept('not')) isComposed = true;
    const value = this.expression();
    while (this.#acceptComparison()) {
      isComposed = true;
      this.expression();
    }
    return isComposed ? this.#passOver('operator') : value;
  }

  #acceptComparison(): boolean {
    const tokens = this.#tokens;
    if (tokens.accept('comparison') || tokens.accept('in')) return true;
    if (tokens.accept('is')) {
      tokens.accept('not');
      return true;
    }
    if (!tokens.accept('not')) return false;
    tokens.expect('in');
    return true;
  }

  #factor(): ControlValue | undefined {
    const tokens = this.#tokens;
    let isSigned = false;
    while (tokens.accept('-') || tokens.accept('+') || tokens.accept('~')) isSigned = true;
    const value = this.#atom();
    if (!tokens.at('.') && !tokens.at('(') && !tokens.at('[')) return isSigned ? this.#passOver('operator') : value;
    this.#trailers();
    return isSigned ? this.#passOver('operator') : undefined;
  }

  #trailers(): void {
    const tokens = this.#tokens;
    for (;;) {
      if (tokens.accept('.')) {
        tokens.expect('name');
        this.#passOver('attribute', 'place');
      } else if (tokens.at('(')) {
        this.callArguments();
        this.#passOver('call');
      } else if (tokens.at('[')) {
        this.#subscripts();
        this.#passOver('subscript', 'place');
      } else {
        return;
      }
    }
  }

  #subscripts(): void {
    const tokens = this.#tokens;
    this.#openBracket();
    do this.#subscript();
    while (tokens.accept(',') && !tokens.at(']'));
    this.#close(']');
  }

  #subscript(): void {
    const tokens = this.#tokens;
    if (tokens.accept('.')) {
      tokens.expect('.');
      return tokens.expect('.');
    }
    const hasStart = startsTest(tokens.kind);
    if (hasStart) this.test();
    if (!tokens.accept(':')) {
      if (!hasStart) tokens.fail();
      return;
    }
    if (startsTest(tokens.kind)) this.test();
    if (tokens.accept(':') && startsTest(tokens.kind)) this.test();
  }

  #atom(): ControlValue | undefined {
    const tokens = this.#tokens;
    switch (tokens.kind) {
      case 'name':
        return this.#name();
      case 'string':
        return this.#strings();
      case 'number':
        return this.#number();
      case '(':
        return this.#parentheses();
      case '[':
        return this.#list();
      case '{':
        return this.#braces();
      case '`':
        return this.#backquotes();
      default:
        return this.#fail();
    }
  }

  #name(): ControlValue | undefined {
    const tokens = this.#tokens;
    this.shape = 'name';
    this.reason = 'name';
    this.nameStart = tokens.start;
    this.nameEnd = tokens.end;
    const value = tokens.end - tokens.start <= longestConstantName ? constantNames.get(tokens.text()) : undefined;
    tokens.advance();
    return value;
  }

  #number(): ControlValue | undefined {
    const reading = readNumber(this.#tokens.text());
    this.#tokens.advance();
    this.shape = 'other';
    return 'text' in reading ? reading.text : this.#passOver(reading.passedOver);
  }

  #strings(): ControlValue | undefined {
    const text = readAdjacentStrings(this.#tokens, this.#declaredUtf8);
    this.shape = 'other';
    return text ?? this.#passOver('non-ascii-unicode');
  }

  #parentheses(): ControlValue | undefined {
    const tokens = this.#tokens;
    this.#openBracket();
    if (tokens.at(')')) {
      this.#close(')');
      return this.#passOver('tuple');
    }
    if (tokens.at('yield')) {
      this.yieldOrTestList();
      this.#close(')');
      return undefined;
    }
    let value = this.test();
    if (tokens.at('for')) {
      this.#comprehension('generator');
      value = this.#passOver('comprehension');
    } else if (tokens.at(',')) {
      value = this.#tuple('test');
    }
    this.#close(')');
    return value;
  }

  #list(): ControlValue | undefined {
    const tokens = this.#tokens;
    this.#openBracket();
    const items: ControlValue[] = [];
    let isAssignable = !tokens.at(']');
    for (let count = 0; !tokens.at(']'); count++) {
      const { start } = tokens;
      const item = this.test();
      if (count === 0 && tokens.at('for')) {
        this.#comprehension('list');
        this.#close(']');
        return this.#passOver('comprehension');
      }
      isAssignable &&= this.#isAssignable();
      if (item === undefined) this.#dropped.push({ offset: start, reason: this.reason });
      else items.push(item);
      if (!tokens.accept(',')) break;
    }
    this.#close(']');
    this.shape = isAssignable ? 'targets' : 'other';
    return items;
  }

  #braces(): ControlValue | undefined {
    const tokens = this.#tokens;
    this.#openBracket();
    if (tokens.at('}')) {
      this.#close('}');
      this.#passOver('empty-dict');
      return this.#readsEmptyDicts ? {} : undefined;
    }
    const entries = new Map<string, ControlValue>();
    for (let count = 0; !tokens.at('}'); count++) {
      const { start } = tokens;
      const key = this.test();
      const isConstantKey = typeof key === 'string' && this.shape !== 'name';
      if (count === 0 && !tokens.at(':')) return this.#setBehindFirst();
      tokens.expect(':');
      const value = this.test();
      if (count === 0 && tokens.at('for')) return this.#bracedComprehension();
      if (isConstantKey && value !== undefined) entries.set(key, value);
      else this.#dropped.push({ offset: start, reason: isConstantKey ? this.reason : 'key' });
      if (!tokens.accept(',')) break;
    }
    this.#close('}');
    this.shape = 'other';
    // fromEntries, unlike an assignment, makes an ordinary property of a key like `__proto__`.
    return Object.fromEntries(entries);
  }

  #setBehindFirst(): undefined {
    if (this.#tokens.at('for')) return this.#bracedComprehension();
    if (this.#tokens.at(',')) this.#tuple('test');
    this.#close('}');
    return this.#passOver('set');
  }

  #bracedComprehension(): undefined {
    this.#comprehension('generator');
    this.#close('}');
    return this.#passOver('comprehension');
  }

  #backquotes(): undefined {
    this.#openBracket();
    do this.test();
    while (this.#tokens.accept(','));
    this.#close('`');
    return this.#passOver('backquotes');
  }

  /** The rest of a tuple, from the comma behind its first element. */
  #tuple(element: 'test' | 'expression'): undefined {
    let isAssignable = this.#isAssignable();
    while (this.#tokens.accept(',')) {
      const { kind } = this.#tokens;
      if (!startsTest(kind)) break;
      if (element === 'test') this.test();
      else this.expression();
      isAssignable &&= this.#isAssignable();
    }
    return this.#passOver('tuple', isAssignable ? 'targets' : 'other');
  }

  /** The clauses behind the first expression. What follows `in` may be a bare tuple in a list comprehension only. */
  #comprehension(kind: 'list' | 'generator'): void {
    const tokens = this.#tokens;
    for (;;) {
      if (tokens.accept('for')) {
        this.targetList();
        tokens.expect('in');
        if (kind === 'generator') this.#orTest();
        else this.#oldTestList();
      } else if (tokens.accept('if')) {
        this.#oldTest();
      } else {
        return;
      }
    }
  }

  #oldTestList(): void {
    this.#oldTest();
    if (!this.#tokens.accept(',')) return;
    this.#oldTest();
    while (this.#tokens.accept(',') && startsTest(this.#tokens.kind)) this.#oldTest();
  }

  #isAssignable(): boolean {
    return this.shape !== 'other';
  }

  #passOver(reason: PassedOverReason, shape: Shape = 'other'): undefined {
    this.reason = reason;
    this.shape = shape;
    return undefined;
  }

  #enter(): void {
    if (++this.#depth > maxDepth) throw new SourceProblem('brackets nested too deeply', this.#tokens.start);
  }

  #openBracket(): void {
    this.#enter();
    this.#open.push(this.#tokens.start);
    this.#tokens.advance();
  }

  #close(bracket: TokenKind): void {
    if (!this.#tokens.at(bracket)) this.#fail();
    this.#tokens.advance();
    this.#open.pop();
    this.#depth--;
  }

  #fail(): never {
    const open = this.#open.at(-1);
    if (open !== undefined && this.#tokens.at('end')) throw new SourceProblem('a bracket that is never closed', open);
    return this.#tokens.fail();
  }
}

/** Python 2 gives up somewhere below this. */
const maxDepth = 100;

const noneDropped: readonly DroppedElement[] = [];

const constantNames: ReadonlyMap<string, string> = new Map(['True', 'False', 'None'].map((name) => [name, name]));
const longestConstantName = 5;
