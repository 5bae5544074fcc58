import { textFromBinary } from '../src/control-files/byte-text.js';
import { runPython } from './python.js';

export interface Python2Reading {
  /** e.g. `Python 2.7.18` */
  readonly version: string;
  /** For each file its constants by variable, in lower case; null for one that is not Python 2. */
  readonly files: readonly (Readonly<Record<string, unknown>> | null)[];
}

/**
 * What Python 2's own package `compiler` makes of files, with which the original system read them; undefined where there
 * is no `python2.7`.
 */
export async function python2Constants(files: readonly Uint8Array[]): Promise<Python2Reading | undefined> {
  const input = files.map((file) => Buffer.from(file).toString('base64'));
  const output = await runPython('python2.7', script, input);
  if (output === undefined) return undefined;
  const { version, files: readings } = JSON.parse(output, (_, value: unknown) =>
    typeof value === 'string' ? textFromBinary(value) : value,
  );
  return { version: `Python ${version}`, files: readings };
}

/** Bytes are written as characters 0 to 255. */
const script = String.raw`
import base64, compiler, compiler.ast as ast, json, platform, sys

class NoConstant(Exception):
    pass

def constant(node):
    if isinstance(node, ast.Const) and isinstance(node.value, (str, unicode, int, float)):
        try:
            return str(node.value).strip()
        except UnicodeEncodeError:
            raise NoConstant()
    if isinstance(node, ast.Name) and node.name in ('True', 'False', 'None'):
        return node.name
    if isinstance(node, ast.List):
        return [item for item in map(constant_or_none, node.nodes) if item is not None]
    if isinstance(node, ast.Dict) and node.items:
        pairs = [(constant_or_none(key), constant_or_none(value)) for key, value in node.items
                 if isinstance(key, ast.Const)]
        return dict((key, value) for key, value in pairs if key is not None and value is not None)
    raise NoConstant()

def constant_or_none(node):
    try:
        return constant(node)
    except NoConstant:
        return None

def read(source):
    text = source.replace('\r\n', '\n').replace('\r', '\n') + '\n'
    try:
        module = compiler.parse(text)
    except (SyntaxError, TypeError, ValueError):
        return None
    found = {}
    for statement in module.node.nodes:
        if not isinstance(statement, ast.Assign) or len(statement.nodes) != 1:
            continue
        target = statement.nodes[0]
        value = constant_or_none(statement.expr)
        if isinstance(target, ast.AssName) and value is not None:
            found[target.name.lower()] = value
    return found

files = [read(base64.b64decode(text)) for text in json.load(sys.stdin)]
output = {'version': platform.python_version(), 'files': files}
json.dump(output, sys.stdout, encoding='latin-1')
`;
