import { constants, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { silentLogger, type Logger } from '../runtime/logger.js';
import { ResultFilesError, type ResultFiles } from './result-files.js';
import { walkFolder } from './walk-folder.js';
import { checkJobTag, checkPath } from './safe-names.js';

/** Options of {@link resultFilesInFolder}. */
export interface ResultFilesInFolderOptions {
  /** The folder with a folder `<job id>-<owner>/<host>` for each job. */
  readonly root: string;
  /**
   * How many files and folders of a job are looked at; what comes after them is left out, with a warning.
   *
   * @defaultValue 10,000
   */
  readonly maxFiles?: number | undefined;
  /**
   * How many folders deep a file may lie; deeper ones are left out, with a warning.
   *
   * @defaultValue 20
   */
  readonly maxDepth?: number | undefined;
  /**
   * Told of what was left out, unreadable folders included.
   *
   * @defaultValue a logger that drops everything
   */
  readonly logger?: Logger | undefined;
}

/**
 * The files of jobs in a folder on this computer, as the lab's drones leave them: `<root>/<job tag>/...`.
 *
 * Symbolic links below a job's folder are not listed, and nothing is read or written outside of that folder, wherever a
 * link may lead. A folder that cannot be read is left out with a warning; the job's own is a `ResultFilesError`.
 */
export function resultFilesInFolder(options: ResultFilesInFolderOptions): Required<ResultFiles> {
  const { root, maxFiles = 10_000, maxDepth = 20, logger = silentLogger } = options;
  return {
    async list(jobTag, { signal } = {}) {
      signal?.throwIfAborted();
      const folder = await folderOfJob(root, jobTag);
      if (folder === undefined) return [];
      return walkFolder({ jobTag, folder, maxFiles, maxDepth, logger, signal });
    },
    async read(jobTag, path, { maxBytes, signal }) {
      signal?.throwIfAborted();
      const file = await placeOf(root, jobTag, path);
      try {
        return await readStart(file, maxBytes, signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw new ResultFilesError({ jobTag, path, problem: 'cannot be read', cause: error });
      }
    },
    async write(jobTag, path, content) {
      const file = await placeOf(root, jobTag, path);
      try {
        await replaceFile(file, content);
      } catch (error) {
        throw new ResultFilesError({ jobTag, path, problem: 'cannot be written', cause: error });
      }
    },
  };
}

/** The folder of a job, without symbolic links; undefined when the job left none. */
async function folderOfJob(root: string, jobTag: string): Promise<string | undefined> {
  checkJobTag(jobTag);
  let realRoot: string;
  try {
    realRoot = await realpath(root);
  } catch (error) {
    throw new ResultFilesError({ jobTag, problem: 'the folder of all results cannot be read', cause: error });
  }
  let folder: string;
  try {
    folder = await realpath(join(realRoot, jobTag));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ResultFilesError({ jobTag, problem: 'the folder cannot be read', cause: error });
  }
  if (isBelow(realRoot, folder)) return folder;
  throw new ResultFilesError({ jobTag, problem: 'the folder is a link that leads elsewhere' });
}

/** Where a file of a job is or will be. Its folder exists, and is in the job's. */
async function placeOf(root: string, jobTag: string, path: string): Promise<string> {
  const folder = await folderOfJob(root, jobTag);
  checkPath(jobTag, path);
  if (folder === undefined) throw new ResultFilesError({ jobTag, path, problem: 'the job left no files' });
  const file = join(folder, path);
  let parent: string;
  try {
    parent = await realpath(dirname(file));
  } catch (error) {
    throw new ResultFilesError({ jobTag, path, problem: 'cannot be reached', cause: error });
  }
  if (parent === folder || isBelow(folder, parent)) return join(parent, basename(file));
  throw new ResultFilesError({ jobTag, path, problem: 'a link leads out of the folder of the job' });
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Neither follows a link nor waits for somebody to write into a pipe. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function readStart(path: string, maxBytes: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const file = await open(path, openFlags);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error('not a file');
    const buffer = Buffer.alloc(Math.min(found.size, maxBytes));
    let length = 0;
    while (length < buffer.length) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, length, Math.min(buffer.length - length, pieceBytes), length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

const pieceBytes = 4 * 1024 * 1024;

/** Whoever reads the file meanwhile finds the old one or the new one, never a part. */
async function replaceFile(path: string, content: string): Promise<void> {
  const draft = join(dirname(path), `.${crypto.randomUUID()}.tmp`);
  try {
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(content);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
