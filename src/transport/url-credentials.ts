/**
 * Takes user name and password out of a URL, so that they cannot appear in a message, a log or a request line.
 *
 * @returns the URL without them, and the `Authorization` header (scheme Basic) that says the same
 */
export function splitCredentials(url: string): { readonly url: string; readonly authorization: string | undefined } {
  // The error of `new URL` itself carries the whole text, password included.
  if (!URL.canParse(url)) throw new TypeError('not a URL');
  const parsed = new URL(url);
  const { username, password } = parsed;
  if (username === '' && password === '') return { url, authorization: undefined };
  parsed.username = '';
  parsed.password = '';
  const pair = `${decode(username)}:${decode(password)}`;
  return { url: parsed.toString(), authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray percent sign: then the text stands for itself.
    return part;
  }
}
