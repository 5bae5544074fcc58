/**
 * Text as XML 1.0 can hold it: what is no character of XML (control characters, half surrogate pairs, U+FFFE, U+FFFF)
 * is left out, since not even an escape may stand for it; and line breaks are LF, as every reader makes them.
 */
export function xmlText(text: string): string {
  return text.replace(/\r\n?/gu, '\n').replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}
