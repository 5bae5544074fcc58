/**
 * A URL as it may be shown: without user name and password, and not endlessly long. Text that is no URL comes back as
 * `(not a URL)`, since nobody can say where in it a password stands.
 */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  const text = parsed.toString();
  return text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
}

const maxLength = 500;
