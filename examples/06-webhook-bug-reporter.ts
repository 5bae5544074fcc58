/**
 * A reporter of one's own: each failure of a suite is posted as JSON to a web hook, which answers with the bug that it
 * keeps the failure in. Whatever goes wrong with it is a warning; the suite never fails because of it.
 *
 * The hook runs in this process and keeps bugs by the anchor of the failure. The suite is run on two builds in turn, so
 * that the second run meets the bugs of the first.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reimageAndRun, type BugReporter, type FiledReport } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

/** Posts failures to `url`. The answer is `{ "bugId": "...", "count": 1 }`, or empty. */
function webhookBugReporter(url: string): BugReporter {
  return {
    async report(failure, { signal, clock }) {
      const { route, anchor, title, text, template, suite, test, jobId } = failure;
      // Real input and output: the lab's clock, which would jump ahead, has to wait for it.
      const release = clock.hold?.();
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ route, anchor, title, text, template, suite, test, jobId }),
          // A hook of another name would get what only this one may see.
          redirect: 'error',
          signal,
        });
        if (!response.ok) throw new Error(`The web hook answered with HTTP ${String(response.status)}`);
        return filedReport(await response.json());
      } finally {
        release?.();
      }
    },
  };
}

/** What the hook says, where it is what it should be. */
function filedReport(answer: unknown): FiledReport {
  const { bugId, count } = (answer ?? {}) as { readonly bugId?: unknown; readonly count?: unknown };
  return {
    bugId: typeof bugId === 'string' ? bugId : undefined,
    count: typeof count === 'number' ? count : undefined,
  };
}

// The hook: one bug for each anchor, and a count.
const bugs = new Map<string, { readonly id: string; readonly title: string; count: number }>();
const hook = createServer((request, response) => {
  void readJson(request).then((failure) => {
    const { anchor, title } = failure as { readonly anchor: string; readonly title: string };
    const bug = bugs.get(anchor) ?? { id: `LAB-${String(bugs.size + 1)}`, title, count: 0 };
    bugs.set(anchor, bug);
    bug.count += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ bugId: bug.id, count: bug.count }));
  });
});
await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
const { port } = hook.address() as AddressInfo;

const builds = ['x86-mario-release/R19-1998.0.0', 'x86-mario-release/R19-2001.0.0'];
const controlFiles = new URL('build', import.meta.url).pathname;
const lab = await embeddedLab()
  .board('x86-mario', { hosts: 4, pool: 'bvt' })
  .build(builds[0] ?? '', controlFiles)
  .build(builds[1] ?? '', controlFiles)
  .test('graphics_Sanity', { status: 'FAIL', reason: 'Triangle 7 is upside down' })
  .test('power_Idle', 'error')
  .start();

try {
  for (const build of builds) {
    console.log(`\n${build}`);
    const outcome = await reimageAndRun({
      ...lab.suiteArguments('bvt', 'x86-mario'),
      builds: { 'cros-version': build },
      fileBugs: true,
      bugReporter: webhookBugReporter(`http://127.0.0.1:${String(port)}/failures`),
      onEvent(event) {
        if (event.type !== 'failure-reported') return;
        console.log(`  ${event.test} is ${event.bugId ?? 'no bug'}, seen ${String(event.count ?? 1)} times`);
      },
    });
    console.log(`  ${outcome.suite}: ${outcome.summary}`);
  }
  console.log('\nThe bugs, as the hook has them:');
  for (const [anchor, { id, title, count }] of bugs) {
    console.log(`  ${id}, ${String(count)} times: ${title}\n    known by ${anchor}`);
  }
} finally {
  hook.close();
  hook.closeAllConnections();
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return JSON.parse(text);
}
