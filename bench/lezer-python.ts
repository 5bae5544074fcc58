import { parser } from '@lezer/python';
import type { ConstantExpression } from './constant-expression.js';
import type { GeneralParser, GeneralReading } from './general-parser.js';
import { packageVersion } from './package-version.js';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** The parser that CodeMirror uses. */
export function lezerPython(): GeneralParser {
  return {
    name: `@lezer/python ${packageVersion('@lezer/python')}`,
    parse: (text) => void parser.parse(text),
    read,
  };
}

function read(text: string): GeneralReading {
  const tree = parser.parse(text);
  let hasError = false;
  tree.iterate({
    enter: ({ type }) => {
      hasError ||= type.isError;
    },
  });
  const statements = children(tree.topNode).flatMap((node) =>
    node.name === 'StatementGroup' ? children(node) : [node],
  );
  const assignments = statements.flatMap((statement) => {
    const [target, equals, value, ...more] = statement.name === 'AssignStatement' ? children(statement) : [];
    if (target?.name !== 'VariableName' || equals?.name !== 'AssignOp' || value === undefined) return [];
    const expression = more.length === 0 ? expressionOf(value, text) : other;
    return [{ name: text.slice(target.from, target.to), expression }];
  });
  return { hasError, assignments };
}

function expressionOf(node: SyntaxNode, text: string): ConstantExpression {
  const spelled = text.slice(node.from, node.to);
  switch (node.name) {
    case 'String':
      return { kind: 'strings', literals: [spelled] };
    case 'ContinuedString': {
      const parts = children(node).filter(({ type }) => !type.isError);
      if (parts.some(({ name }) => name !== 'String')) return other;
      return { kind: 'strings', literals: parts.map(({ from, to }) => text.slice(from, to)) };
    }
    case 'Number':
      return { kind: 'number', literal: spelled };
    case 'Boolean':
    case 'None':
      return { kind: 'constant-name', name: spelled };
    case 'ParenthesizedExpression': {
      const [inner, ...more] = children(node).slice(1, -1);
      return inner !== undefined && more.length === 0 ? expressionOf(inner, text) : other;
    }
    case 'ArrayExpression':
      return { kind: 'list', items: betweenCommas(node).map(([item]) => only(item, text)) };
    case 'DictionaryExpression': {
      const entries = betweenCommas(node).flatMap(([key, colon, value]) =>
        colon?.name === ':' ? [[only(key, text), only(value, text)] as const] : [],
      );
      return { kind: 'dict', entries };
    }
    default:
      return other;
  }
}

const other: ConstantExpression = { kind: 'other' };

function only(node: SyntaxNode | undefined, text: string): ConstantExpression {
  return node === undefined ? other : expressionOf(node, text);
}

/** What stands between the brackets of a node, a list for each element. */
function betweenCommas(node: SyntaxNode): readonly (readonly SyntaxNode[])[] {
  const elements: SyntaxNode[][] = [[]];
  for (const child of children(node).slice(1, -1)) {
    if (child.name === ',') elements.push([]);
    else elements.at(-1)?.push(child);
  }
  return elements.filter((element) => element.length > 0);
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'Comment') found.push(child);
  }
  return found;
}
