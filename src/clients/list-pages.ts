import type { CallOptions } from './call-options.js';
import type { JsonRpcService } from './json-rpc-service.js';
import { wireReader, type WireReader } from './wire-reader.js';

/** How a long list is fetched. */
export interface ListOptions extends CallOptions {
  /**
   * How many records one answer may have.
   *
   * @defaultValue 100
   */
  readonly pageSize?: number | undefined;
}

/** A list of a service that is fetched a page at a time. */
export interface PagedList<T> {
  readonly service: JsonRpcService;
  readonly method: string;
  readonly lookups: Readonly<Record<string, unknown>>;
  /** The field that numbers the records. */
  readonly key: string;
  readonly read: (wire: WireReader) => T;
  readonly idOf: (record: T) => number;
}

/**
 * The records of a list by their numbers. Each page begins behind the last record of the page before, so that records
 * which come and go meanwhile make none appear twice and none be left out.
 */
export async function* listPages<T>(list: PagedList<T>, options: ListOptions): AsyncGenerator<T, void, undefined> {
  const { service, method, lookups, key, read, idOf } = list;
  const { pageSize = 100, ...callOptions } = options;
  if (!Number.isInteger(pageSize) || pageSize < 1) {
    throw new RangeError(`pageSize: expected a whole number above 0, found ${String(pageSize)}`);
  }
  let behind: Readonly<Record<string, number>> = {};
  for (;;) {
    const page = { ...lookups, ...behind, sort_by: [key], query_limit: pageSize };
    const records = wireReader(await service.call(method, page, callOptions), method).list(read);
    yield* records;
    const last = records.at(-1);
    if (last === undefined || records.length < pageSize) return;
    behind = { [`${key}__gt`]: idOf(last) };
  }
}
