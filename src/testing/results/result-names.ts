import { ResultFilesError } from '../../index.js';

/** Throws `ResultFilesError` for what cannot be the tag of a job, and so no folder either. */
export function checkJobTag(jobTag: string): void {
  const isTag = jobTag.length <= 300 && /^\d+-[\w.@+-]+\/[\w.:-]+$/.test(jobTag) && !/\/\.{1,2}$/.test(jobTag);
  if (!isTag) throw new ResultFilesError({ jobTag, problem: 'not the tag of a job, <id>-<owner>/<host>' });
}

/** Throws `ResultFilesError` for what cannot be a path below the folder of a job. */
export function checkPath(jobTag: string, path: string): void {
  const isPath = path.length <= 4_096 && !path.includes('\0') && path.split(/[/\\]/).every(isSegment);
  if (!isPath) throw new ResultFilesError({ jobTag, path, problem: 'not a path below the folder of the job' });
}

function isSegment(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..';
}
