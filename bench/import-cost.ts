import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importCost } from '../scripts/import-cost.mjs';
import { atMost, type Figure, type FigureGroup } from './figure.js';

/** What `import` of the built package costs over a bare node. */
export async function importFigures(): Promise<readonly FigureGroup[]> {
  const figures = [
    await cost('dynamic-suite', '../dist/index.js', { target: atMost(15) }),
    await cost('dynamic-suite/testing', '../dist/testing/index.js', {}),
  ];
  return [{ title: 'Importing the package', figures }];
}

async function cost(name: string, file: string, rest: Pick<Figure, 'target'>): Promise<Figure> {
  const figure = { name, unit: 'ms over bare node', ...rest };
  const url = new URL(file, import.meta.url);
  if (!existsSync(url)) return { ...figure, value: null, note: 'not built: npm run build' };
  return { ...figure, value: await importCost(url.href, fileURLToPath(new URL('..', import.meta.url))) };
}
