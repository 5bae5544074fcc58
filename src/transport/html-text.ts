const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Decodes the character references that the servers' error pages use; anything else stays as it is. */
export function decodeHtmlText(html: string): string {
  return html.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-z]{2,4}));/g, (reference, decimal, hex, name) => {
    if (typeof name === 'string') return named[name] ?? reference;
    const code = typeof decimal === 'string' ? Number.parseInt(decimal, 10) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : reference;
  });
}

/** What stands between two marks, from `fromIndex` on; undefined when one of them is missing. */
export function textBetween(text: string, start: string, end: string, fromIndex = 0): string | undefined {
  const at = text.indexOf(start, fromIndex);
  if (at < 0) return undefined;
  const endAt = text.indexOf(end, at + start.length);
  return endAt < 0 ? undefined : text.slice(at + start.length, endAt);
}
