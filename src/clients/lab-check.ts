/** How a part of a lab is doing. `warning`: suites can run, but not all will be well. */
export type LabCheckStatus = 'ok' | 'warning' | 'failed';

/** One part of a lab that has been looked at. */
export interface LabCheckItem {
  /** `AFE`, `AFE clock`, `AFE user`, `boards`, `pools`, `TKO`, `dev server`, ... */
  readonly name: string;
  readonly status: LabCheckStatus;
  /** What was found. */
  readonly message: string;
  /** What to do about it; null where there is nothing to do. */
  readonly hint: string | null;
}

/** What `checkLab` found. As a text it is a table for a person. */
export class LabCheck {
  /** The worst of all items. */
  readonly status: LabCheckStatus;
  readonly items: readonly LabCheckItem[];

  constructor(items: readonly LabCheckItem[]) {
    this.items = items;
    this.status = worstOf(items);
  }

  /** A line per item, with what to do below it, and a line of totals. */
  toString(): string {
    const width = Math.max(0, ...this.items.map(({ name }) => name.length));
    const lines = this.items.flatMap(({ name, status, message, hint }) => {
      const line = `${name.padEnd(width)}  ${words[status].padEnd(statusWidth)}  ${message}`;
      return hint === null ? [line] : [line, `${' '.repeat(width + statusWidth + 4)}-> ${hint}`];
    });
    const count = (wanted: LabCheckStatus) => this.items.filter(({ status }) => status === wanted).length;
    const warnings = count('warning') === 1 ? '1 warning' : `${count('warning')} warnings`;
    return [...lines, '', `${count('ok')} ok, ${warnings}, ${count('failed')} failed`].join('\n');
  }
}

const words: Readonly<Record<LabCheckStatus, string>> = { ok: 'ok', warning: 'WARNING', failed: 'FAILED' };
const statusWidth = 7;

function worstOf(items: readonly LabCheckItem[]): LabCheckStatus {
  if (items.some(({ status }) => status === 'failed')) return 'failed';
  return items.some(({ status }) => status === 'warning') ? 'warning' : 'ok';
}
