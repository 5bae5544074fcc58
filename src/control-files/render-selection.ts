import type { SelectionExplanation, SelectionFactor } from './explain-selection.js';
import { mostSimilar } from './similarity.js';

/** Options of {@link renderSelection}. */
export interface RenderSelectionOptions {
  /**
   * The one test to tell of: its NAME, its folder's name, or the path of its control file or the end of that.
   *
   * @defaultValue all are told of
   */
  readonly only?: string | undefined;
}

/** What `explainSelection` found, as text for an author: a line per control file, and below it why it is not selected. */
export function renderSelection(
  explanations: readonly SelectionExplanation[],
  options: RenderSelectionOptions = {},
): string {
  const { only } = options;
  if (only !== undefined) {
    const wanted = explanations.filter((explanation) => answersTo(explanation, only));
    return wanted.length > 0 ? wanted.map(rendered).join('') : notThere(only, explanations);
  }
  const count = explanations.filter(({ selected }) => selected).length;
  return `${count} of ${explanations.length} control files are selected\n${explanations.map(rendered).join('')}`;
}

function answersTo({ path, name }: SelectionExplanation, only: string): boolean {
  return name === only || folderOf(path) === only || path === only || path.endsWith(`/${only}`);
}

function notThere(only: string, explanations: readonly SelectionExplanation[]): string {
  const names = explanations.map(({ path, name }) => name ?? folderOf(path));
  const near = mostSimilar(only, names, 3).map((name) => printable(name));
  const hint = near.length === 0 ? '' : `; similar: ${near.join(', ')}`;
  return `no control file of ${quoted(only)} was listed${hint}\n`;
}

function folderOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}

function rendered(explanation: SelectionExplanation): string {
  const { path, name, selected, diagnostics } = explanation;
  const called = name === null ? '' : ` (${name})`;
  const lines = [`${printable(path + called)}: ${selected ? 'selected' : 'not selected'}`];
  lines.push(...because(explanation).map((line) => `  ${printable(line)}`));
  for (const diagnostic of diagnostics) {
    lines.push(...diagnostic.rendered.split('\n').map((line) => `  ${printable(line)}`));
  }
  return `${lines.join('\n')}\n`;
}

function because({ reason, diagnostics }: SelectionExplanation): readonly string[] {
  switch (reason.kind) {
    case 'selected':
      return [];
    case 'predicate':
      return [`${reason.predicate}: no`, ...reason.decidedBy.flatMap((part) => factorLines(part, reason.predicate))];
    case 'not-parsed':
      return diagnostics.length === 0 ? [reason.message] : ['it cannot be used:'];
    case 'left-out':
      return [leftOut[reason.rule]];
    case 'not-listed':
      return [`it was not listed for suite ${reason.suite}: the suite map of the build does not have it there`];
  }
}

const leftOut = {
  deps: 'its path is left out: what lies in a folder `deps` belongs to tests, and is none',
  profilers: 'its path is left out: what lies in a folder `profilers` belongs to tests, and is none',
  debian: 'its path is left out: `src/debian/control` describes a package',
};

function factorLines(factor: SelectionFactor, predicate: string): readonly string[] {
  const { description, holds, variable, values, nearMiss } = factor;
  const lines = description === predicate ? [] : [`  ${description}: ${holds ? 'yes' : 'no'}`];
  if (variable === undefined || values === undefined) return lines;
  if (nearMiss !== undefined) {
    lines.push(`  ${variable} has ${quoted(nearMiss.value)}; did you mean ${quoted(nearMiss.meant)}?`);
  } else if (values.length === 0) {
    lines.push(`  ${variable} has nothing`);
  } else {
    const more = values.length > maxValues ? ` and ${values.length - maxValues} more` : '';
    lines.push(`  ${variable} has ${values.slice(0, maxValues).map(quoted).join(', ')}${more}`);
  }
  return lines;
}

const maxValues = 10;

function quoted(text: string): string {
  return `'${text}'`;
}

/** Control characters of a file would move the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, ' ');
}
