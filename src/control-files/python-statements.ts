import type { ControlValue, DroppedElement, PassedOverReason } from './control-value.js';
import { ExpressionParser } from './python-expressions.js';
import type { PythonTokens } from './python-tokens.js';
import { SourceProblem } from './source-problem.js';
import { startsTest } from './token-roles.js';

/** A top-level `NAME = constant`. */
export interface ConstantAssignment {
  /** The variable, in lower case. */
  readonly name: string;
  readonly value: ControlValue;
  /** Where the statement begins. */
  readonly offset: number;
  /** Elements of a list or dict that were left out of `value`. */
  readonly dropped: readonly DroppedElement[];
}

/** A top-level assignment to a name that is not read. */
interface PassedOverAssignment {
  readonly name: string;
  readonly offset: number;
  readonly reason: PassedOverReason;
}

/** What the statements of a file come to. */
export interface ModuleConstants {
  readonly assignments: readonly ConstantAssignment[];
  readonly passedOver: readonly PassedOverAssignment[];
}

/**
 * Recognises the statements of Python 2.7's grammar and collects the top-level assignments.
 *
 * @throws SourceProblem for text that is not a Python module
 */
export function parseModule(tokens: PythonTokens, declaredUtf8: boolean): ModuleConstants {
  const parser = new StatementParser(tokens, declaredUtf8);
  tokens.advance();
  while (!tokens.at('end')) {
    if (!tokens.accept('newline')) parser.statement();
  }
  return parser;
}

class StatementParser implements ModuleConstants {
  readonly assignments: ConstantAssignment[] = [];
  readonly passedOver: PassedOverAssignment[] = [];

  readonly #tokens: PythonTokens;
  readonly #expressions: ExpressionParser;
  /** How many compound statements are open; assignments count outside of all. */
  #blocks = 0;

  constructor(tokens: PythonTokens, declaredUtf8: boolean) {
    this.#tokens = tokens;
    this.#expressions = new ExpressionParser(tokens, declaredUtf8);
  }

  statement(): void {
    const tokens = this.#tokens;
    switch (tokens.kind) {
      case 'if':
        return this.#if();
      case 'while':
        tokens.advance();
        this.#expressions.test();
        this.#block();
        return this.#optionalElse();
      case 'for':
        return this.#for();
      case 'try':
        return this.#try();
      case 'with':
        return this.#with();
      case 'def':
        return this.#def();
      case 'class':
        return this.#class();
      case '@':
        return this.#decorated();
      default:
        return this.#simpleStatements();
    }
  }

  #simpleStatements(): void {
    const tokens = this.#tokens;
    do this.#simpleStatement();
    while (tokens.accept(';') && !tokens.at('newline'));
    tokens.expect('newline');
  }

  #simpleStatement(): void {
    const tokens = this.#tokens;
    const expressions = this.#expressions;
    switch (tokens.kind) {
      case 'print':
        return this.#print();
      case 'pass':
      case 'break':
      case 'continue':
        return tokens.advance();
      case 'del':
        tokens.advance();
        return expressions.targetList();
      case 'return':
        tokens.advance();
        if (startsTest(tokens.kind)) expressions.testList();
        return;
      case 'yield':
        expressions.yieldOrTestList();
        return;
      case 'raise':
        return this.#raise();
      case 'import':
        return this.#import();
      case 'from':
        return this.#from();
      case 'global':
        do {
          tokens.advance();
          tokens.expect('name');
        } while (tokens.at(','));
        return;
      case 'exec':
        return this.#exec();
      case 'assert':
        tokens.advance();
        expressions.test();
        if (tokens.accept(',')) expressions.test();
        return;
      default:
        return this.#expressionStatement();
    }
  }

  #expressionStatement(): void {
    const tokens = this.#tokens;
    const expressions = this.#expressions;
    const { start } = tokens;
    expressions.takeDropped();
    let value = expressions.testList();
    if (tokens.at('augmented')) return this.#augmentedAssignment(start);
    if (!tokens.at('=')) return;

    const targets: (string | undefined)[] = [];
    let targetStart = start;
    let hasUnpacking = false;
    while (tokens.at('=')) {
      expressions.requireAssignable(targetStart);
      hasUnpacking ||= expressions.shape === 'targets';
      if (this.#blocks === 0) targets.push(this.#targetName());
      tokens.advance();
      targetStart = tokens.start;
      expressions.takeDropped();
      value = expressions.yieldOrTestList();
    }
    if (this.#blocks === 0) this.#record(targets, value, start);
  }

  #augmentedAssignment(start: number): void {
    const { shape } = this.#expressions;
    if (shape === 'targets') throw new SourceProblem('something that cannot be assigned to', start);
    this.#expressions.requireAssignable(start);
    const name = this.#targetName();
    this.#tokens.advance();
    this.#expressions.yieldOrTestList();
    if (name !== undefined && this.#blocks === 0) {
      this.passedOver.push({ name, offset: start, reason: 'augmented-assignment' });
    }
  }

  #record(targets: readonly (string | undefined)[], value: ControlValue | undefined, offset: number): void {
    const [name] = targets;
    if (targets.length === 1 && name !== undefined && value !== undefined) {
      this.assignments.push({ name, value, offset, dropped: this.#expressions.takeDropped() });
      return;
    }
    const reason = targets.length > 1 ? 'chained-assignment' : this.#expressions.reason;
    for (const target of targets) {
      if (target !== undefined) this.passedOver.push({ name: target, offset, reason });
    }
  }

  #targetName(): string | undefined {
    const { shape, nameStart, nameEnd } = this.#expressions;
    return shape === 'name' ? this.#tokens.source.slice(nameStart, nameEnd).toLowerCase() : undefined;
  }

  #print(): void {
    const tokens = this.#tokens;
    tokens.advance();
    if (tokens.accept('>>')) {
      this.#expressions.test();
      if (!tokens.accept(',')) return;
      this.#expressions.testList();
    } else if (startsTest(tokens.kind)) {
      this.#expressions.testList();
    }
  }

  #raise(): void {
    const tokens = this.#tokens;
    tokens.advance();
    if (!startsTest(tokens.kind)) return;
    this.#expressions.test();
    for (let more = 0; more < 2 && tokens.accept(','); more++) this.#expressions.test();
  }

  #exec(): void {
    const tokens = this.#tokens;
    tokens.advance();
    this.#expressions.expression();
    if (!tokens.accept('in')) return;
    this.#expressions.test();
    if (tokens.accept(',')) this.#expressions.test();
  }

  #import(): void {
    do {
      this.#tokens.advance();
      this.#dottedName();
      this.#optionalAs();
    } while (this.#tokens.at(','));
  }

  #from(): void {
    const tokens = this.#tokens;
    tokens.advance();
    let isRelative = false;
    while (tokens.accept('.')) isRelative = true;
    const moduleStart = tokens.start;
    if (!isRelative || tokens.at('name')) this.#dottedName();
    const isFuture = !isRelative && futureModule.test(tokens.source.slice(moduleStart, tokens.start));
    tokens.expect('import');
    if (tokens.accept('*')) return;
    const open = tokens.start;
    const hasParentheses = tokens.accept('(');
    do {
      if (isFuture && tokens.text() === 'print_function') tokens.printIsName = true;
      tokens.expect('name');
      this.#optionalAs();
    } while (tokens.accept(',') && tokens.at('name'));
    if (!hasParentheses) return;
    if (tokens.at('end')) throw new SourceProblem('a bracket that is never closed', open);
    tokens.expect(')');
  }

  #optionalAs(): void {
    if (this.#tokens.accept('as')) this.#tokens.expect('name');
  }

  #dottedName(): void {
    do this.#tokens.expect('name');
    while (this.#tokens.accept('.'));
  }

  #if(): void {
    const tokens = this.#tokens;
    do {
      tokens.advance();
      this.#expressions.test();
      this.#block();
    } while (tokens.at('elif'));
    this.#optionalElse();
  }

  #optionalElse(): void {
    if (this.#tokens.accept('else')) this.#block();
  }

  #for(): void {
    this.#tokens.advance();
    this.#expressions.targetList();
    this.#tokens.expect('in');
    this.#expressions.testList();
    this.#block();
    this.#optionalElse();
  }

  #try(): void {
    const tokens = this.#tokens;
    tokens.advance();
    this.#block();
    if (tokens.accept('finally')) return this.#block();
    if (!tokens.at('except')) tokens.fail();
    while (tokens.accept('except')) {
      if (!tokens.at(':')) {
        this.#expressions.test();
        if (tokens.accept('as') || tokens.accept(',')) this.#target('test');
      }
      this.#block();
    }
    this.#optionalElse();
    if (tokens.accept('finally')) this.#block();
  }

  #with(): void {
    do {
      this.#tokens.advance();
      this.#expressions.test();
      if (this.#tokens.accept('as')) this.#target('expression');
    } while (this.#tokens.at(','));
    this.#block();
  }

  #target(form: 'test' | 'expression'): void {
    const { start } = this.#tokens;
    if (form === 'test') this.#expressions.test();
    else this.#expressions.expression();
    this.#expressions.requireAssignable(start);
  }

  #def(): void {
    const tokens = this.#tokens;
    tokens.advance();
    tokens.expect('name');
    tokens.expect('(');
    this.#expressions.parameters(')');
    tokens.expect(')');
    this.#block();
  }

  #class(): void {
    const tokens = this.#tokens;
    tokens.advance();
    tokens.expect('name');
    if (tokens.accept('(')) {
      if (!tokens.at(')')) this.#expressions.testList();
      tokens.expect(')');
    }
    this.#block();
  }

  #decorated(): void {
    const tokens = this.#tokens;
    while (tokens.accept('@')) {
      this.#dottedName();
      if (tokens.at('(')) this.#expressions.callArguments();
      tokens.expect('newline');
    }
    if (tokens.at('def')) return this.#def();
    if (tokens.at('class')) return this.#class();
    tokens.fail();
  }

  /** `:` and what is below it. As deep as lines can be indented, which the tokens limit. */
  #block(): void {
    const tokens = this.#tokens;
    tokens.expect(':');
    this.#blocks++;
    if (tokens.accept('newline')) {
      if (!tokens.at('indent')) throw new SourceProblem('an indented block is missing', tokens.start);
      tokens.advance();
      do this.statement();
      while (!tokens.at('dedent'));
      tokens.advance();
    } else {
      this.#simpleStatements();
    }
    this.#blocks--;
  }
}

const futureModule = /^__future__\s*$/;
