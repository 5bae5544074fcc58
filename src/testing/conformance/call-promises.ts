import assert from 'node:assert/strict';
import type { CallOptions } from '../../index.js';
import type { EmbeddedLab } from '../embedded-lab.js';
import type { FaultKind } from '../fault.js';
import type { ServiceName } from '../http/lab-http.js';
import type { LabBuilder } from '../lab-builder.js';
import type { PortPromise } from './conformance-case.js';
import { errorOf, outcomeOf, rejectionOf } from './expect-rejection.js';

/** A call of a port with arguments that fit the lab of the kit. */
interface PortCall<Client> {
  readonly method: string;
  /** Whether it changes nothing, and so gives the same answer each time. */
  readonly isRead: boolean;
  readonly call: (client: Client, lab: EmbeddedLab, options?: CallOptions) => Promise<unknown>;
}

/** A port with all of its calls that reach a server. */
export interface CallsOfPort<Client> {
  readonly service: ServiceName;
  readonly lab: () => LabBuilder;
  /** Makes the lab ready for the calls. */
  readonly prepare: (lab: EmbeddedLab) => Promise<void>;
  readonly calls: readonly PortCall<Client>[];
}

/**
 * What every call of every client port promises by its `CallOptions`, and that no failure is taken for an answer.
 *
 * Whether and when a call is repeated is the client's own affair: one that gives up at once keeps these promises too.
 */
export function callPromises<Client>(port: CallsOfPort<Client>): readonly PortPromise<Client>[] {
  const { service, lab: describe, calls } = port;
  const forEachCall =
    (check: (call: PortCall<Client>, client: Client, lab: EmbeddedLab) => Promise<void>) =>
    async (client: Client, lab: EmbeddedLab) => {
      await port.prepare(lab);
      for (const call of calls) {
        await check(call, client, lab);
        lab.faults.clear();
      }
    };
  return [
    {
      name: 'every call: with a signal that is aborted already, rejects with its reason and sends nothing',
      lab: describe,
      check: forEachCall(async ({ method, call }, client, lab) => {
        const sent = lab.calls.total;
        const reason = new Error('not now');
        const rejection = await rejectionOf(
          call(client, lab, { signal: AbortSignal.abort(reason) }),
          `${method} should reject when its signal is aborted`,
        );
        assert.equal(rejection, reason, `${method} should reject with the reason of the signal`);
        assert.equal(lab.calls.total, sent, `${method} should send nothing once its signal is aborted`);
      }),
    },
    {
      name: 'every call: aborted while it waits, rejects with the reason of the signal and sends nothing more',
      lab: describe,
      check: forEachCall((call, client, lab) => abortInAWait(call, service, client, lab)),
    },
    {
      name: 'every call: is over when its deadline is',
      lab: describe,
      check: forEachCall(async ({ method, call }, client, lab) => {
        lab.faults.add({ service, kind: '503', count: Infinity });
        const startedMs = lab.clock.now();
        const deadlineMs = 60_000;
        const expectation = `${method} should reject when the server is away`;
        await errorOf(call(client, lab, { deadlineMs }), Error, expectation);
        const tookMs = lab.clock.now() - startedMs;
        assert.ok(tookMs <= deadlineMs, `${method} should be over after ${deadlineMs} ms, but took ${tookMs} ms`);
      }),
    },
    {
      name: "every call: a server's error page is an error, never an answer",
      lab: describe,
      check: forEachCall(async ({ method, call }, client, lab) => {
        lab.faults.add({ service, kind: 'html', count: Infinity });
        await errorOf(call(client, lab), Error, `${method} should reject when the server answers with an error page`);
      }),
    },
    {
      name: 'every read: a failure that passes is waited for or is an error, never another answer',
      lab: describe,
      check: forEachCall(async ({ method, isRead, call }, client, lab) => {
        if (!isRead) return;
        const undisturbed = await call(client, lab);
        for (const kind of passingFaults) {
          lab.faults.add({ service, kind });
          const outcome = await outcomeOf(call(client, lab));
          if (outcome.kind === 'rejected') {
            assert.ok(outcome.reason instanceof Error, `${method} should reject with an Error after ${kind}`);
          } else {
            assert.deepEqual(outcome.value, undisturbed, `${method} should give the same answer after ${kind}`);
          }
        }
      }),
    },
  ];
}

const passingFaults: readonly FaultKind[] = ['refuse', 'lose-answer', '503'];

async function abortInAWait<Client>(
  { method, call }: PortCall<Client>,
  service: ServiceName,
  client: Client,
  lab: EmbeddedLab,
): Promise<void> {
  lab.faults.add({ service, kind: '503', count: Infinity });
  const controller = new AbortController();
  const reason = new Error('not now');
  let hasGivenUp = false;
  const outcome = outcomeOf(call(client, lab, { signal: controller.signal })).finally(() => (hasGivenUp = true));
  await lab.clock.sleep(1_000);
  const gaveUpBefore = hasGivenUp;
  controller.abort(reason);
  const ended = await outcome;
  assert.equal(ended.kind, 'rejected', `${method} should reject when the server is away`);
  if (!gaveUpBefore && ended.kind === 'rejected') {
    assert.equal(ended.reason, reason, `${method} should reject with the reason of the signal`);
  }
  const sent = lab.calls.total;
  await lab.clock.sleep(3_600_000);
  assert.equal(lab.calls.total, sent, `${method} should send nothing more once its signal is aborted`);
}
