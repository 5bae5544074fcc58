// A process of its own for lab-start.ts: twenty tests as somebody would write them, and starts of a small lab.
const [library, testing] = process.argv.slice(2);
const { reimageAndRun } = await import(library);
const { smallLab } = await import(testing);

const tests = 20;
const starts = 50;

const cpuBefore = process.cpuUsage();
const testsMs = [];
for (let number = 1; number <= tests; number++) testsMs.push(await timeOf(typicalTest));
const { user, system } = process.cpuUsage(cpuBefore);
const startsMs = [];
for (let number = 1; number <= starts; number++) startsMs.push(await timeOf(() => smallLab().start()));
process.send({ startsMs, testsMs, testsCpuMs: (user + system) / 1000 });

/** A suite of three tests, one of which has to be run again. */
async function typicalTest() {
  const lab = await smallLab().test('power_Idle', ['fail', 'good']).start();
  const outcome = await reimageAndRun({ ...lab.suiteArguments(), jobRetry: true });
  if (outcome.test('power_Idle').conclusion !== 'flaky') throw new Error('power_Idle should have been run again');
  lab.expectAllWell();
  await lab.close();
}

async function timeOf(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
