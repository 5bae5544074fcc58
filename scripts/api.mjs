// Compares the declarations in dist with the reports in etc; with --update, writes the reports.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { report, root, run } from './run.mjs';

const update = process.argv.includes('--update');
const staged = join(root, 'temp', 'api-testing');
const folders = ['testing', 'testing-msw'];

await mkdir(join(root, 'etc'), { recursive: true });
await report([
  { name: 'dynamic-suite', check: () => extract('api-extractor.json') },
  { name: 'dynamic-suite/testing', check: () => stage().then(() => extract('api-extractor.testing.json')) },
  { name: 'dynamic-suite/testing/msw', check: () => extract('api-extractor.testing-msw.json') },
]);

async function extract(config) {
  const result = await run('api-extractor', ['run', '--config', config, ...(update ? ['--local'] : [])]);
  if (result.ok || update) return result;
  return { ok: false, output: `${result.output}If the change is meant, run \`npm run api:update\`.\n` };
}

/**
 * api-extractor knows one entry point a package and would call every type of the main one that another mentions
 * forgotten. So each of the others gets a copy in which the entry points below it are what they are to a user: another
 * package.
 */
async function stage() {
  await rm(staged, { recursive: true, force: true });
  // A package of another name: by its own name it would find dist and not its dependency.
  await mkdir(staged, { recursive: true });
  await writeFile(join(staged, 'package.json'), JSON.stringify({ name: 'api-testing', type: 'module' }));
  const main = join(staged, 'node_modules', 'dynamic-suite');
  await cp(join(root, 'dist'), join(main, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.js') });
  await cp(join(root, 'package.json'), join(main, 'package.json'));
  for (const folder of folders) {
    await cp(join(root, 'dist', folder), join(staged, folder), { recursive: true });
    for (const entry of await readdir(join(staged, folder), { recursive: true })) {
      if (!entry.endsWith('.d.ts')) continue;
      const path = join(staged, folder, entry);
      const up = '../'.repeat(entry.split(/[\\/]/).length);
      const text = await readFile(path, 'utf8');
      await writeFile(path, importByName(importByName(text, `${up}index.js`, ''), `${up}testing/index.js`, '/testing'));
    }
  }
}

function importByName(text, file, entryPoint) {
  return text
    .replaceAll(`'${file}'`, `'dynamic-suite${entryPoint}'`)
    .replaceAll(`"${file}"`, `"dynamic-suite${entryPoint}"`);
}
