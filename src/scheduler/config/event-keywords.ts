import { closestName } from '../../clients/closest-name.js';
import { excerpt } from '../../transport/excerpt.js';

/** The events that every scheduler knows. */
export const builtInEvents = ['nightly', 'weekly', 'new_build', 'new_chrome'] as const;

/** The keywords of all events there are: those that every scheduler knows, and further ones. */
export function knownEvents(further: readonly string[] = []): readonly string[] {
  return [...new Set([...builtInEvents, ...further])];
}

/** The known keyword that a text stands for, a hyphen being as good as an underscore; undefined: none. */
export function eventKeyword(text: string, known: readonly string[]): string | undefined {
  return (
    known.find((keyword) => keyword === text) ??
    known.find((keyword) => withoutHyphens(keyword) === withoutHyphens(text))
  );
}

/** Says that a text names no event, and which one it most likely was to be. */
export function unknownEvent(text: string, known: readonly string[]): string {
  const meant = closestName(text, known);
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return `expected an event (${known.join(', ')}), found "${excerpt(text, 40)}"${hint}`;
}

function withoutHyphens(text: string): string {
  return text.replaceAll('-', '_');
}
