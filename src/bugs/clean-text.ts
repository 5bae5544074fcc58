/**
 * Text of a failure as it may go into a bug or an e-mail: lines end with LF, no other control or format characters
 * (which could move a cursor, reorder what is read, or fake a line), at most `maxLength` characters.
 */
export function cleanText(text: string, maxLength: number): string {
  // Cut before cleaning, so that the work is bounded whatever the size of the text.
  const start = text.slice(0, maxLength);
  const clean = start
    .replace(/\r\n?|[\u2028\u2029\v\f]/gu, '\n')
    .replaceAll('\t', '  ')
    .replace(/[^\P{C}\n]/gu, ' ');
  if (start.length === text.length) return clean;
  // The cut may go through a character of two code units, of which the first alone is none.
  return `${clean.slice(0, maxLength - 3).replace(/[\uD800-\uDBFF]$/, '')}...`;
}

/** The same in one line, without space around it: nothing in it can begin another header of an e-mail. */
export function cleanLine(text: string, maxLength: number): string {
  return cleanText(text.trimStart(), maxLength).replace(/\s+/gu, ' ').trim();
}
