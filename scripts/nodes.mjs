// Runs the tests and the examples, and loads the built package, on the other Node versions that it promises to run on:
//   npm run test:nodes            all of them
//   npm run test:nodes -- 22      this one
// The versions come from the registry as packages that hold the program itself, so no install script has to run.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { report, root, run } from './run.mjs';

const promised = ['20.19.0', '22', '24'];
const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : promised;
const limitMs = 5 * 60_000;
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
    ...programs.map((name) => ['--import', 'tsx', join('examples', name)]),
    [join('node_modules', 'vitest', 'vitest.mjs'), 'run'],
  ];
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
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const result = await run('npm', ['install', '--prefix', folder, ...flags, `${name}@${version}`]);
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return { ...result, node: join(folder, 'node_modules', name, 'bin', file) };
}
