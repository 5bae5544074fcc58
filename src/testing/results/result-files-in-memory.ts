import { ResultFilesError, type ResultFiles } from '../../index.js';
import type { JobFiles } from './job-files.js';
import { checkJobTag, checkPath } from './result-names.js';

/**
 * The lab's result files without a disk: made when somebody asks for them. Only what was written to them is kept.
 *
 * @param filesOf - the files that a job left, by its tag
 */
export function resultFilesInMemory(filesOf: (jobTag: string) => JobFiles): Required<ResultFiles> {
  const written = new Map<string, Map<string, Uint8Array>>();
  let writtenBytes = 0;
  const allFilesOf = (jobTag: string): JobFiles => {
    checkJobTag(jobTag);
    return new Map([...filesOf(jobTag), ...(written.get(jobTag) ?? [])]);
  };
  return {
    async list(jobTag, { signal } = {}) {
      signal?.throwIfAborted();
      return [...allFilesOf(jobTag)].map(([path, content]) => ({ path, sizeBytes: content.length }));
    },
    async read(jobTag, path, { maxBytes, signal }) {
      signal?.throwIfAborted();
      checkPath(jobTag, path);
      const content = allFilesOf(jobTag).get(path);
      if (content === undefined) throw new ResultFilesError({ jobTag, path, problem: 'there is no such file' });
      return content.slice(0, maxBytes);
    },
    async write(jobTag, path, text) {
      checkPath(jobTag, path);
      checkPlace(jobTag, path, [...allFilesOf(jobTag).keys()]);
      const content = new TextEncoder().encode(text);
      const ofJob = written.get(jobTag) ?? new Map<string, Uint8Array>();
      const bytesThen = writtenBytes - (ofJob.get(path)?.length ?? 0) + content.length;
      if (bytesThen > maxWrittenBytes)
        throw new ResultFilesError({ jobTag, path, problem: 'the lab has no more room' });
      ofJob.set(path, content);
      written.set(jobTag, ofJob);
      writtenBytes = bytesThen;
    },
  };
}

/** More than the stacks of all crashes of a test should have. */
const maxWrittenBytes = 64 * 1024 * 1024;

/** As on a disk, a file can only be put into a folder that is there. */
function checkPlace(jobTag: string, path: string, paths: readonly string[]): void {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const isThere = paths.length > 0 && paths.some((other) => other.startsWith(folder));
  if (!isThere) throw new ResultFilesError({ jobTag, path, problem: 'there is no such folder' });
  const isFolder = paths.some((other) => other.startsWith(`${path}/`));
  if (isFolder) throw new ResultFilesError({ jobTag, path, problem: 'is a folder' });
}
