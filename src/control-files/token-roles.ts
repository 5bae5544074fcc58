import type { TokenKind } from './python-tokens.js';

/** Whether a token joins two operands of an arithmetic expression. */
export function isArithmetic(kind: TokenKind): boolean {
  switch (kind) {
    case 'operator':
    case '+':
    case '-':
    case '*':
    case '**':
    case '>>':
      return true;
    default:
      return false;
  }
}

/** Whether an expression can begin with such a token. */
export function startsTest(kind: TokenKind): boolean {
  switch (kind) {
    case 'name':
    case 'number':
    case 'string':
    case '(':
    case '[':
    case '{':
    case '`':
    case '-':
    case '+':
    case '~':
    case 'not':
    case 'lambda':
      return true;
    default:
      return false;
  }
}
