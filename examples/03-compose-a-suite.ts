/**
 * A suite composed by hand: predicates choose the tests, a dry run shows what would be asked of the lab, and the results
 * come one by one. No suite job, no dev server: the control files come from a folder.
 */
import { and, attribute, fileSystemControlFiles, inSuite, not, renderSummary, Suite } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

const build = 'x86-mario-release/R19-1998.0.0';
const controlFiles = new URL('build', import.meta.url).pathname;
const lab = await embeddedLab().board('x86-mario', { hosts: 4, pool: 'suites' }).build(build, controlFiles).start();

const suite = await Suite.createFromPredicates({
  name: 'smoke-without-login',
  predicates: [and(inSuite('smoke'), not(attribute('subsystem:login')))],
  controlFiles: fileSystemControlFiles({ root: controlFiles }),
  board: 'x86-mario',
  pool: 'suites',
  builds: { 'cros-version': build },
  extraDependencies: [`cros-version:${build}`],
  addExperimental: false,
  lab,
  clock: lab.clock,
});

console.log('What would be scheduled, in this order:');
for (const { test, request } of suite.plan()) {
  console.log(
    `  ${test}: ${String(request.synchCount)} device(s) with ${request.dependencies?.join(', ') ?? 'any label'}`,
  );
}

await suite.schedule();
console.log('\nResults as they come in:');
for await (const { status, testName, hostname } of suite.results()) {
  console.log(`  ${status} ${testName} on ${hostname ?? 'no host'}`);
}

console.log(`\n${renderSummary(await suite.finish())}`);
