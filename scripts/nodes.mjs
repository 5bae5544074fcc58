// Runs tests and the examples, and loads the built package, on the other Node versions that it promises to run on:
//   npm run test:nodes            all of them
//   npm run test:nodes -- 22      this one
// The versions come from the registry as packages that hold the program itself, so no install script has to run.
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { report, root, run } from './run.mjs';

const promised = ['20.19.0', '22', '24'];
const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : promised;
const limitMs = 5 * 60_000;
/** Where versions of Node differ: network, files, processes, timers. The newest one runs all tests but the small soak. */
const newest = promised.at(-1);
const platformTests = ['transport', 'runtime', 'clients', 'results', 'crashes', 'testing'].map(
  (name) => `test/${name}`,
);
platformTests.push(...['builds', 'ledger', 'launch'].map((name) => `test/scheduler/${name}`));
const testsOn = (version) => (version === newest ? ['--exclude', 'test/soak/**'] : platformTests);
const installFlags = [
  '--no-save',
  '--no-package-lock',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
];
const examples = await readdir(join(root, 'examples'));
const programs = examples.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort();

await report(versions.map((version) => ({ name: `node ${version}`, check: () => checkOn(version) })));

async function checkOn(version) {
  const installed = await install(version);
  if (!installed.ok) return installed;
  const { node } = installed;
  const { stdout } = await run(node, ['--version']);
  const commands = [
    [join('test', 'consumer', 'import.mjs')],
    [join('test', 'consumer', 'require.cjs')],
    [join('test', 'consumer', 'suite.mjs')],
    [join('test', 'consumer', 'msw.mjs')],
    ...programs.map((name) => ['--import', 'tsx', join('examples', name)]),
    [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...testsOn(version)],
  ];
  const major = Number(/\d+/.exec(stdout)?.[0]);
  if (major >= 22) {
    const consumer = await installMsw3();
    if (!consumer.ok) return { ...consumer, note: stdout.trim() };
    commands.push([join(consumer.folder, 'msw.mjs')]);
  }
  let output = '';
  for (const args of commands) {
    const result = await run(node, args, { timeoutMs: limitMs, env: { TSX_TSCONFIG_PATH: 'tsconfig.json' } });
    output += result.output;
    if (!result.ok) return { ok: false, output, note: stdout.trim() };
  }
  const tests = /Tests\s.*/.exec(output)?.[0];
  return { ok: true, note: `${stdout.trim()}, ${tests?.replace(/\s+/g, ' ')}` };
}

async function install(version) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = join(root, 'temp', 'nodes', version);
  await mkdir(folder, { recursive: true });
  const result = await run('npm', ['install', '--prefix', folder, ...installFlags, `${name}@${version}`]);
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return { ...result, node: join(folder, 'node_modules', name, 'bin', file) };
}

/** msw 3 needs Node 22, so it is no development dependency: a copy of the built package gets it as its neighbour. */
async function installMsw3() {
  const folder = join(root, 'temp', 'nodes', 'msw-3');
  await mkdir(folder, { recursive: true });
  // Without a name of its own the folder would belong to this package, which finds itself and the other msw.
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'msw-3', private: true, type: 'module' }));
  // The node that runs npm may be an older one.
  const flags = [...installFlags, '--engine-strict=false'];
  const result = await run('npm', ['install', '--prefix', folder, ...flags, 'msw@3']);
  const installed = join(folder, 'node_modules', 'dynamic-suite');
  await cp(join(root, 'dist'), join(installed, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(installed, 'package.json'));
  await cp(join(root, 'test', 'consumer', 'msw.mjs'), join(folder, 'msw.mjs'));
  return { ...result, folder };
}
