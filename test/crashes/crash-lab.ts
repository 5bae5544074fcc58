import type { CrashServerClient } from '../../src/clients/crash-server/types.js';
import type { CrashReport } from '../../src/crashes/crash-report.js';
import {
  createCrashReporter,
  type CrashReporter,
  type CrashReporterOptions,
} from '../../src/crashes/crash-reporter.js';
import type { ResultFiles } from '../../src/crashes/result-files.js';
import { FakeClock } from '../support/fake-clock.js';

export const jobTag = '7-lab/host1';
export const build = 'x86-mario-release/R19-1998.0.0';
export const job = { jobTag, build };
export const stack = 'Thread 0 (crashed)\n 0  crasher!main [crasher.cc : 42 + 0x5]\n';
export const health = { freeDiskGb: 70, cpuPercent: 10, diskBytesPerSecond: 0, networkBytesPerSecond: 0 };

/** Jobs' files in memory, a crash server that works, and a reporter on both. */
export class CrashLab {
  /** The files of all jobs, by tag and path. */
  readonly stored = new Map<string, string>();
  readonly clock = new FakeClock();
  readonly warnings: string[] = [];
  /** Every call of a fake crash server, e.g. `symbolicate a.dmp`. */
  readonly calls: string[] = [];

  put(path: string, content = 'MDMP'): void {
    this.stored.set(`${jobTag}/${path}`, content);
  }

  /** With what a test wants to be different. */
  files(changes: Partial<ResultFiles> = {}): ResultFiles {
    const { stored } = this;
    return {
      async list(tag) {
        const ofJob = [...stored].filter(([path]) => path.startsWith(`${tag}/`));
        return ofJob.map(([path, content]) => ({ path: path.slice(tag.length + 1), sizeBytes: content.length }));
      },
      async read(tag, path, { maxBytes }) {
        const content = stored.get(`${tag}/${path}`);
        if (content === undefined) throw new Error(`no file ${path}`);
        return Buffer.from(content).subarray(0, maxBytes);
      },
      async write(tag, path, content) {
        stored.set(`${tag}/${path}`, content);
      },
      ...changes,
    };
  }

  /** Files that can only be read. */
  readOnlyFiles(): ResultFiles {
    const { list, read } = this.files();
    return { list, read };
  }

  /** With what a test wants to be different. */
  server(changes: Partial<CrashServerClient> = {}): CrashServerClient {
    const { calls } = this;
    return {
      url: changes.url ?? 'http://crash.lab',
      async checkHealth(options) {
        calls.push('health');
        return (await changes.checkHealth?.(options)) ?? health;
      },
      async stageSymbols(request, options) {
        calls.push(`stage ${request.build}`);
        await changes.stageSymbols?.(request, options);
      },
      async symbolicate(request, options) {
        calls.push(`symbolicate ${request.filename}`);
        return changes.symbolicate === undefined ? stack : await changes.symbolicate(request, options);
      },
    };
  }

  reporter(options: Partial<CrashReporterOptions> = {}): CrashReporter {
    const ignore = () => {};
    const warn = (message: string) => void this.warnings.push(message);
    const logger = { debug: ignore, info: ignore, warn, error: ignore };
    const given = { resultFiles: this.files(), crashServer: this.server(), clock: this.clock, logger, ...options };
    return createCrashReporter(given);
  }

  /** How many calls begin like this. */
  count(call: string): number {
    return this.calls.filter((made) => made.startsWith(call)).length;
  }
}

export function problemsOf(reports: readonly CrashReport[]): readonly (string | null)[] {
  return reports.map(({ problem }) => problem);
}

/** A call that fails with a value that may be anything. */
export function failing(reason: unknown): () => Promise<never> {
  return async () => {
    throw reason;
  };
}
