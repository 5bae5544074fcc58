import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { HttpAfeClient, HttpCrashServerClient, HttpDevServerClient, HttpTkoClient } from 'dynamic-suite';
import * as testing from 'dynamic-suite/testing';
import { labHandlers } from 'dynamic-suite/testing/msw';
import { setupServer } from 'msw/node';

// The conformance kits need no test runner: here they hold the handlers against the msw that is installed.
const server = setupServer();
server.listen({ onUnhandledRequest: 'error' });

const connectTo = (Client, serverName) => (lab) => {
  server.resetHandlers(...labHandlers(lab));
  return new Client({ url: lab.urls[serverName], clock: lab.clock });
};
const cases = [
  ...testing.afeClientConformance(connectTo(HttpAfeClient, 'afe')),
  ...testing.tkoClientConformance(connectTo(HttpTkoClient, 'tko')),
  ...testing.devServerClientConformance(connectTo(HttpDevServerClient, 'devServer')),
  ...testing.crashServerClientConformance(connectTo(HttpCrashServerClient, 'crashServer')),
];
const failed = [];
for (const { name, run } of cases) await run().catch((error) => failed.push(`${name}: ${error.message}`));

const lab = await testing.embeddedLab().start();
server.resetHandlers(...labHandlers(lab));
const checkHealth = async () => {
  const answer = await globalThis.fetch(`${lab.urls.devServer}/check_health`);
  return answer.json();
};
assert.equal((await checkHealth()).free_disk, 78);
for (const kind of ['refuse', 'lose-answer']) {
  lab.faults.add({ service: 'devServer', kind });
  await assert.rejects(checkHealth(), TypeError, kind);
}
server.close();

const entry = import.meta.resolve('msw');
const packageFile = new URL('package.json', entry.slice(0, entry.lastIndexOf('/lib/') + 1));
const { version } = JSON.parse(readFileSync(packageFile, 'utf8'));
assert.deepEqual(failed, [], `with msw ${version}`);
console.log(`${cases.length} cases with msw ${version}`);
