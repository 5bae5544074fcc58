import type { CallOptions } from '../../clients/call-options.js';
import type { HttpClientOptions } from '../../clients/client-options.js';
import { BadResponseError } from '../../transport/errors.js';
import { createHttpReader } from './http-reader.js';

/**
 * The milestone at the top of the tree by a `LATEST` file, for the option `topOfTree` of a source of builds. The file
 * holds the version of a build, `R50-7800.0.0`; where there is no such file, the milestone is not known.
 *
 * Each call fetches it, and rejects with `BadResponseError` for what is no version, and as any call over HTTP does.
 *
 * @param options - `url`: of the file
 * @throws ClientOptionError for options that cannot work
 */
export function topOfTreeFromFile(options: HttpClientOptions): (call?: CallOptions) => Promise<number | null> {
  const read = createHttpReader('build storage', options);
  return async (call = {}) => {
    const text = await read({ method: 'LATEST', path: '', maxBytes: 64 * 1024 }, call);
    if (text === undefined) return null;
    const milestone = milestoneOfLatest(text);
    if (milestone !== undefined) return milestone;
    throw new BadResponseError({ call: 'LATEST', problem: 'expected a version such as R50-7800.0.0', received: text });
  };
}

/** 50 for `R50-7800.0.0`. */
function milestoneOfLatest(text: string): number | undefined {
  const [, milestone] = /^\s*R(\d{1,9})-\d/.exec(text.slice(0, 200)) ?? [];
  return milestone === undefined ? undefined : Number(milestone);
}
