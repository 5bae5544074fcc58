/**
 * Measures what the package promises in numbers:
 *   npm run bench                      a table
 *   npm run --silent bench -- --json   JSON, and nothing else
 *   npm run bench -- parsing lab       these only
 *   npm run bench -- scale             a lab of a million jobs; takes ten minutes, and runs only when asked for
 */
import { availableParallelism } from 'node:os';
import { discoveryFigures } from './discovery.js';
import type { FigureGroup } from './figure.js';
import { importFigures } from './import-cost.js';
import { scaleFigures } from './lab-scale.js';
import { labFigures } from './lab-speed.js';
import { labTestFigures } from './lab-start.js';
import { longWaitFigures } from './long-wait.js';
import { parsingFigures } from './parsing.js';
import { json, table } from './report.js';
import { schedulerFigures } from './scheduler.js';
import { schedulingFigures } from './scheduling-time.js';
import { callFigures } from './suite-calls.js';

const benchmarks: Readonly<Record<string, () => Promise<readonly FigureGroup[]>>> = {
  import: importFigures,
  parsing: parsingFigures,
  discovery: discoveryFigures,
  calls: callFigures,
  scheduling: schedulingFigures,
  wait: longWaitFigures,
  lab: labFigures,
  labtests: labTestFigures,
  scheduler: schedulerFigures,
  scale: scaleFigures,
};
const onlyWhenAskedFor: ReadonlySet<string> = new Set(['scale']);

const asked = process.argv.slice(2).filter((argument) => argument !== '--json');
const unknown = asked.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(', ')}. There are ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(2);
}

const groups: FigureGroup[] = [];
for (const [name, measure] of Object.entries(benchmarks)) {
  if (asked.length === 0 ? !onlyWhenAskedFor.has(name) : asked.includes(name)) groups.push(...(await measure()));
}
const machine = {
  node: process.version,
  cpus: availableParallelism(),
  platform: `${process.platform}-${process.arch}`,
};
if (process.argv.includes('--json')) console.log(json(groups, machine));
else console.log(`${table(groups)}\n\nNode ${machine.node}, ${machine.cpus} CPUs, ${machine.platform}`);
