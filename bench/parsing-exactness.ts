import { isDeepStrictEqual } from 'node:util';
import { ControlFileError } from 'dynamic-suite';
import { scanControlFile } from '../src/control-files/scanner.js';
import type { ControlFileSource } from '../src/control-files/types.js';
import { asRecorded, recordedCases, sourceOf } from '../test/control-files/recorded-cases.js';
import { controlFileTree } from './control-file-tree.js';
import { damagedFiles } from './damaged-files.js';
import { atLeast, atMost, type Figure, type FigureGroup } from './figure.js';
import { readWith, type GeneralParser, type TextReading } from './general-parser.js';
import { python2Constants } from './python2-constants.js';

/** Whether a text is Python 2, and what constants it has. */
interface Truth {
  readonly source: ControlFileSource;
  readonly isPython: boolean;
  /** Left out where it was not recorded. */
  readonly constants?: Readonly<Record<string, unknown>>;
}

interface Reader {
  readonly name: string;
  readonly isOurs: boolean;
  read(source: ControlFileSource): TextReading;
}

/** What each parser takes for Python, and which constants it reads, held against the original and Python 2 itself. */
export async function exactnessFigures(others: readonly GeneralParser[]): Promise<readonly FigureGroup[]> {
  const tree = [...(await controlFileTree()).values()];
  const readers: Reader[] = [
    { name: 'ours', isOurs: true, read: readWithOurs },
    ...others.map((parser) => ({
      name: parser.name,
      isOurs: false,
      read: (source: ControlFileSource) => readWith(parser, source),
    })),
  ];
  return [
    { title: 'Reading exactly: recorded cases of the original', figures: figures(recordedTruths(), readers) },
    await compiledGroup('Reading exactly: the control files of examples/build', tree, readers),
    await compiledGroup('Reading exactly: the same files, damaged', damagedFiles(tree), readers),
  ];
}

function recordedTruths(): readonly Truth[] {
  return recordedCases().map((each) => {
    const isPython = each.strict.ok || !isAboutText(each.strict.error.message);
    return { source: sourceOf(each), isPython, ...(each.read === undefined ? {} : { constants: each.read }) };
  });
}

/** The original's messages on texts that it could not read; any other is about a value. */
function isAboutText(message: string): boolean {
  return /^(Error parsing data|invalid \\x escape|'ascii' codec|suite\(\) argument)/.test(message);
}

/** By the compiler of Python 2, where there is one. */
async function compiledGroup(
  title: string,
  sources: readonly Uint8Array[],
  readers: readonly Reader[],
): Promise<FigureGroup> {
  const python = await python2Constants(sources);
  if (python === undefined) {
    return { title, figures: [{ name: 'files', value: null, unit: 'files', note: 'no python2.7 here' }] };
  }
  const truths = sources.map((source, index): Truth => {
    const constants = python.files[index];
    return constants ? { source, isPython: true, constants: recorded(constants) } : { source, isPython: false };
  });
  return { title: `${title}, by the compiler of ${python.version}`, figures: figures(truths, readers) };
}

function recorded(constants: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, asRecorded(value)]));
}

function figures(truths: readonly Truth[], readers: readonly Reader[]): readonly Figure[] {
  const good = truths.filter(({ isPython }) => isPython);
  const bad = truths.filter(({ isPython }) => !isPython);
  const values = truths.reduce((sum, { constants = {} }) => sum + Object.keys(constants).length, 0);
  return readers.flatMap(({ name, isOurs, read }): Figure[] => {
    const rejected = bad.filter(({ source }) => read(source).isRejected).length;
    const accepted = good.filter(({ source }) => !read(source).isRejected).length;
    const wrong = truths.reduce((sum, truth) => sum + differences(truth, read(truth.source)), 0);
    return [
      {
        name: `${name}: not Python 2, rejected`,
        value: rejected,
        unit: `of ${bad.length} texts`,
        ...(isOurs ? { target: atLeast(Math.ceil(0.95 * bad.length)) } : {}),
      },
      {
        name: `${name}: Python 2, accepted`,
        value: accepted,
        unit: `of ${good.length} texts`,
        ...(isOurs ? { target: atLeast(good.length) } : {}),
      },
      {
        name: `${name}: constants wrong, missing or made up`,
        value: wrong,
        unit: `of ${values} values`,
        ...(isOurs ? { target: atMost(0) } : { note: 'errors in the tree overlooked' }),
      },
    ];
  });
}

function differences({ constants: expected }: Truth, { constants }: TextReading): number {
  if (expected === undefined) return 0;
  const read = Object.fromEntries([...constants].map(([name, value]) => [name, asRecorded(value)]));
  const names = new Set([...Object.keys(expected), ...Object.keys(read)]);
  return [...names].filter((name) => !isDeepStrictEqual(expected[name], read[name])).length;
}

function readWithOurs(source: ControlFileSource): TextReading {
  try {
    const { assignments } = scanControlFile(source, { path: 'control' });
    return { isRejected: false, constants: new Map(assignments.map(({ name, value }) => [name, value])) };
  } catch (error) {
    if (error instanceof ControlFileError) return { isRejected: true, constants: new Map() };
    throw error;
  }
}
