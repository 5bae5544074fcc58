import type { ServerResponse } from 'node:http';
import { startServer, type LoopbackServer } from './loopback-server.js';

/** The text of a 200, or what to do with the response. */
export type Answer = string | ((response: ServerResponse) => unknown);

export interface ScriptedServer extends LoopbackServer {
  /** The answers to come, in turn; a request beyond them gets a 599. */
  readonly answers: Answer[];
}

/** A real HTTP server that answers by a script. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const answers: Answer[] = [];
  const server = await startServer((_, response) => {
    const answer = answers.shift() ?? status(599, 'no answer left');
    if (typeof answer === 'function') answer(response);
    else response.end(answer);
  });
  return { ...server, answers };
}

/** An answer as CherryPy sends it. */
export function status(code: number, body: string): Answer {
  return (response) => response.writeHead(code, { 'content-type': 'text/html;charset=utf-8' }).end(body);
}

/** Closes the connection without an answer. */
export const hangUp: Answer = (response) => response.socket?.destroy();

/** Never answers. */
export const stall: Answer = () => {};

/** The answers of a file of recordings, by name. */
export function recordedAnswers(
  recordings: readonly { readonly name: string; readonly status: number; readonly body: string }[],
): (name: string) => Answer {
  return (name) => {
    const recording = recordings.find((candidate) => candidate.name === name);
    if (recording === undefined) throw new Error(`no recorded answer ${name}`);
    return status(recording.status, recording.body);
  };
}
