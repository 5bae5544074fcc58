import type { CrashLimits } from './crash-limits.js';
import type { ResultFile } from './result-files.js';

/** A crash dump among a job's files. */
export interface FoundDump extends ResultFile {
  /** The file beside the dump that holds its stack trace. */
  readonly stackPath: string;
  /** Whether that file is there. */
  readonly hasStack: boolean;
}

/** The crash dumps of a job, each list in the order of the paths. */
export interface FoundCrashes {
  readonly dumps: readonly FoundDump[];
  /** Dumps that nothing is done about, and why. */
  readonly leftOut: readonly (ResultFile & { readonly problem: string })[];
}

/** Finds the crash dumps among a job's files: those named `*.dmp`. A stack trace is kept as `<dump>.txt`. */
export function findCrashes(files: readonly ResultFile[], limits: CrashLimits): FoundCrashes {
  const paths = new Set(files.map(({ path }) => path));
  const dumps: FoundDump[] = [];
  const leftOut: (ResultFile & { problem: string })[] = [];
  for (const file of files.filter(({ path }) => path.endsWith('.dmp')).sort(byPath)) {
    const problem = problemWith(file, limits);
    if (problem !== undefined) leftOut.push({ ...file, problem });
    else if (dumps.length >= limits.maxDumps) {
      leftOut.push({ ...file, problem: `the job has more than ${limits.maxDumps} crash dumps` });
    } else {
      const stackPath = `${file.path}.txt`;
      dumps.push({ ...file, stackPath, hasStack: paths.has(stackPath) });
    }
  }
  return { dumps, leftOut };
}

/** What is wrong with a dump of that size; undefined when it can be symbolicated. */
export function problemWith(file: ResultFile, limits: CrashLimits): string | undefined {
  if (file.sizeBytes === 0) return 'the crash dump is empty';
  return file.sizeBytes > limits.maxDumpBytes
    ? `the crash dump is larger than ${limits.maxDumpBytes} bytes`
    : undefined;
}

/** By code units, the same on every computer. */
function byPath(a: ResultFile, b: ResultFile): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
