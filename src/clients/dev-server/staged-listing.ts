/** A file or folder of a staged build. */
export interface StagedEntry {
  /** Below the build's folder, e.g. `update.gz`. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Reads what `list_image_dir` answers: undefined for a build that is not staged, null for a text that is no listing.
 *
 * Lines that are no entries are passed over: the text is meant for people.
 */
export function readStagedListing(text: string): readonly StagedEntry[] | undefined | null {
  if (text.trimEnd().endsWith(notStagedEnd)) return undefined;
  const [head = '', ...lines] = text.split('\n');
  if (!head.startsWith(listingStart)) return null;
  const folder = `${head.slice(listingStart.length).trim()}/`;
  return lines.flatMap((line) => readEntry(line, folder) ?? []);
}

const notStagedEnd = 'has not been staged on this devserver.';
const listingStart = 'Listing contents of :';

/** `Name: /srv/static/<build>/update.gz Accessed: ... Modified: ... Size: 39 bytes.` */
function readEntry(line: string, folder: string): StagedEntry | undefined {
  const nameStart = `Name: ${folder}`;
  const accessedAt = line.lastIndexOf(' Accessed: ');
  const size = /^ Size: (\d{1,15}) bytes\.$/.exec(line.slice(Math.max(0, line.lastIndexOf(' Size: '))));
  if (!line.startsWith(nameStart) || accessedAt <= nameStart.length || size === null) return undefined;
  return { path: line.slice(nameStart.length, accessedAt), sizeBytes: Number(size[1]) };
}
