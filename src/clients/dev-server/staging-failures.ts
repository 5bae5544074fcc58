import type { DevServerError } from './errors.js';

/** What a server says of each part of a build that it failed to stage; empty when the error is not about that. */
export function stagingFailures({ status, message }: DevServerError): readonly string[] {
  if (status !== 500) return [];
  // Raised without being meant for us, so that the name of the exception stands before the first one.
  return message
    .replace(/^\w+: /, '')
    .split('--------\n')
    .map((failure) => failure.trim())
    .filter((failure) => failure !== '');
}
