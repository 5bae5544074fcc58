import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SuiteOutcome } from '../results/outcome.js';
import { htmlReport } from './html-report.js';
import { jsonReport } from './json-report.js';
import { junitReport } from './junit-report.js';
import { tapReport } from './tap-report.js';

/** A kind of report that is a file. */
export type ReportFormat = 'html' | 'json' | 'junit' | 'tap';

/** Options of {@link writeReports}. */
export interface WriteReportsOptions {
  /** The folder to write into; made where there is none. */
  readonly dir: string;
  /**
   * Which reports to write.
   *
   * @defaultValue all of them
   */
  readonly formats?: readonly ReportFormat[] | undefined;
}

interface Format {
  readonly file: string;
  readonly render: (outcome: SuiteOutcome) => string | Promise<string>;
}

const formatsByName: Readonly<Record<ReportFormat, Format>> = {
  html: { file: 'report.html', render: htmlReport },
  json: { file: 'report.json', render: jsonReport },
  junit: { file: 'junit.xml', render: junitReport },
  tap: { file: 'report.tap', render: tapReport },
};

/**
 * Writes the reports of a suite into a folder: `report.html`, `report.json`, `junit.xml` and `report.tap`. Whoever reads
 * a file meanwhile finds the old one or the new one, never a part.
 *
 * @returns the path of each file that was written
 * @throws the error of the file system when a file cannot be written
 */
export async function writeReports(
  outcome: SuiteOutcome,
  { dir, formats = ['html', 'json', 'junit', 'tap'] }: WriteReportsOptions,
): Promise<Partial<Record<ReportFormat, string>>> {
  await mkdir(dir, { recursive: true });
  const paths: Partial<Record<ReportFormat, string>> = {};
  for (const name of new Set(formats)) {
    const { file, render } = formatsByName[name];
    const path = join(dir, file);
    await replaceFile(path, await render(outcome));
    paths[name] = path;
  }
  return paths;
}

async function replaceFile(path: string, content: string): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
