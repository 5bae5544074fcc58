/**
 * Four methods that take a message and, where there is more to tell, an object with details. `console` and a pino or
 * winston logger fit.
 */
export interface Logger {
  debug(message: string, details?: object): void;
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
}

/** A logger that drops everything; the default everywhere, since this package prints nothing by itself. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
