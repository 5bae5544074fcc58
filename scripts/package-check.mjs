// Packs the package as it would be published and looks at it from outside: what it holds, whether its entry points and
// types resolve, and whether a small project that installs it can import, require and compile against it.
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { importCost } from './import-cost.mjs';
import { report, root, run } from './run.mjs';

const maxPackedBytes = 1_500_000;
const maxImportMs = 60;
const allowed =
  /^(dist\/.+\.(js|js\.map|d\.ts|d\.ts\.map)|src\/.+\.ts|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
const required = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.js', 'dist/index.d.ts'];

const folder = await mkdtemp(join(tmpdir(), 'dynamic-suite-package-'));
const consumer = join(folder, 'consumer');
const installed = join(consumer, 'node_modules', 'dynamic-suite');
try {
  const packed = await pack();
  const tarball = join(folder, packed.filename);
  await report([
    { name: 'contents', check: () => checkContents(packed) },
    { name: 'publint', check: () => run('publint', ['run', tarball, '--strict']) },
    { name: 'attw', check: () => run('attw', [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji']) },
    { name: 'install', check: () => install(tarball) },
    { name: 'maps', check: checkMaps },
    { name: 'import', check: () => run(process.execPath, ['import.mjs'], { cwd: consumer }) },
    { name: 'require', check: () => run(process.execPath, ['require.cjs'], { cwd: consumer }) },
    { name: 'a suite', check: () => run(process.execPath, ['suite.mjs'], { cwd: consumer, timeoutMs: 30_000 }) },
    { name: 'types, nodenext', check: () => compile({ module: 'nodenext', moduleResolution: 'nodenext' }) },
    { name: 'types, bundler', check: () => compile({ module: 'esnext', moduleResolution: 'bundler' }) },
    { name: 'loads nothing else', check: checkStaticImports },
    { name: 'import cost', check: checkImportCost },
  ]);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function pack() {
  const { ok, stdout, output } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
  if (!ok) throw new Error(output);
  const [packed] = Object.values(JSON.parse(stdout));
  return packed;
}

async function checkContents({ files, size }) {
  const paths = files.map(({ path }) => path);
  const problems = [
    ...paths.filter((path) => !allowed.test(path)).map((path) => `should not be in the package: ${path}`),
    ...required.filter((path) => !paths.includes(path)).map((path) => `missing from the package: ${path}`),
  ];
  if (size > maxPackedBytes) problems.push(`${size} bytes packed; the limit is ${maxPackedBytes}`);
  return {
    ok: problems.length === 0,
    output: problems.join('\n'),
    note: `${paths.length} files, ${Math.ceil(size / 1000)} kB packed`,
  };
}

async function install(tarball) {
  await cp(join(root, 'test', 'consumer'), consumer, { recursive: true });
  await writeFile(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  return run('npm', ['install', ...flags, tarball], { cwd: consumer });
}

/** A debugger and "go to definition" follow the maps; each must lead to a file that is in the package. */
async function checkMaps() {
  const dist = join(installed, 'dist');
  const maps = (await readdir(dist, { recursive: true })).filter((path) => path.endsWith('.map'));
  const lost = [];
  for (const map of maps) {
    const { sources } = JSON.parse(await readFile(join(dist, map), 'utf8'));
    for (const source of sources) {
      if (!existsSync(resolve(dist, dirname(map), source))) lost.push(`${map} leads to ${source}, which is not there`);
    }
  }
  if (maps.length === 0) lost.push('there are no maps');
  return { ok: lost.length === 0, output: lost.join('\n'), note: `${maps.length} maps` };
}

/**
 * Importing the package loads no other package, and none of the large modules of node: they come when they are needed.
 * Unlike milliseconds this is the same on every machine.
 */
async function checkStaticImports() {
  const cheap = new Set(['node:events', 'node:fs/promises', 'node:path', 'node:timers/promises']);
  const seen = new Set();
  const others = new Set();
  const follow = async (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    const code = await readFile(file, 'utf8');
    for (const [, specifier] of code.matchAll(/^(?:import|export)\s(?:[^;]*?from\s*)?["']([^"']+)["'];?$/gm)) {
      if (specifier.startsWith('.')) await follow(join(dirname(file), specifier));
      else if (!cheap.has(specifier)) others.add(specifier);
    }
  };
  await follow(join(installed, 'dist', 'index.js'));
  return {
    ok: others.size === 0,
    output: `Importing the package also loads ${[...others].join(', ')}.`,
    note: `${seen.size} files`,
  };
}

async function compile(moduleOptions) {
  const config = {
    compilerOptions: {
      ...moduleOptions,
      target: 'es2022',
      lib: ['es2022'],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      typeRoots: [join(root, 'node_modules', '@types')],
      types: ['node'],
    },
    files: ['types.ts'],
  };
  const name = `tsconfig.${moduleOptions.moduleResolution}.json`;
  await writeFile(join(consumer, name), JSON.stringify(config));
  return run('tsc', ['-p', name], { cwd: consumer });
}

async function checkImportCost() {
  const main = await importCost('dynamic-suite', consumer);
  const testing = await importCost('dynamic-suite/testing', consumer);
  const note = `dynamic-suite ${main.toFixed(1)} ms over bare node, dynamic-suite/testing ${testing.toFixed(1)} ms`;
  return { ok: main <= maxImportMs, output: `The limit is ${maxImportMs} ms.`, note };
}
