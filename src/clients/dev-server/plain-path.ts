/**
 * The parts of a path that goes into a URL. Throws TypeError for dots, which would lead elsewhere, and empty parts, which
 * would lead to the list of a folder.
 */
export function pathSegments(argument: string, path: string): readonly string[] {
  const segments = path.split('/');
  if (leadsDown(segments)) return segments;
  throw new TypeError(`${argument}: must be a path without empty parts, "." and ".."`);
}

/** Whether a text that a server sent is a path that leads downwards, without quotes, spaces and brackets. */
export function isPlainPath(text: string): boolean {
  return text.length <= maxLength && /^[\w./+,:=@~%-]+$/.test(text) && leadsDown(text.split('/'));
}

const maxLength = 1_000;

function leadsDown(segments: readonly string[]): boolean {
  return segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}
