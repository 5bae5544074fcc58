import { fileURLToPath } from 'node:url';
import { Language, Parser, type Node, type Tree } from 'web-tree-sitter';
import type { ConstantExpression } from './constant-expression.js';
import type { GeneralParser, GeneralReading } from './general-parser.js';
import { packageVersion } from './package-version.js';

/** The parser that GitHub and many editors use, as WebAssembly. */
export async function treeSitterPython(): Promise<GeneralParser> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(treeSitterGrammar()));
  const withTree = <T>(text: string, use: (tree: Tree) => T): T => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error('tree-sitter gave no tree');
    // The memory of WebAssembly is not collected.
    try {
      return use(tree);
    } finally {
      tree.delete();
    }
  };
  return {
    name: `web-tree-sitter ${packageVersion('web-tree-sitter')}, tree-sitter-python`,
    parse: (text) => withTree(text, () => undefined),
    read: (text) => withTree(text, read),
  };
}

/**
 * The file of tree-sitter-python. It is taken from a package that holds the very same file as the grammar's own one, which
 * runs a script when it is installed.
 */
export function treeSitterGrammar(): string {
  return fileURLToPath(import.meta.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'));
}

function read({ rootNode }: Tree): GeneralReading {
  const assignments = rootNode.namedChildren.flatMap((statement) => {
    const [assignment] = statement.type === 'expression_statement' ? statement.namedChildren : [];
    if (assignment?.type !== 'assignment' || assignment.childForFieldName('type') !== null) return [];
    const target = assignment.childForFieldName('left');
    const value = assignment.childForFieldName('right');
    if (target?.type !== 'identifier' || value === null) return [];
    return [{ name: target.text, expression: expressionOf(value) }];
  });
  return { hasError: rootNode.hasError, assignments };
}

function expressionOf(node: Node): ConstantExpression {
  switch (node.type) {
    case 'string':
      return { kind: 'strings', literals: [node.text] };
    case 'concatenated_string':
      return { kind: 'strings', literals: elements(node).map(({ text }) => text) };
    case 'integer':
    case 'float':
      return { kind: 'number', literal: node.text };
    case 'true':
    case 'false':
    case 'none':
      return { kind: 'constant-name', name: node.text };
    case 'parenthesized_expression': {
      const [inner] = elements(node);
      return inner === undefined ? other : expressionOf(inner);
    }
    case 'list':
      return { kind: 'list', items: elements(node).map(expressionOf) };
    case 'dictionary': {
      const entries = elements(node).flatMap((pair) => {
        const key = pair.childForFieldName('key');
        const value = pair.childForFieldName('value');
        return key === null || value === null ? [] : [[expressionOf(key), expressionOf(value)] as const];
      });
      return { kind: 'dict', entries };
    }
    default:
      return other;
  }
}

const other: ConstantExpression = { kind: 'other' };

function elements(node: Node): readonly Node[] {
  return node.namedChildren.filter(({ type }) => type !== 'comment' && type !== 'line_continuation');
}
