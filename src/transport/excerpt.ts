/** The beginning of a text as it may stand in an error message: one line, printable, of bounded length. */
export function excerpt(text: string, maxLength = 200): string {
  // Cut before cleaning, so that the work is bounded whatever the size of the text.
  const start = text.slice(0, maxLength * 4);
  const line = start.replace(/[\s\p{C}]+/gu, ' ').trim();
  const isWhole = line.length <= maxLength && start.length === text.length;
  return isWhole ? line : `${line.slice(0, maxLength)}...`;
}
