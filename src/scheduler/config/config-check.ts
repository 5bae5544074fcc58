import type { LabCheckStatus } from '../../clients/lab-check.js';

/** What was found of one section or task. */
export interface ConfigCheckItem {
  /** The section's name. */
  readonly section: string;
  /** Its line, or that of what is wrong with it, from 1; null for a task that comes from no file. */
  readonly line: number | null;
  /** `failed`: it does nothing, or nothing good. `warning`: not all of it can be done, or was seen. */
  readonly status: LabCheckStatus;
  /**
   * What is wrong: the section is `malformed`; its suite has no control file (`no-control-file`), an
   * `empty-control-file`, or one that could not be looked for (`control-file-unknown`); it names an `unknown-board`, which
   * the lab does not have. Null: nothing.
   */
  readonly code:
    'malformed' | 'no-control-file' | 'empty-control-file' | 'control-file-unknown' | 'unknown-board' | null;
  readonly message: string;
}

/** What `checkConfig` found. As a text it is a table for a person. */
export class ConfigCheck {
  /** The worst of all items. */
  readonly status: LabCheckStatus;
  /** In the order of the file. */
  readonly items: readonly ConfigCheckItem[];

  constructor(items: readonly ConfigCheckItem[]) {
    this.items = items;
    const statuses = items.map(({ status }) => status);
    this.status = (['failed', 'warning'] as const).find((status) => statuses.includes(status)) ?? 'ok';
  }

  /** A line per item and a line of totals. */
  toString(): string {
    const rows = this.items.map(({ section, line, status, message }) => ({
      start: [section, line === null ? '' : `line ${line}`, words[status]],
      message,
    }));
    const widths = [0, 1, 2].map((column) =>
      rows.reduce((most, { start }) => Math.max(most, start[column]?.length ?? 0), 0),
    );
    const lines = rows.map(({ start, message }) =>
      [...start.map((cell, column) => cell.padEnd(widths[column] ?? 0)), message].join('  '),
    );
    const count = (wanted: LabCheckStatus) => this.items.filter(({ status }) => status === wanted).length;
    const warnings = count('warning') === 1 ? '1 warning' : `${count('warning')} warnings`;
    return [...lines, '', `${count('ok')} ok, ${warnings}, ${count('failed')} failed`].join('\n');
  }
}

const words: Readonly<Record<LabCheckStatus, string>> = { ok: 'ok', warning: 'WARNING', failed: 'FAILED' };
