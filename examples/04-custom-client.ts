/**
 * A client of one's own: an AFE client that marks every job of a site with a keyval, so that its costs can be told apart
 * later. In the same way a client may choose among several servers, or speak to something else altogether: whatever
 * implements `AfeClient` will do.
 */
import { HttpAfeClient, reimageAndRun, type CallOptions, type JobRequest } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

class SiteAfeClient extends HttpAfeClient {
  override createJob(request: JobRequest, options?: CallOptions): Promise<number> {
    return super.createJob({ ...request, keyvals: { ...request.keyvals, cost_center: 'display team' } }, options);
  }
}

const lab = await embeddedLab()
  .board('x86-mario', { hosts: 4, pool: 'bvt' })
  .build('x86-mario-release/R19-1998.0.0', new URL('build', import.meta.url).pathname)
  .start();

const { clock, transport, urls } = lab;
const afe = new SiteAfeClient({ url: urls.afe, user: 'display-team', transport, clock });
const given = lab.suiteArguments('bvt', 'x86-mario');

const outcome = await reimageAndRun({ ...given, lab: { ...given.lab, afe } });

console.log(`${outcome.suite}: ${outcome.verdict}, ${outcome.summary}`);
for (const { id, owner, test, keyvals } of lab.jobs().filter(({ parentId }) => parentId !== null)) {
  console.log(`  job ${String(id)} of ${owner}, ${test}: ${keyvals['cost_center'] ?? 'nobody pays'}`);
}
