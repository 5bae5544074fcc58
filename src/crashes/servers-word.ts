import { SymbolicationError } from '../clients/crash-server/errors.js';
import { DevServerError, StagingError } from '../clients/dev-server/errors.js';
import { isNoAnswer } from '../clients/dev-server/no-answer.js';

/**
 * Whether a failure is something that the server says of the dump or the build. Then it is alive, whatever it says;
 * any other failure is the server's own.
 */
export function isServersWord(error: unknown): boolean {
  const said = error instanceof StagingError ? error.cause : error;
  return said instanceof SymbolicationError || (said instanceof DevServerError && !isNoAnswer(said));
}
