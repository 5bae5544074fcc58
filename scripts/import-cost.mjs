// How much loading the package adds to a bare node, in milliseconds: the median of several runs, side by side.
import { run } from './run.mjs';

const runs = 15;

/**
 * @param {string} specifier
 * @param {string} cwd a folder from which node finds the package
 */
export async function importCost(specifier, cwd) {
  const bare = [];
  const loaded = [];
  for (let n = 0; n < runs; n += 1) {
    bare.push(await time('', cwd));
    loaded.push(await time(`import(${JSON.stringify(specifier)})`, cwd));
  }
  return median(loaded) - median(bare);
}

async function time(source, cwd) {
  const start = performance.now();
  const { ok, output } = await run(process.execPath, ['-e', source], { cwd });
  if (!ok) throw new Error(output);
  return performance.now() - start;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
