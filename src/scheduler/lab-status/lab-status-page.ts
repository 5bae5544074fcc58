import { silentLogger, type Logger } from '../../runtime/logger.js';
import { createLimit } from '../../runtime/limit.js';
import { systemClock, type Clock } from '../../runtime/clock.js';
import { ClientOptionError } from '../../clients/errors.js';
import type { CallOptions } from '../../clients/call-options.js';
import { wireReader } from '../../clients/wire-reader.js';
import { callWithRetry, createRetryLoader } from '../../transport/call-with-retry.js';
import { BadResponseError, HttpStatusError } from '../../transport/errors.js';
import { gotTransport } from '../../transport/got-transport.js';
import { nestingExceeds } from '../../transport/json-depth.js';
import type { HttpTransport } from '../../transport/types.js';
import { splitCredentials } from '../../transport/url-credentials.js';
import type { LabStatusReport, LabStatusSource } from './types.js';

/** Options of {@link labStatusPage}. */
export interface LabStatusPageOptions {
  /**
   * The page itself, e.g. `http://status.lab/current?format=json`. User name and password in it are sent as Basic
   * authorization and shown nowhere.
   */
  readonly url: string;
  /**
   * The way to the network.
   *
   * @defaultValue `gotTransport()`
   */
  readonly transport?: HttpTransport | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
}

/** A lab's status page. */
export interface LabStatusPage extends LabStatusSource {
  /** Closes the connections, unless the transport is the caller's. Calls under way fail. */
  close(): void;
}

/**
 * A lab's status page: JSON with `general_state` and `message`, at most 64 KiB of it.
 *
 * `read` tries five times, in a minute and a half at most, unless `deadlineMs` gives it less or more; then the lab counts
 * as open, and the report says why. It rejects with `signal.reason` when aborted, and for nothing else.
 *
 * @throws ClientOptionError for something that is no http or https URL
 */
export function labStatusPage(options: LabStatusPageOptions): LabStatusPage {
  const { clock = systemClock, logger = silentLogger } = options;
  const { url, headers } = addressOf(options.url);
  // Opens nothing as long as it is not used.
  const ownTransport = gotTransport();
  const transport = options.transport ?? ownTransport;
  const settings = {
    ...{ service: 'lab status', clock, logger, timeoutMs, hooks: {}, random: () => 0 },
    policy: { firstDelayMs: 1_000, factor: 2, maxDelayMs: 10_000, jitter: 0 },
    limit: createLimit(Number.POSITIVE_INFINITY, clock),
    loadRetry: createRetryLoader(clock),
  };

  const fetchReport = async ({ signal, deadlineMs = defaultDeadlineMs }: CallOptions): Promise<LabStatusReport> => {
    let tries = 0;
    const work = async (attempt: { readonly timeoutMs: number }) => {
      tries += 1;
      const request = { method: 'GET', url, headers, maxResponseBytes, timeoutMs: attempt.timeoutMs, signal } as const;
      const { status, headers: received, body } = await transport.request(request);
      if (status === 200) return reportOf(body);
      throw new HttpStatusError({ status, url, method: 'GET', headers: received, body: '' });
    };
    return await callWithRetry({ method, signal, deadlineMs, isRetryable: () => tries < maxTries, work }, settings);
  };

  return {
    async read(callOptions = {}) {
      try {
        return await fetchReport(callOptions);
      } catch (error) {
        callOptions.signal?.throwIfAborted();
        const problem = error instanceof Error ? error.message : String(error);
        logger.warn('the status of the lab cannot be had, it counts as open', { error });
        return { state: null, message: '', problem };
      }
    },
    close: () => ownTransport.close(),
  };
}

function addressOf(text: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  if (typeof text !== 'string' || !/^https?:\/\/[^/]/iu.test(text) || !URL.canParse(text)) {
    throw new ClientOptionError('url', 'must be an http or https URL, that of the status page');
  }
  const { url, authorization } = splitCredentials(text);
  return { url, headers: authorization === undefined ? {} : { authorization } };
}

function reportOf(body: Uint8Array): LabStatusReport {
  const text = new TextDecoder().decode(body);
  const answer = wireReader(parsed(body, text), method, 'page');
  return { state: answer.field('general_state').string(), message: answer.field('message').text(), problem: null };
}

function parsed(body: Uint8Array, text: string): unknown {
  if (nestingExceeds(body, maxDepth)) {
    throw new BadResponseError({ call: method, problem: 'nested too deep', received: text.slice(0, 2_000) });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadResponseError({ call: method, problem: 'expected JSON', received: text.slice(0, 2_000), cause });
  }
}

const method = 'status page';
const maxTries = 5;
const timeoutMs = 15_000;
const defaultDeadlineMs = 90_000;
const maxResponseBytes = 64 * 1024;
const maxDepth = 10;
