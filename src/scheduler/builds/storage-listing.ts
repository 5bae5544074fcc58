import { BadResponseError } from '../../transport/errors.js';
import { nestingExceeds } from '../../transport/json-depth.js';
import { isRecord } from './cursor.js';
import { readXml } from './read-xml.js';

/** One page of what is in a folder of a bucket. */
export interface StoragePage {
  /** The objects in it, by their whole names. */
  readonly objects: readonly StoredObject[];
  /** The folders in it, by their whole names, which end with a slash. */
  readonly folders: readonly string[];
  /** Where the next page begins; undefined of the last one. */
  readonly next: string | undefined;
}

export interface StoredObject {
  readonly name: string;
  /** When it was last written, in ms since the epoch; null where the listing does not say. */
  readonly updatedMs: number | null;
}

/** Reads a page of the JSON API. Throws `BadResponseError` for what is none. */
export function readJsonPage(text: string): StoragePage {
  if (nestingExceeds(new TextEncoder().encode(text), maxDepth)) throw bad('JSON that is nested too deeply', text);
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw bad('expected JSON', text);
  }
  if (!isRecord(answer)) throw bad('expected a page of a listing', text);
  const { items = [], prefixes = [], nextPageToken } = answer;
  if (!Array.isArray(items) || !Array.isArray(prefixes)) throw bad('expected lists of items and prefixes', text);
  return {
    objects: items.flatMap((item: unknown) => (isRecord(item) ? objectsOf(item.name, item.updated) : [])),
    folders: prefixes.filter((prefix) => typeof prefix === 'string'),
    next: typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : undefined,
  };
}

/** Reads a page of the XML API. Rejects with `BadResponseError` for what is none. */
export async function readXmlPage(text: string): Promise<StoragePage> {
  let document: unknown;
  try {
    document = await readXml(text, ['Contents', 'CommonPrefixes']);
  } catch (cause) {
    throw bad(`expected XML: ${cause instanceof Error ? cause.message : String(cause)}`, text);
  }
  const result = isRecord(document) ? document.ListBucketResult : undefined;
  if (result === '') return { objects: [], folders: [], next: undefined };
  if (!isRecord(result)) throw bad('expected <ListBucketResult>', text);
  const objects = recordsOf(result.Contents).flatMap(({ Key, LastModified }) => objectsOf(Key, LastModified));
  const folders = recordsOf(result.CommonPrefixes).flatMap(({ Prefix }) =>
    typeof Prefix === 'string' ? [Prefix] : [],
  );
  const isTruncated = result.IsTruncated === 'true';
  const named = typeof result.NextMarker === 'string' && result.NextMarker !== '' ? result.NextMarker : undefined;
  // Without a marker of its own the last name is the marker.
  const last = [...objects.map(({ name }) => name), ...folders].sort().at(-1);
  return { objects, folders, next: isTruncated ? (named ?? last) : undefined };
}

const maxDepth = 10;

function objectsOf(name: unknown, updated: unknown): readonly StoredObject[] {
  if (typeof name !== 'string') return [];
  const updatedMs = typeof updated === 'string' ? Date.parse(updated.slice(0, 100)) : Number.NaN;
  return [{ name, updatedMs: Number.isNaN(updatedMs) ? null : updatedMs }];
}

function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function bad(problem: string, received: string): BadResponseError {
  return new BadResponseError({ call: 'list', problem, received: received.slice(0, 2_000) });
}
