// Everything that must hold before a change is merged, other than `npm test`:
//   npm run gate                  all steps
//   npm run gate -- lint api      these, and what they need
//   npm run gate -- --except api  all but these
import { run } from './run.mjs';

const steps = [
  { name: 'format', command: 'npm run --silent format:check' },
  { name: 'types', command: 'npm run --silent types' },
  { name: 'lint', command: 'npm run --silent lint' },
  { name: 'layers', command: 'npm run --silent layers' },
  { name: 'unused', command: 'npm run --silent unused' },
  { name: 'build', command: 'npm run --silent build' },
  { name: 'api', command: 'node scripts/api.mjs', needs: 'build' },
  { name: 'package', command: 'node scripts/package-check.mjs', needs: 'build' },
  { name: 'examples', command: 'npm run --silent examples' },
  { name: 'coverage', command: 'npm run --silent coverage' },
  { name: 'nodes', command: 'node scripts/nodes.mjs', needs: 'build' },
];

const [first, ...rest] = process.argv.slice(2);
const isExcept = first === '--except';
const named = isExcept ? rest : process.argv.slice(2);
const unknown = named.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. There are ${steps.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const asked = isExcept ? steps.map(({ name }) => name).filter((name) => !named.includes(name)) : named;
const needed = new Set(steps.filter(({ name }) => asked.includes(name)).map(({ needs }) => needs));
const chosen = asked.length === 0 ? steps : steps.filter(({ name }) => asked.includes(name) || needed.has(name));

const failed = new Set();
for (const { name, command, needs } of chosen) {
  if (failed.has(needs)) {
    failed.add(name);
    console.log(`${name.padEnd(10)}        failed: it needs ${needs}`);
    continue;
  }
  const start = performance.now();
  const [program, ...args] = command.split(' ');
  const { ok, output } = await run(program, args);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${name.padEnd(10)} ${seconds.padStart(5)} s ${ok ? 'ok' : 'failed'}`);
  if (ok) continue;
  failed.add(name);
  console.log(`${output.trimEnd()}\n`);
}

console.log(failed.size === 0 ? 'The gate is open.' : `Failed: ${[...failed].join(', ')}.`);
if (failed.size > 0) process.exitCode = 1;
