import { redactUrl } from './redact-url.js';

/**
 * Where a redirect points, as it may be shown: without user name and password, and without query and fragment, in which
 * login pages like to keep tokens. Undefined for an answer that is no redirect, or does not say where to.
 */
export function redirectTarget(answer: {
  readonly status: number;
  /** What was asked for: a redirect may be relative to it. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}): string | undefined {
  const { status, url, headers } = answer;
  const location = headers?.['location'];
  if (status < 300 || status > 399 || location === undefined || !URL.canParse(location, url)) return undefined;
  const target = new URL(location, url);
  target.search = '';
  target.hash = '';
  return redactUrl(target.toString());
}
