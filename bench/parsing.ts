import type { FigureGroup } from './figure.js';
import { lezerPython } from './lezer-python.js';
import { exactnessFigures } from './parsing-exactness.js';
import { sizeFigures } from './parsing-size.js';
import { speedFigures } from './parsing-speed.js';
import { treeSitterPython } from './tree-sitter-python.js';

/** Our scanner of control files beside general parsers that could have been used: exactness, speed, size. */
export async function parsingFigures(): Promise<readonly FigureGroup[]> {
  const exactness = await exactnessFigures([lezerPython(), await treeSitterPython()]);
  return [...exactness, ...(await speedFigures()), ...(await sizeFigures())];
}
