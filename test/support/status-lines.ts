import { createLabTime } from '../../src/clients/lab-time.js';
import { renderStatusEntry, type StatusEntry } from '../../src/results/status-log.js';

/** Entries as lines in UTC, without indentation and without the fields that the original does not have. */
export function statusLines(entries: readonly StatusEntry[]): string[] {
  const labTime = createLabTime('UTC');
  return entries.map((entry) => renderStatusEntry({ ...entry, fields: {} }, { labTime }));
}
