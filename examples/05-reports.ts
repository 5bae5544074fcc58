/**
 * The reports of a suite: a table for the terminal, a page for the browser, JUnit XML and TAP for a build server, and
 * JSON for programs. All tell of the same outcome, in which a test that passed only after a retry stays visible.
 *
 * The lab is an embedded one, and its half hour passes at once.
 */
import { reimageAndRun, renderSummary, writeReports } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

const build = 'x86-mario-release/R19-1998.0.0';
const lab = await embeddedLab()
  .board('x86-mario', { hosts: 5, pool: 'bvt' })
  .build(build, new URL('build', import.meta.url).pathname)
  .test('power_Idle', ['fail', 'good'])
  .test('graphics_Sanity', {
    status: 'FAIL',
    reason: 'Triangle 7 is upside down',
    crashes: [{ process: 'chrome', function: 'gpu::Triangles::Draw', frames: ['gpu::Scene::Paint', 'main'] }],
  })
  .test('video_HardwareDecoder', 'error')
  .start();

const outcome = await reimageAndRun({ ...lab.suiteArguments('bvt', 'x86-mario'), jobRetry: true, maxRetries: 10 });
const paths = await writeReports(outcome, { dir: 'results/05-reports' });

console.log(renderSummary(outcome));
console.log('Written for browsers, programs and build servers:');
for (const path of Object.values(paths)) console.log(`  ${path}`);
