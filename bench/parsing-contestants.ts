import { parseControlFile } from 'dynamic-suite';
import { scanControlFile } from '../src/control-files/scanner.js';
import { asBinary, readWith, type GeneralParser } from './general-parser.js';
import { lezerPython } from './lezer-python.js';
import { treeSitterPython } from './tree-sitter-python.js';

/** What is timed on a control file. Trees alone are the least that a general parser could do. */
export type Contestant =
  | 'parseControlFile'
  | 'scanControlFile'
  | '@lezer/python, tree'
  | '@lezer/python, constants'
  | 'tree-sitter, tree'
  | 'tree-sitter, constants'
  | 'a bare loop over the characters';

/** The work of a contestant, from the bytes of a file. */
export async function contestantWork(contestant: Contestant): Promise<(file: Uint8Array) => void> {
  switch (contestant) {
    case 'parseControlFile':
      return (file) => parseControlFile(file, { path: 'client/site_tests/x/control' });
    case 'scanControlFile':
      return (file) => scanControlFile(file, { path: 'client/site_tests/x/control' });
    case '@lezer/python, tree':
      return treeOf(lezerPython());
    case '@lezer/python, constants':
      return constantsOf(lezerPython());
    case 'tree-sitter, tree':
      return treeOf(await treeSitterPython());
    case 'tree-sitter, constants':
      return constantsOf(await treeSitterPython());
    case 'a bare loop over the characters':
      return (file) => addUp(asBinary(file));
  }
}

function treeOf(parser: GeneralParser): (file: Uint8Array) => void {
  return (file) => parser.parse(asBinary(file));
}

function constantsOf(parser: GeneralParser): (file: Uint8Array) => void {
  return (file) => readWith(parser, file);
}

function addUp(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index++) sum = (sum + text.charCodeAt(index)) | 0;
  return sum;
}
