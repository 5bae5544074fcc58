import { SourceProblem } from './source-problem.js';

const keywords = [
  ...['and', 'as', 'assert', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except'],
  ...['exec', 'finally', 'for', 'from', 'global', 'if', 'import', 'in', 'is', 'lambda', 'not', 'or'],
  ...['pass', 'print', 'raise', 'return', 'try', 'while', 'with', 'yield'],
] as const;

type Keyword = (typeof keywords)[number];

/** What a token is to the grammar; operators that are only ever used alike share a kind. */
export type TokenKind =
  | Keyword
  | 'name'
  | 'number'
  | 'string'
  | 'newline'
  | 'indent'
  | 'dedent'
  | 'end'
  | 'comparison'
  | 'augmented'
  | 'operator'
  | ('(' | ')' | '[' | ']' | '{' | '}' | ',' | ':' | ';' | '.' | '`' | '@' | '=' | '~' | '+' | '-' | '*' | '**' | '>>');

/**
 * Cuts Python 2 source into tokens, one `advance` at a time. Each character is looked at a bounded number of times.
 *
 * @throws SourceProblem from `advance`, for text that has no token
 */
export class PythonTokens {
  /** The kind of the current token. Read it through {@link at}: the compiler would take it for unchanged by calls. */
  kind: TokenKind = 'newline';
  /** Where the current token begins and ends. */
  start = 0;
  end = 0;
  /** Of a string token: what stands before the quotes, in lower case, and where the body begins and ends. */
  stringPrefix = '';
  bodyStart = 0;
  bodyEnd = 0;
  /** After `from __future__ import print_function`, `print` is a name like any other. */
  printIsName = false;
  /** How many characters and tokens were looked at: a measure of work that does not depend on the machine. */
  steps = 0;

  readonly source: string;
  #openBrackets = 0;
  #lineStarts = true;
  readonly #indentations = [0];
  #dedents = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** Whether the current token is of this kind. */
  at(kind: TokenKind): boolean {
    return this.kind === kind;
  }

  /** Goes on behind the current token if it is of this kind. */
  accept(kind: TokenKind): boolean {
    if (this.kind !== kind) return false;
    this.advance();
    return true;
  }

  /** Goes on behind the current token, which has to be of this kind. */
  expect(kind: TokenKind): void {
    if (this.kind !== kind) this.fail();
    this.advance();
  }

  /** The text of the current token. */
  text(): string {
    return this.source.slice(this.start, this.end);
  }

  /** Reports the current token as one that cannot stand here. */
  fail(): never {
    throw new SourceProblem(`invalid syntax: ${describeToken(this)}`, this.start);
  }

  advance(): void {
    const from = this.end;
    this.#next();
    this.steps += this.end - from + 1;
  }

  #next(): void {
    if (this.#dedents > 0) {
      this.#dedents--;
      return this.#set('dedent', this.end, 0);
    }
    let at = this.end;
    if (this.#lineStarts) {
      at = this.#skipEmptyLines(at);
      this.#lineStarts = false;
      if (this.#indent(at)) return;
    }
    at = this.#skipSpace(at);
    const { source } = this;
    const code = source.charCodeAt(at);
    if (isNameStart(code)) return this.#nameOrString(at);
    if (isDigit(code)) return this.#number(at);
    if (code === doubleQuote || code === singleQuote) return this.#string(at, at);
    if (code === newline) {
      this.#lineStarts = true;
      return this.#set('newline', at, 1);
    }
    if (at >= source.length) return this.#endOfSource(at);
    if (code === dot && isDigit(source.charCodeAt(at + 1))) return this.#number(at);
    return this.#operator(at);
  }

  #set(kind: TokenKind, start: number, length: number): void {
    this.kind = kind;
    this.start = start;
    this.end = start + length;
  }

  #endOfSource(at: number): void {
    const open = this.#indentations.length - 1;
    if (this.#openBrackets <= 0) {
      if (!(this.kind === 'newline' || this.kind === 'dedent' || this.kind === 'end'))
        return this.#set('newline', at, 0);
      if (open > 0) {
        this.#indentations.length = 1;
        this.#dedents = open - 1;
        return this.#set('dedent', at, 0);
      }
    }
    this.#set('end', at, 0);
  }

  /** Skips lines that hold nothing but white space and comments; the result is the start of a line with code. */
  #skipEmptyLines(lineStart: number): number {
    const { source } = this;
    for (let at = lineStart; ; at++) {
      const code = source.charCodeAt(at);
      if (code === hash) at = this.#endOfLine(at);
      else if (code === space || code === tab || code === formFeed) continue;
      if (source.charCodeAt(at) !== newline) return at >= source.length ? at : lineStart;
      lineStart = at + 1;
    }
  }

  #endOfLine(at: number): number {
    const found = this.source.indexOf('\n', at);
    return found === -1 ? this.source.length : found;
  }

  /** Compares the indentation of a line with the one before. True when that makes a token. */
  #indent(lineStart: number): boolean {
    const { source } = this;
    let column = 0;
    let at = lineStart;
    for (; ; at++) {
      const code = source.charCodeAt(at);
      if (code === space) column++;
      else if (code === tab) column = (Math.floor(column / tabSize) + 1) * tabSize;
      else if (code === formFeed) column = 0;
      else break;
    }
    const levels = this.#indentations;
    const current = levels[levels.length - 1] ?? 0;
    if (column === current) return false;
    if (column > current) {
      if (levels.length >= maxIndentations) throw new SourceProblem('too many levels of indentation', at);
      levels.push(column);
      this.#set('indent', lineStart, at - lineStart);
      return true;
    }
    const level = levels.indexOf(column);
    if (level === -1) throw new SourceProblem('the indentation does not match any outer level', at);
    this.#dedents = levels.length - level - 2;
    levels.length = level + 1;
    this.#set('dedent', at, 0);
    return true;
  }

  #skipSpace(at: number): number {
    const { source } = this;
    for (; ; at++) {
      const code = source.charCodeAt(at);
      if (code === space || code === tab || code === formFeed) continue;
      if (code === hash) at = this.#endOfLine(at) - 1;
      else if (code === backslash) at = this.#continuation(at);
      else if (code !== newline || this.#openBrackets <= 0) return at;
    }
  }

  #continuation(at: number): number {
    if (this.source.charCodeAt(at + 1) === newline || at + 1 === this.source.length) return at + 1;
    throw new SourceProblem('something stands after a line continuation', at + 1);
  }

  #nameOrString(start: number): void {
    const { source } = this;
    let at = start + 1;
    while (isNamePart(source.charCodeAt(at))) at++;
    const code = source.charCodeAt(at);
    if ((code === doubleQuote || code === singleQuote) && at - start <= 2) {
      const prefix = source.slice(start, at).toLowerCase();
      if (stringPrefixes.has(prefix)) return this.#string(start, at, prefix);
    }
    const length = at - start;
    const keyword = length <= longestKeyword ? keywordKinds.get(source.slice(start, at)) : undefined;
    const isName = keyword === undefined || (keyword === 'print' && this.printIsName);
    this.#set(isName ? 'name' : keyword, start, length);
  }

  #string(start: number, quoteAt: number, prefix = ''): void {
    const { source } = this;
    const quote = source.charCodeAt(quoteAt);
    const triple = source.charCodeAt(quoteAt + 1) === quote && source.charCodeAt(quoteAt + 2) === quote;
    const width = triple ? 3 : 1;
    let at = quoteAt + width;
    for (; ; at++) {
      const code = source.charCodeAt(at);
      if (code === quote) {
        if (!triple || (source.charCodeAt(at + 1) === quote && source.charCodeAt(at + 2) === quote)) break;
      } else if (code === backslash) {
        at++;
      } else if (code === newline && !triple) {
        throw new SourceProblem('the line ends inside a string', start);
      } else if (at >= source.length) {
        throw new SourceProblem('the file ends inside a string', start);
      }
    }
    this.stringPrefix = prefix;
    this.bodyStart = quoteAt + width;
    this.bodyEnd = at;
    this.#set('string', start, at + width - start);
  }

  /** A letter behind a number begins the next token (`1if x`); whether one may stand there, the grammar says. */
  #number(start: number): void {
    numberToken.lastIndex = start;
    const literal = numberToken.exec(this.source)?.[0] ?? '';
    const isBadOctal = /^0[0-9]+[lL]?$/.test(literal) && /[89]/.test(literal);
    const breaksOff = literal === '0' && 'xXoObB'.includes(this.source[start + 1] ?? ' ');
    if (isBadOctal || breaksOff) throw new SourceProblem('an invalid number', start);
    this.#set('number', start, literal.length);
  }

  #operator(start: number): void {
    const { source } = this;
    const first = source[start];
    const second = source[start + 1];
    switch (first) {
      case '(':
      case '[':
      case '{':
        this.#openBrackets++;
        return this.#set(first, start, 1);
      case ')':
      case ']':
      case '}':
        this.#openBrackets--;
        return this.#set(first, start, 1);
      case ',':
      case ':':
      case ';':
      case '.':
      case '`':
      case '@':
      case '~':
        return this.#set(first, start, 1);
      case '=':
        return second === '=' ? this.#set('comparison', start, 2) : this.#set('=', start, 1);
      case '+':
      case '-':
        return second === '=' ? this.#set('augmented', start, 2) : this.#set(first, start, 1);
      case '!':
        if (second === '=') return this.#set('comparison', start, 2);
        break;
      case '%':
      case '&':
      case '|':
      case '^':
        return second === '=' ? this.#set('augmented', start, 2) : this.#set('operator', start, 1);
      case '*':
      case '/':
      case '<':
      case '>':
        return this.#doubledOperator(first, start);
      default:
        break;
    }
    throw new SourceProblem('a character that cannot stand here', start);
  }

  /** `*`, `/`, `<` and `>` can be doubled, and both forms can be followed by `=`. */
  #doubledOperator(first: '*' | '/' | '<' | '>', start: number): void {
    const second = this.source[start + 1];
    if (second === first) {
      if (this.source[start + 2] === '=') return this.#set('augmented', start, 3);
      const kind = first === '*' ? '**' : first === '>' ? '>>' : 'operator';
      return this.#set(kind, start, 2);
    }
    if (first === '*' || first === '/') {
      if (second === '=') return this.#set('augmented', start, 2);
      return this.#set(first === '*' ? '*' : 'operator', start, 1);
    }
    const isLong = second === '=' || (first === '<' && second === '>');
    this.#set('comparison', start, isLong ? 2 : 1);
  }
}

function describeToken(tokens: PythonTokens): string {
  switch (tokens.kind) {
    case 'end':
      return 'the file ends too early';
    case 'newline':
      return 'the line ends too early';
    case 'indent':
      return 'unexpected indentation';
    case 'dedent':
      return 'an indented block is missing';
    default:
      return 'unexpected token';
  }
}

const keywordKinds: ReadonlyMap<string, Keyword> = new Map(keywords.map((keyword) => [keyword, keyword]));
const longestKeyword = 8;
const stringPrefixes: ReadonlySet<string> = new Set(['r', 'u', 'b', 'ur', 'br']);
const numberToken = /0x[0-9a-f]+l?|0o[0-7]+l?|0b[01]+l?|[0-9]+l|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?j?/iy;
const tabSize = 8;
/** Python's own limit. */
const maxIndentations = 100;

const [tab, newline, formFeed, space] = [9, 10, 12, 32];
const [doubleQuote, hash, singleQuote, dot, backslash] = [0x22, 0x23, 0x27, 0x2e, 0x5c];

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code);
}
