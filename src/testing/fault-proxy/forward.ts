import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A request with its whole body, as it came. */
export interface HeldRequest {
  readonly httpMethod: string;
  /** Path and query. */
  readonly target: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** An answer with its whole body, as the server sent it. */
export interface HeldAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Names and values in turn; without those that are about the connection. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/**
 * Sends a request on, on a connection of its own, and resolves to the beginning of the answer.
 *
 * @param track - told of the request, so that it can be ended from outside
 */
export function forward(
  request: HeldRequest,
  target: URL,
  track: (request: ClientRequest) => void,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port, pathname } = target;
    const send = protocol === 'https:' ? httpsRequest : httpRequest;
    const onward = send({
      protocol,
      hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
      ...(port === '' ? {} : { port }),
      path: `${pathname.replace(/\/$/, '')}${request.target}`,
      method: request.httpMethod,
      headers: onwardHeaders(request.rawHeaders, target.host),
      agent: false,
    });
    track(onward);
    onward.once('response', resolve);
    onward.on('error', reject);
    onward.end(request.body);
  });
}

/** Waits for the whole answer; rejects when it breaks off. */
export async function holdAnswer(message: IncomingMessage): Promise<HeldAnswer> {
  const body = await readBytes(message);
  return { ...headOf(message), body };
}

export async function readBytes(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // A message without an encoding yields buffers.
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function headOf(message: IncomingMessage): Omit<HeldAnswer, 'body'> {
  const { statusCode = 0, statusMessage = '', rawHeaders } = message;
  return { status: statusCode, statusText: statusMessage, rawHeaders: withoutHeaders(rawHeaders, ofConnection) };
}

/** A list of names and values in turn, without the headers of these names. */
export function withoutHeaders(rawHeaders: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!names.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

/** About one connection, of which there are two here. */
const ofConnection: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection']);

/** The server shall take itself for the one that was meant; what it was asked to wait for has come already. */
const replaced: ReadonlySet<string> = new Set([...ofConnection, 'host', 'expect']);

function onwardHeaders(rawHeaders: readonly string[], host: string): string[] {
  return ['Host', host, ...withoutHeaders(rawHeaders, replaced), 'Connection', 'close'];
}
