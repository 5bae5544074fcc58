/** A request as it reaches one of the lab's services, however it came. */
export interface LabRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface LabResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /**
   * Over HTTP it goes out in chunks, without a length.
   *
   * @defaultValue false
   */
  readonly chunked?: boolean | undefined;
}

/** Carries out requests to one of the lab's servers. */
export interface LabService {
  readonly name: ServiceName;
  /** The method of a request, for counting and for faults, and the way to carry it out. */
  prepare(request: LabRequest): PreparedRequest;
}

export interface PreparedRequest {
  /** An RPC method, or an endpoint of one of the other servers; empty for a request that names none. */
  readonly method: string;
  /** False when the service does not know the method. */
  readonly known: boolean;
  readonly respond: () => LabResponse | Promise<LabResponse>;
}

export type ServiceName = 'afe' | 'tko' | 'devServer' | 'crashServer' | 'labStatus';

export function html(status: number, page: string, contentType = 'text/html; charset=utf-8'): LabResponse {
  return { status, headers: { 'content-type': contentType }, body: new TextEncoder().encode(page) };
}

/** The services label JSON as HTML. */
export function json(text: string): LabResponse {
  return html(200, text);
}

export function pathOf(target: string): string {
  const question = target.indexOf('?');
  return question < 0 ? target : target.slice(0, question);
}
