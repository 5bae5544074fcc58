import { isMet, type Figure, type FigureGroup } from './figure.js';

/** A table for people: a heading for each group, a line for each figure. */
export function table(groups: readonly FigureGroup[]): string {
  const head = ['', 'value', 'unit', 'target', 'ok?', ''];
  const bodies = groups.map(({ title, figures }) => ({ title, rows: figures.map(cells).map(withoutRepeatedName) }));
  const all = [head, ...bodies.flatMap(({ rows }) => rows)];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), ...bodies.flatMap(({ title, rows }) => ['', title, ...rows.map(line)])].join('\n');
}

/** The same for programs. */
export function json(groups: readonly FigureGroup[], machine: Readonly<Record<string, unknown>>): string {
  const figures = groups.flatMap(({ title, figures }) =>
    figures.map((figure) => ({
      group: title,
      name: figure.name,
      value: figure.value,
      unit: figure.unit,
      target: targetText(figure),
      ok: isMet(figure) ?? null,
      note: figure.note ?? null,
    })),
  );
  return JSON.stringify({ machine, figures }, null, 2);
}

function cells(figure: Figure): string[] {
  const { name, value, unit, note = '' } = figure;
  const met = isMet(figure);
  const verdict = met === undefined ? '' : met ? 'ok' : 'NO';
  return [`  ${name}`, value === null ? '-' : numberText(value), unit, targetText(figure) ?? '', verdict, note];
}

/** What is counted in several units has its name on the first of its lines only. */
function withoutRepeatedName(row: readonly string[], index: number, rows: readonly (readonly string[])[]): string[] {
  const [name = '', ...others] = row;
  return [name === rows[index - 1]?.[0] ? '' : name, ...others];
}

function targetText({ target }: Figure): string | null {
  if (target === undefined) return null;
  return `${target.kind === 'at least' ? '>=' : '<='} ${numberText(target.bound)}`;
}

function numberText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 });
}
