import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import type { Figure, FigureGroup } from './figure.js';
import { treeSitterGrammar } from './tree-sitter-python.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What reading constants with each parser adds to a bundle and to an install. */
export async function sizeFigures(): Promise<readonly FigureGroup[]> {
  const ours = await bundle("export { scanControlFile } from './src/control-files/scanner.js'");
  const lezer = await bundle("export { parser } from '@lezer/python'");
  const treeSitter = await bundle("export { Language, Parser } from 'web-tree-sitter'");
  const engine = await readFile(fileURLToPath(import.meta.resolve('web-tree-sitter/web-tree-sitter.wasm')));
  const grammar = await readFile(treeSitterGrammar());
  const figures = [
    ...bundled('scanControlFile', [ours.minified], 'with encodings and literals'),
    ...bundled('@lezer/python', [lezer.minified], 'the tree alone'),
    ...bundled('tree-sitter', [treeSitter.minified, engine, grammar], 'the tree alone'),
    installed('scanControlFile', await installedBytes(ours), 'JavaScript, sources, maps and declarations'),
    installed('@lezer/python', await bytesOf(await packageFiles(lezer.inputs)), 'with what it depends on'),
    installed(
      'tree-sitter',
      (await bytesOf(await packageFiles(treeSitter.inputs))) + grammar.length,
      'web-tree-sitter, and of a package with the grammar that one file',
    ),
  ];
  return [{ title: 'What reading control files adds', figures }];
}

interface Bundle {
  readonly minified: Uint8Array;
  /** As tsup writes it, and its source map without the sources. */
  readonly readable: readonly Uint8Array[];
  /** The files that went into it. */
  readonly inputs: readonly string[];
}

async function bundle(code: string): Promise<Bundle> {
  const options = {
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile: 'bundle.js',
    write: false,
    metafile: true,
    absWorkingDir: root,
  } satisfies BuildOptions;
  const { outputFiles, metafile } = await build({ ...options, minify: true });
  const [minified] = outputFiles;
  if (minified === undefined) throw new Error('esbuild gave no output');
  const readable = await build({ ...options, sourcemap: true, sourcesContent: false });
  const inputs = Object.keys(metafile.inputs).filter((path) => path !== '<stdin>');
  return {
    minified: minified.contents,
    readable: readable.outputFiles.map(({ contents }) => contents),
    inputs: inputs.map((path) => `${root}${path}`),
  };
}

function bundled(name: string, parts: readonly Uint8Array[], note: string): readonly Figure[] {
  const total = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
  return [
    { name: `${name}, bundled`, value: total(parts.map(({ length }) => length)), unit: 'bytes, minified', note },
    {
      name: `${name}, bundled`,
      value: total(parts.map((part) => gzipSync(part).length)),
      unit: 'bytes, gzipped',
    },
  ];
}

function installed(name: string, value: number, note: string): Figure {
  return { name: `${name}, installed`, value, unit: 'bytes', note };
}

/** What the package holds of a bundle's modules; the declarations only where it is built. */
async function installedBytes({ readable, inputs }: Bundle): Promise<number> {
  const declarations = inputs
    .map((file) => file.replace(`${root}src/`, `${root}dist/`).replace(/\.ts$/, '.d.ts'))
    .flatMap((file) => [file, `${file}.map`])
    .filter((file) => existsSync(file));
  const scripts = readable.reduce((sum, { length }) => sum + length, 0);
  return scripts + (await bytesOf([...inputs, ...declarations]));
}

async function bytesOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** All files of the packages that some files of theirs belong to. */
async function packageFiles(files: readonly string[]): Promise<readonly string[]> {
  const folders = new Set(files.map((file) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file));
  const found = [...folders].map(async (folder) => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
  });
  return (await Promise.all(found)).flat();
}
