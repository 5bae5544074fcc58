import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../runtime/logger.js';
import { ResultFilesError, type ResultFile } from './result-files.js';

/** What {@link walkFolder} walks, and how far. */
export interface WalkOptions {
  readonly jobTag: string;
  /** The job's folder, without symbolic links. */
  readonly folder: string;
  /** How many files and folders are looked at. */
  readonly maxFiles: number;
  /** How many folders deep a file may lie. */
  readonly maxDepth: number;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
}

/**
 * The regular files of a job's folder, links not followed. Goes level by level, so that what lies near the top is found
 * in the largest tree. What is left out is told to the logger, except that a folder of the job that cannot be read at
 * all is a {@link ResultFilesError}.
 */
export async function walkFolder(options: WalkOptions): Promise<readonly ResultFile[]> {
  const { jobTag, maxDepth, logger } = options;
  const walk: Walk = { ...options, files: [], left: options.maxFiles };
  let level = [''];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) {
      logger.warn('Folders of a job that lie too deep are left out', { jobTag, maxDepth, folder: level[0] });
      break;
    }
    const below: string[] = [];
    for (const folder of level) below.push(...(await visit(walk, folder)));
    level = below;
  }
  if (walk.left < 0) logger.warn('A job has too many files; some are left out', { jobTag, maxFiles: options.maxFiles });
  return walk.files;
}

interface Walk extends WalkOptions {
  readonly files: ResultFile[];
  /** How many more files and folders may be looked at; negative when there was one too many. */
  left: number;
}

/** Takes the files of a folder and returns its folders. Paths of folders end with `/`; the job's own is empty. */
async function visit(walk: Walk, folder: string): Promise<string[]> {
  const { jobTag, signal, logger } = walk;
  const folders: string[] = [];
  if (walk.left < 0) return folders;
  try {
    // Piece by piece: one folder may hold millions.
    for await (const entry of await opendir(join(walk.folder, folder))) {
      signal?.throwIfAborted();
      if (walk.left >= 0) walk.left -= 1;
      if (walk.left < 0) break;
      if (entry.isDirectory()) folders.push(`${folder}${entry.name}/`);
      else if (entry.isFile()) await take(walk, folder + entry.name);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (folder === '') throw new ResultFilesError({ jobTag, problem: 'the folder cannot be read', cause: error });
    logger.warn('A folder of a job cannot be read and is left out', { jobTag, folder, error });
  }
  return folders;
}

async function take(walk: Walk, path: string): Promise<void> {
  // Gone again since the folder was read: then it is no file of the job.
  const found = await lstat(join(walk.folder, path)).catch(() => undefined);
  if (found?.isFile() === true) walk.files.push({ path, sizeBytes: found.size });
}
