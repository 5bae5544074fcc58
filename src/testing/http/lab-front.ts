import type { Clock } from '../../index.js';
import type { CallLog } from '../call-log.js';
import type { FaultKind, LabFaults } from '../fault.js';
import type { Simulation } from '../lab/simulation.js';
import { errorPage, failure } from '../services/cherrypy-page.js';
import { serverErrorPage } from '../services/django-page.js';
import { apacheError } from './front-server.js';
import type { LabRequest, LabResponse, LabService, ServiceName } from './lab-http.js';
import { html } from './lab-http.js';

/** What becomes of a request: an answer, a connection that ends without one, or silence. */
export type Delivery =
  | { readonly kind: 'answer'; readonly response: LabResponse }
  | { readonly kind: 'dropped'; readonly acted: boolean }
  | { readonly kind: 'stalled' };

/** The one way into the services, for requests in process and over HTTP. */
export class LabFront {
  readonly #clock: Clock;
  readonly #simulation: Simulation;
  readonly #calls: CallLog;
  readonly #faults: LabFaults;

  constructor(parts: {
    readonly clock: Clock;
    readonly simulation: Simulation;
    readonly calls: CallLog;
    readonly faults: LabFaults;
  }) {
    this.#clock = parts.clock;
    this.#simulation = parts.simulation;
    this.#calls = parts.calls;
    this.#faults = parts.faults;
  }

  async deliver(service: LabService, request: LabRequest): Promise<Delivery> {
    this.#simulation.catchUp(this.#clock.now());
    const { method, known, respond } = service.prepare(request);
    this.#calls.record(service.name, method, known);
    const fault = this.#faults.next(service.name, method);
    if (fault === 'refuse') return { kind: 'dropped', acted: false };
    if (fault === 'stall') return { kind: 'stalled' };
    if (fault === 'lose-answer') {
      await respond();
      return { kind: 'dropped', acted: true };
    }
    return { kind: 'answer', response: fault === undefined ? await respond() : faultyAnswer(fault, service.name) };
  }
}

function faultyAnswer(
  fault: Exclude<FaultKind, 'refuse' | 'stall' | 'lose-answer'>,
  service: ServiceName,
): LabResponse {
  if (fault === 'garbage') return html(200, '\u0000\u0007{"error": nul');
  if (fault === '503') return apacheError(503, serviceUnavailable);
  const reason = 'the lab was told to fail';
  if (service === 'afe' || service === 'tko') return { ...html(500, serverErrorPage(reason)), chunked: true };
  return errorPage(failure('DevServerError', reason));
}

const serviceUnavailable = `The server is temporarily unable to service your
request due to maintenance downtime or capacity
problems. Please try again later.`;
