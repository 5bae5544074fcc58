import type { CallOptions } from '../../clients/call-options.js';
import { holdingClock, type Clock } from '../../runtime/clock.js';
import { BadResponseError } from '../../transport/errors.js';
import type { HttpReader } from './http-reader.js';
import { readJsonPage, readXmlPage, type StoragePage, type StoredObject } from './storage-listing.js';

/** A bucket of Google Storage, or of what speaks like it. */
export class StorageBucket {
  readonly #read: HttpReader;
  readonly #bucket: string;
  readonly #api: 'json' | 'xml';
  readonly #clock: Clock;

  constructor(read: HttpReader, bucket: string, api: 'json' | 'xml', clock: Clock) {
    this.#read = read;
    this.#bucket = bucket;
    this.#api = api;
    this.#clock = clock;
  }

  /** What is in a folder, all pages of it. */
  async list(prefix: string, options: CallOptions): Promise<Omit<StoragePage, 'next'>> {
    const objects: StoredObject[] = [];
    const folders: string[] = [];
    let at: string | undefined;
    for (let pages = 0; pages < maxPages; pages += 1) {
      const page = await this.#page(prefix, at, options);
      objects.push(...page.objects.filter(({ name }) => name.startsWith(prefix)));
      folders.push(...page.folders.filter((name) => name.startsWith(prefix)));
      if (page.next === undefined) return { objects, folders };
      if (page.next === at) break;
      at = page.next;
    }
    throw new BadResponseError({ call: 'list', problem: 'the listing has no end', received: at ?? '' });
  }

  /** The text of a small object; undefined when it is not there. */
  async text(name: string, options: CallOptions): Promise<string | undefined> {
    const path =
      this.#api === 'json'
        ? `/storage/v1/b/${encodeURIComponent(this.#bucket)}/o/${encodeURIComponent(name)}`
        : `/${[this.#bucket, ...name.split('/')].map(encodeURIComponent).join('/')}`;
    const query = this.#api === 'json' ? { alt: 'media' } : {};
    return await this.#read({ method: 'read', path, query, maxBytes: 64 * 1024 }, options);
  }

  async #page(prefix: string, at: string | undefined, options: CallOptions): Promise<StoragePage> {
    const bucket = encodeURIComponent(this.#bucket);
    const list = { method: 'list', maxBytes: maxPageBytes };
    if (this.#api === 'json') {
      const query = {
        prefix,
        delimiter: '/',
        fields: 'nextPageToken,prefixes,items(name,updated)',
        ...(at === undefined ? {} : { pageToken: at }),
      };
      return readJsonPage(
        this.#found(await this.#read({ ...list, path: `/storage/v1/b/${bucket}/o`, query }, options)),
      );
    }
    const query = { prefix, delimiter: '/', ...(at === undefined ? {} : { marker: at }) };
    const text = this.#found(await this.#read({ ...list, path: `/${bucket}`, query }, options));
    // To read XML a module is loaded, which takes real time.
    return await holdingClock(this.#clock, () => readXmlPage(text));
  }

  #found(text: string | undefined): string {
    if (text !== undefined) return text;
    throw new BadResponseError({ call: 'list', problem: 'there is no such bucket', received: this.#bucket });
  }
}

const maxPages = 1_000;
const maxPageBytes = 16 * 1024 * 1024;
