import { controlFileTree, ordinaryFiles } from './control-file-tree.js';
import { cpuRates, roundMs, rounds } from './cpu-rates.js';
import { atLeast, type Figure, type FigureGroup } from './figure.js';
import type { Contestant } from './parsing-contestants.js';
import { pythonParsing } from './python-parsing.js';

const largeSize = 1_000_000;

/** Files per second on one core, and what other parsers do with the same ones in the same run. */
export async function speedFigures(): Promise<readonly FigureGroup[]> {
  const files = ordinaryFiles(await controlFileTree());
  return [await ordinaryGroup(files), await largeGroup(largeFile(files))];
}

async function ordinaryGroup(files: readonly Uint8Array[]): Promise<FigureGroup> {
  const unit = 'files per CPU second';
  const contestants: readonly Contestant[] = [
    'parseControlFile',
    'scanControlFile',
    '@lezer/python, tree',
    '@lezer/python, constants',
    'tree-sitter, tree',
    'tree-sitter, constants',
    'a bare loop over the characters',
  ];
  const rates = await cpuRates(contestants, files);
  const ratio = (ours: Contestant, over: Contestant) => ({
    name: `${ours} over ${over}`,
    value: rates.ratio(ours, over),
    unit: 'times',
  });
  const size = files.reduce((sum, { length }) => sum + length, 0) / files.length;
  return {
    title: 'Parsing control files of 1 KB, one core',
    figures: [
      { name: 'files, mean size', value: size, unit: 'bytes', note: `${files.length} files, repeated` },
      { name: 'parseControlFile', value: rates.of('parseControlFile'), unit, target: atLeast(50_000) },
      ...contestants.slice(1).map((contestant) => ({ name: contestant, value: rates.of(contestant), unit })),
      { ...ratio('scanControlFile', '@lezer/python, tree'), target: atLeast(8) },
      ratio('scanControlFile', '@lezer/python, constants'),
      ratio('parseControlFile', '@lezer/python, tree'),
      ratio('scanControlFile', 'tree-sitter, tree'),
      ratio('scanControlFile', 'tree-sitter, constants'),
      ratio('parseControlFile', 'tree-sitter, tree'),
      ...(await pythonFigures(files, unit)),
    ],
  };
}

async function largeGroup(file: Uint8Array): Promise<FigureGroup> {
  const contestants: readonly Contestant[] = [
    'parseControlFile',
    'scanControlFile',
    '@lezer/python, tree',
    'tree-sitter, tree',
    'a bare loop over the characters',
  ];
  const rates = await cpuRates(contestants, [file]);
  return {
    title: 'Parsing a control file of 1 MB, one core',
    figures: contestants.map((contestant) => ({
      name: contestant,
      value: (rates.of(contestant) * file.length) / 1e6,
      unit: 'MB per CPU second',
    })),
  };
}

/** Ordinary files one after the other, as many as fit; those that are in ASCII, with line ends of Unix. */
function largeFile(files: readonly Uint8Array[]): Uint8Array {
  const parts = files.filter((file) => file.every((byte) => byte < 0x80 && byte !== 0x0d) && file.at(-1) === 0x0a);
  const kept: Uint8Array[] = [];
  let size = 0;
  for (let index = 0; ; index++) {
    const part = parts[index % parts.length];
    if (part === undefined || size + part.length > largeSize) return Buffer.concat(kept);
    kept.push(part);
    size += part.length;
  }
}

async function pythonFigures(files: readonly Uint8Array[], unit: string): Promise<readonly Figure[]> {
  const name = 'python3 ast.parse';
  const python = await pythonParsing(files, rounds, roundMs);
  if (python === undefined) return [{ name, value: null, unit, note: 'no python3 here' }];
  const shared = files.filter((_, index) => python.parsable.has(index));
  const ours = (await cpuRates(['parseControlFile'], shared)).of('parseControlFile');
  const note = `the ${shared.length} files that are Python 3 too`;
  return [
    { name: 'parseControlFile, same files', value: ours, unit, note },
    { name, value: python.filesPerSecond, unit, note: `${python.version}; ${note}` },
    { name: 'parseControlFile over ast.parse', value: ours / python.filesPerSecond, unit: 'times' },
  ];
}
