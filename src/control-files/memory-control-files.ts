import { ControlFileNotFoundError } from '../clients/dev-server/errors.js';
import type { ControlFileGetter, ControlFileSource } from './types.js';

/**
 * Control files that are already at hand.
 *
 * @param files - path → content, e.g. `{ 'client/site_tests/power_Idle/control': text }`; it is copied
 */
export function memoryControlFiles(
  files: Readonly<Record<string, ControlFileSource>> | ReadonlyMap<string, ControlFileSource>,
): ControlFileGetter {
  const copy = new Map<string, ControlFileSource>(files instanceof Map ? files : Object.entries(files));
  return {
    ignoresSuite: true,
    async list({ signal } = {}) {
      signal?.throwIfAborted();
      return [...copy.keys()];
    },
    async read(path, { signal } = {}) {
      signal?.throwIfAborted();
      const content = copy.get(path);
      if (content === undefined) throw new ControlFileNotFoundError({ path });
      return content;
    },
  };
}
