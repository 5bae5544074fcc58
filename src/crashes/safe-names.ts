import { ResultFilesError } from './result-files.js';

/**
 * Throws {@link ResultFilesError} for what is not the tag of a job: `<digits>-<owner>/<host>`. Tags and paths come from
 * servers and devices, and lead into the file system.
 */
export function checkJobTag(jobTag: string): void {
  const isTag = jobTag.length <= maxTagLength && /^\d+-[\w.@+-]+\/[\w.:-]+$/.test(jobTag);
  if (!isTag || isDots(jobTag.slice(jobTag.indexOf('/') + 1))) {
    throw new ResultFilesError({ jobTag, problem: 'not the tag of a job, <id>-<owner>/<host>' });
  }
}

/** Throws {@link ResultFilesError} for a path that could lead out of the job's folder, or nowhere. */
export function checkPath(jobTag: string, path: string): void {
  const parts = path.split(/[/\\]/);
  if (path.length > maxPathLength || path.includes('\0') || parts.some((part) => part === '' || isDots(part))) {
    throw new ResultFilesError({ jobTag, path, problem: 'not a path below the folder of the job' });
  }
}

const maxTagLength = 300;
const maxPathLength = 4_096;

function isDots(part: string): boolean {
  return part === '.' || part === '..';
}
