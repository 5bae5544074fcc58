import { ConnectionError, DeadlineError, TimeoutError } from '../../transport/errors.js';
import { DevServerError } from './errors.js';

/**
 * Whether a call failed because nobody answered: no connection, no time, or only a front server that is down. A failure
 * to connect that will not pass, such as a wrong certificate, is an answer of sorts.
 */
export function isNoAnswer(error: unknown): boolean {
  if (error instanceof DevServerError) return error.status === 502 || error.status === 503 || error.status === 504;
  if (error instanceof ConnectionError) return !error.permanent;
  return error instanceof TimeoutError || error instanceof DeadlineError;
}
