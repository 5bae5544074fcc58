import { connectionFailure, type ConnectionFailure } from './connection-failure.js';

/**
 * What a failure of `fetch` says of the connection.
 *
 * @param error - what `fetch`, or the stream of its answer, threw: a `TypeError` whose `cause` is the failure itself
 */
export function fetchFailure(error: unknown): ConnectionFailure & { readonly sent: boolean } {
  const failure = failureOf(error);
  if (failure instanceof Error && failure.message === 'bad port') {
    const hint = 'fetch refuses this port: use another one, or gotTransport';
    return { sent: false, reason: failure.message, permanent: true, hint };
  }
  const described = connectionFailure(failure, trustedAuthorities);
  const sent = !described.permanent && !isOfConnecting(failure);
  return { ...withoutBaggage(described), sent };
}

const trustedAuthorities =
  "have node trust the authority that signed the server's certificate (NODE_EXTRA_CA_CERTS), " +
  'or use gotTransport, which has the option "certificateAuthority"';

/** The failure inside; of several tries to connect, to one address each, the first. */
function failureOf(error: unknown): unknown {
  const failure = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (failure instanceof AggregateError) {
    const failures: readonly unknown[] = failure.errors;
    return failures.every(isOfConnecting) ? failures[0] : failure;
  }
  return failure;
}

/** Whether it happened before there was a connection, so that no byte of the request can have reached the server. */
function isOfConnecting(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false;
  if ('code' in failure && failure.code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  return 'syscall' in failure && (failure.syscall === 'connect' || failure.syscall === 'getaddrinfo');
}

/** Errors of other clients behind a `fetch` may carry the request, with its headers: they are not handed on. */
function withoutBaggage(failure: ConnectionFailure): ConnectionFailure {
  const { cause } = failure;
  if (!(cause instanceof Error)) return failure;
  const isBare = Object.entries(cause).every(([name, value]) => name === 'socket' || isPrimitive(value));
  if (isBare && (cause.cause === undefined || isPrimitive(cause.cause))) return failure;
  const { reason, permanent, hint } = failure;
  return { reason, permanent, hint };
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}
