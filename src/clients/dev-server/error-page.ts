import { decodeHtmlText, textBetween } from '../../transport/html-text.js';

/**
 * The one message of a dev server's error page, decoded; undefined when the text is not such a page.
 *
 * What the server raised on purpose stands in the first paragraph. For anything else that paragraph is generic, and the
 * message is the exception at the end of the traceback, which can span lines.
 */
export function messageOfErrorPage(page: string): string | undefined {
  const start = page.slice(0, maxLength);
  const headingAt = Math.max(start.indexOf('<h2>'), start.indexOf('<h1>'), 0);
  const paragraph = textBetween(start, '<p>', '</p>', headingAt);
  const stated = paragraph === undefined ? '' : decodeHtmlText(paragraph).replace(/\s+/g, ' ').trim();
  if (stated !== '' && !stated.startsWith(genericStart)) return stated;

  const traceback = textBetween(start, '<pre id="traceback">', '</pre>', headingAt);
  const exception = traceback === undefined ? '' : exceptionOf(decodeHtmlText(traceback));
  return exception || stated || undefined;
}

const maxLength = 64 * 1024;
const genericStart = 'The server encountered an unexpected condition';

/** What follows the indented lines of a Python traceback. */
function exceptionOf(traceback: string): string {
  const lines = traceback.trim().split('\n');
  const isTraceback = lines[0]?.startsWith('Traceback') === true;
  if (!isTraceback) return lines.join('\n');
  const at = lines.findIndex((line, index) => index > 0 && line.trim() !== '' && !line.startsWith(' '));
  return at < 0 ? '' : lines.slice(at).join('\n').trim();
}
