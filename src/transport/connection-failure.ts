/** The proxy answered, and did not open a tunnel. */
export class TunnelRefusedError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answers CONNECT with HTTP status ${status}`);
    this.name = 'TunnelRefusedError';
    this.status = status;
  }
}

/** What a `ConnectionError` says of a failure. */
export interface ConnectionFailure {
  readonly reason: string;
  readonly cause?: unknown;
  /** Whether it stays as it is until somebody changes a setting. */
  readonly permanent: boolean;
  /** What to do about it. */
  readonly hint: string | undefined;
}

/**
 * What the system says of a failure, and what to do about it.
 *
 * @param error - what the HTTP client threw. got's own errors carry the request's options, headers included, and so are
 * not handed on
 * @param unknownAuthorityHint - what to do about a certificate that nobody vouches for
 */
export function connectionFailure(error: unknown, unknownAuthorityHint = certificateAuthorityHint): ConnectionFailure {
  if (!(error instanceof Error)) return { reason: 'unknown failure', permanent: false, hint: undefined };
  const cause = 'options' in error ? error.cause : error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (cause instanceof TunnelRefusedError) return { cause, ...refusalByProxy(cause.status) };
  const remedy = unknownAuthority.has(code) ? unknownAuthorityHint : remedyFor(code, error.message);
  const known = { permanent: remedy !== undefined, hint: remedy };
  if (!(cause instanceof Error)) return { reason: code || error.name, ...known };
  const reason = cause.message.includes(code) ? cause.message : `${code}: ${cause.message}`;
  return { reason, cause, ...known };
}

/** The failure when a proxy answers for a server. As with servers, what it states of the request (4xx) is final. */
export function refusalByProxy(status: number): ConnectionFailure {
  const reason = `the proxy answers with HTTP status ${status}`;
  if (status === 407) {
    return {
      reason,
      permanent: true,
      hint: 'the proxy wants user and password, or others: see the option "proxy.url"',
    };
  }
  if (status >= 400 && status <= 499) {
    return {
      reason,
      permanent: true,
      hint: 'the proxy does not allow it: see the options "proxy.url" and "proxy.bypass"',
    };
  }
  return { reason, permanent: false, hint: undefined };
}

const certificateAuthorityHint =
  'give the certificate of the authority that signed the server\'s as the option "certificateAuthority"';

/** For failures of TLS that do not pass by themselves; undefined for any other code. */
function remedyFor(code: string, message: string): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return 'use a name in the URL that the certificate is made for';
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return 'have the certificate renewed, or the clock of this computer set right';
  }
  // What OpenSSL makes of an answer in plain HTTP; node gives it the code EPROTO, as it does to other faults.
  if (message.includes('SSL routines') && message.includes('wrong version number')) {
    return 'there is no TLS at this port: use http: or another port in the URL';
  }
  return otherCertificateFaults.has(code) ? 'have the certificate of the server put right' : undefined;
}

const unknownAuthority: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
]);

const otherCertificateFaults: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
]);
