/** A piece of HTML that is safe to put into a page. Only {@link markup} and {@link trusted} make one. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** What may stand in a template: text is escaped, pieces and lists of them are put in as they are. */
export type Inset = string | number | Markup | readonly Markup[] | null;

/** HTML from a template. Whatever comes from outside is put in as text, so that none can be forgotten. */
export function markup(parts: TemplateStringsArray, ...insets: readonly Inset[]): Markup {
  return new Markup(parts.map((part, index) => part + put(insets[index] ?? null)).join(''));
}

/** The page's own style and script. Never text from outside. */
export function trusted(html: string): Markup {
  return new Markup(html);
}

function put(inset: Inset): string {
  if (inset === null) return '';
  if (inset instanceof Markup) return inset.html;
  if (typeof inset === 'string') return escaped(inset);
  if (typeof inset === 'number') return String(inset);
  return inset.map(({ html }) => html).join('');
}

/**
 * Text for an element or an attribute in double quotes. Control characters but tab and line break go, as do those that
 * turn the direction of what follows: they could make a text look like another.
 */
export function escaped(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFEFF\p{Cs}]/gu, '')
    .replace(/[&<>"']/gu, (character) => `&#${String(character.charCodeAt(0))};`);
}
