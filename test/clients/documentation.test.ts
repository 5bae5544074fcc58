import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string) => readFileSync(`${root}docs/${name}`, 'utf8');
const text = read('clients.md');
const pages = [text, read('suite-scheduler-builds.md'), read('create-suite-job.md')];

test('every block of code compiles for a careful user', () => {
  const blocks = pages.flatMap((page) => [...page.matchAll(/```ts\n([^]*?)\n```/g)].map(([, code = '']) => code));
  expect(blocks.length).toBeGreaterThan(8);
  const sources = new Map(blocks.map((code, index) => [`${root}test/clients/block-${index + 1}.ts`, code]));

  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: ['package.json'], include: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.readFile = (path) => sources.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const source = sources.get(path);
    return source === undefined ? getSourceFile(path, language, ...rest) : ts.createSourceFile(path, source, language);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  const found = [...sources.keys()].flatMap((path): readonly string[] => {
    const file = program.getSourceFile(path);
    if (file === undefined) return [`${path} was not read`];
    const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return diagnostics.map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
  expect(found).toEqual([]);
});

test('every error class of the table is exported by the package', async () => {
  const section = text.slice(text.indexOf('## Errors'), text.indexOf('## Over `fetch`'));
  const names = [...section.matchAll(/`(\w+Error)`/g)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(15);
  const library: object = await import('../../src/index.js');
  expect(names.filter((name) => !(name in library))).toEqual([]);
});
