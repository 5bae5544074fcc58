import { median } from './figure.js';
import { runPython } from './python.js';

export interface PythonParsing {
  /** e.g. `Python 3.11.7` */
  readonly version: string;
  /** Places in the given list of the files that Python 3 can parse. */
  readonly parsable: ReadonlySet<number>;
  /** Of those, per second of the process's own time. */
  readonly filesPerSecond: number;
}

/** Has `python3` parse files with its own parser, in rounds; undefined where there is no `python3`. */
export async function pythonParsing(
  files: readonly Uint8Array[],
  rounds: number,
  roundMs: number,
): Promise<PythonParsing | undefined> {
  const input = {
    files: files.map((file) => Buffer.from(file).toString('base64')),
    rounds,
    seconds: roundMs / 1000,
  };
  const output = await runPython('python3', script, input);
  if (output === undefined) return undefined;
  const { version, parsable, rates } = JSON.parse(output);
  return { version: `Python ${version}`, parsable: new Set<number>(parsable), filesPerSecond: median(rates) };
}

const script = `
import ast, base64, json, platform, sys, time

request = json.load(sys.stdin)
parsable, files = [], []
for index, text in enumerate(request['files']):
    source = base64.b64decode(text)
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        continue
    parsable.append(index)
    files.append(source)

rates = []
for _ in range(request['rounds']):
    parsed, start, elapsed = 0, time.process_time(), 0
    while elapsed < request['seconds']:
        for source in files:
            ast.parse(source)
        parsed += len(files)
        elapsed = time.process_time() - start
    rates.append(parsed / elapsed)

json.dump({'version': platform.python_version(), 'parsable': parsable, 'rates': rates}, sys.stdout)
`;
