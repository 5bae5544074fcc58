/** Without the ASCII white space that Python 2 strips at both ends: not U+00A0, not \x1c. */
export function stripped(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** The items of a comma list: trimmed, empty ones dropped (D2). */
export function commaItems(text: string): string[] {
  return text.split(',').map(stripped).filter(Boolean);
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
