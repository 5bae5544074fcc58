import type { Clock } from '../../index.js';
import type { CallRecorder } from '../call-recorder.js';
import type { FaultPlan } from '../fault-plan.js';
import type { LabFault } from '../fault.js';
import type { Simulation } from '../lab/simulation.js';
import { arriveInOrder } from './arrival-order.js';
import { faultyAnswer, firstHalf } from './faulty-answer.js';
import type { LabRequest, LabResponse, LabService, ServiceName } from './lab-http.js';
import type { WaitingCaller } from './late-answer.js';
import { LateAnswers } from './late-answer.js';

/** What becomes of a request: an answer, a connection that ends without one, or silence. */
export type Delivery =
  | { readonly kind: 'answer'; readonly response: LabResponse }
  | { readonly kind: 'dropped'; readonly acted: boolean }
  | { readonly kind: 'stalled' };

/** The one way into the services, for requests in process and over HTTP. */
export class LabFront {
  readonly #clock: Clock;
  readonly #simulation: Simulation;
  readonly #calls: CallRecorder;
  readonly #faults: FaultPlan;
  readonly #late: LateAnswers;

  constructor(parts: {
    readonly clock: Clock;
    readonly simulation: Simulation;
    readonly calls: CallRecorder;
    readonly faults: FaultPlan;
  }) {
    this.#clock = parts.clock;
    this.#simulation = parts.simulation;
    this.#calls = parts.calls;
    this.#faults = parts.faults;
    this.#late = new LateAnswers(parts.clock);
  }

  /** @param caller - who waits for the answer; unless given, a client over HTTP and the listener that it talks to */
  async deliver(service: LabService, request: LabRequest, caller?: WaitingCaller): Promise<Delivery> {
    if (caller !== undefined) return await this.#serve(service, request, caller);
    await arriveInOrder(this.#clock, service, request, overHttp.holds);
    return await this.#serve(service, request, overHttp);
  }

  /** Ends what waits for an answer that was to come late. */
  close(): void {
    this.#late.close();
  }

  async #serve(service: LabService, request: LabRequest, caller: WaitingCaller): Promise<Delivery> {
    const atMs = this.#clock.now();
    this.#simulation.catchUp(atMs);
    const { method, known, respond } = service.prepare(request);
    const end = this.#calls.begin({ atMs, service: service.name, method, known, request });
    const fault = this.#faults.next(service.name, method);
    if (fault === undefined) {
      const response = await respond();
      end('ok', response);
      return { kind: 'answer', response };
    }
    const delivery = await this.#deliverFaulty(fault, service.name, respond, caller);
    end(fault.kind, delivery.kind === 'answer' ? delivery.response : undefined);
    return delivery;
  }

  async #deliverFaulty(
    fault: LabFault,
    service: ServiceName,
    respond: () => LabResponse | Promise<LabResponse>,
    caller: WaitingCaller,
  ): Promise<Delivery> {
    switch (fault.kind) {
      case 'refuse':
        return { kind: 'dropped', acted: false };
      case 'lose-answer':
        await respond();
        return { kind: 'dropped', acted: true };
      case 'stall':
        return await this.#giveUp(caller);
      case 'truncate':
        return { kind: 'answer', response: firstHalf(await respond()) };
      case 'delay':
        return await this.#answerLate(await respond(), fault.delayMs ?? 0, caller);
      default:
        return { kind: 'answer', response: faultyAnswer(fault.kind, service) };
    }
  }

  async #answerLate(response: LabResponse, delayMs: number, caller: WaitingCaller): Promise<Delivery> {
    const { timeoutMs = Infinity } = caller;
    if (delayMs > timeoutMs) return await this.#giveUp(caller);
    return await this.#unlessClosed(caller, delayMs, { kind: 'answer', response });
  }

  /** Over HTTP the caller's own time-out comes when it comes. */
  async #giveUp(caller: WaitingCaller): Promise<Delivery> {
    const { timeoutMs = 0 } = caller;
    return await this.#unlessClosed(caller, timeoutMs, { kind: 'stalled' });
  }

  async #unlessClosed(caller: WaitingCaller, ms: number, delivery: Delivery): Promise<Delivery> {
    try {
      await this.#late.wait(ms, caller);
      return delivery;
    } catch {
      caller.signal?.throwIfAborted();
      return { kind: 'dropped', acted: true };
    }
  }
}

/** The listener's hold, and that of the client where it shares the lab's clock. */
const overHttp: WaitingCaller = { holds: 2 };
