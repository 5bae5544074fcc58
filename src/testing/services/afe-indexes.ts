import type { JobTable } from '../lab/job-table.js';
import type { LabState } from '../lab/lab-state.js';
import type { LocalTime } from '../lab/local-time.js';
import type { LabEntry, LabHostRecord, LabJob, LabLabel } from '../lab/model.js';
import type { Filter } from './filters.js';
import { toInt } from './json-values.js';
import { toTime } from './lookups.js';

interface IndexParts {
  readonly state: LabState;
  readonly time: LocalTime;
}

/**
 * What a filter can reach, where one of its conditions names rows by something that the lab can look up; everything
 * else is for the filter itself. Rows come in the order of their ids, as they do from a whole table.
 */
export function jobsIndexed({ state, time }: IndexParts, filter: Filter): Iterable<LabJob> {
  const ids = idsOf(filter, idKeywords);
  if (ids !== undefined) return ids.flatMap((id) => state.jobs.get(id) ?? []);
  const parents = idsOf(filter, parentKeywords);
  if (parents !== undefined) {
    const children = parents.flatMap((id) => {
      const parent = state.jobs.get(id);
      return parent === undefined ? [] : state.jobs.childrenOf(parent);
    });
    return parents.length > 1 ? inOrder(children) : children;
  }
  const since = filter['created_on__gte'] ?? filter['created_on__gt'];
  const [name] = namesOf(filter, 'name') ?? [];
  const isNamed = name !== undefined && filter['name__in'] === undefined;
  if (typeof since !== 'string') return isNamed ? state.jobs.named(name, 1) : state.jobs;
  const firstId = firstSince(state.jobs, since, time);
  return isNamed ? state.jobs.named(name, firstId) : state.jobs.from(firstId);
}

/** See {@link jobsIndexed}. */
export function entriesIndexed(parts: IndexParts, filter: Filter): Iterable<LabEntry> {
  const ids = idsOf(filter, idKeywords);
  const { state } = parts;
  if (ids !== undefined) return ids.flatMap((id) => state.jobs.entry(id) ?? []);
  const jobs = jobsIndexed(parts, conditionsOfJob(filter));
  return entriesOf(jobs);
}

/** See {@link jobsIndexed}. Labels that all wanted hosts have may be known from elsewhere. */
export function hostsIndexed(
  state: LabState,
  filter: Filter,
  labels: readonly LabLabel[] = [],
): readonly LabHostRecord[] {
  const ids = idsOf(filter, idKeywords);
  if (ids !== undefined) return ids.flatMap((id) => state.hosts.byId(id) ?? []);
  const names = namesOf(filter, 'hostname');
  if (names !== undefined) return inOrder([...new Set(names.flatMap((name) => state.hosts.get(name) ?? []))]);
  const named = namesOf(filter, 'labels__name')?.flatMap((name) => state.label(name) ?? []);
  const [rarest] = [...labels].sort((a, b) => a.hosts.size - b.hosts.size);
  if (named === undefined && rarest === undefined) return [...state.hosts.values()];
  const fromName = named === undefined ? undefined : new Set(named.flatMap((label) => [...label.hosts]));
  const found = fromName !== undefined && fromName.size <= (rarest?.hosts.size ?? Infinity) ? fromName : rarest?.hosts;
  return inOrder([...(found ?? [])]);
}

/** See {@link jobsIndexed}. */
export function labelsIndexed(state: LabState, filter: Filter): readonly LabLabel[] {
  const ids = idsOf(filter, idKeywords);
  if (ids !== undefined) return ids.flatMap((id) => state.labels.byId(id) ?? []);
  const names = namesOf(filter, 'name');
  if (names === undefined) return [...state.labels.values()];
  return inOrder([...new Set(names.flatMap((name) => state.label(name) ?? []))]);
}

function* entriesOf(jobs: Iterable<LabJob>): Generator<LabEntry> {
  for (const job of jobs) yield* job.entries;
}

const idKeywords = { exact: ['id', 'pk', 'id__exact'], listed: ['id__in', 'pk__in'] };
const parentKeywords = {
  exact: ['parent_job', 'parent_job_id', 'parent_job__id', 'parent_job__pk'],
  listed: ['parent_job__in', 'parent_job_id__in', 'parent_job__id__in', 'parent_job__pk__in'],
};

/** `job__name` of an entry is `name` of its job; `job` and `job_id` are its `id`. */
function conditionsOfJob(filter: Filter): Filter {
  const conditions: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(filter)) {
    if (keyword === 'job' || keyword === 'job_id') conditions['id'] = value;
    else if (keyword === 'job__in' || keyword === 'job_id__in') conditions['id__in'] = value;
    else if (keyword.startsWith('job__')) conditions[keyword.slice('job__'.length)] = value;
  }
  return conditions;
}

/** Ids in ascending order; undefined when the filter does not name any, or none that an index can serve. */
function idsOf(
  filter: Filter,
  { exact, listed }: { readonly exact: readonly string[]; readonly listed: readonly string[] },
): readonly number[] | undefined {
  for (const keyword of exact) {
    const value = filter[keyword];
    if (typeof value === 'number') return [value];
    if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return [Number(value)];
  }
  for (const keyword of listed) {
    const list = filter[keyword];
    if (Array.isArray(list)) return [...new Set(list.filter((id) => id !== null).map(toInt))].sort((a, b) => a - b);
  }
  return undefined;
}

function namesOf(filter: Filter, keyword: string): readonly string[] | undefined {
  for (const exact of [keyword, `${keyword}__exact`, `${keyword}__iexact`]) {
    const value = filter[exact];
    if (typeof value === 'string') return [value];
  }
  const list = filter[`${keyword}__in`];
  return Array.isArray(list) && list.every((name) => typeof name === 'string') ? list : undefined;
}

/**
 * The id before which all jobs are older than a local time. Jobs are in the order of their creation, but local time
 * goes back once a year; so the search is for some hours earlier, and the filter looks at the rest.
 */
function firstSince(jobs: JobTable, since: string, time: LocalTime): number {
  const earlierMs = Date.parse(`${toTime(since).replace(' ', 'T')}Z`) - 3 * 3_600_000;
  const earlier = new Date(earlierMs).toISOString().slice(0, 19).replace('T', ' ');
  let low = 1;
  let high = jobs.count + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time.text(jobs.get(middle)?.createdMs ?? 0) >= earlier) high = middle;
    else low = middle + 1;
  }
  return low;
}

function inOrder<Row extends { readonly id: number }>(rows: Row[]): readonly Row[] {
  return rows.sort((a, b) => a.id - b.id);
}
