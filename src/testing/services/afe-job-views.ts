import type { LabEntry, LabJob } from '../lab/model.js';
import { isComplete } from '../lab/model.js';
import { entriesIndexed } from './afe-indexes.js';
import { jobCandidates, stateOptions } from './afe-jobs.js';
import type { AfeParts } from './afe-parts.js';
import { doesNotExist } from './afe-records.js';
import type { Filter } from './filters.js';
import { isFilter, select } from './filters.js';
import { toInt } from './json-values.js';
import { isTruthy, pythonStr } from './python.js';
import type { RpcMethod } from './rpc-method.js';
import { statusCounts } from './tko-groups.js';
import { isTestRow } from './tko-rows.js';

/** The methods that sum jobs up, or show them for some other purpose. */
export function jobViewMethods(parts: AfeParts): Readonly<Record<string, RpcMethod>> {
  const { state, models, answers, time } = parts;
  const entriesWhere = (filter: Filter) => select(models.entries, entriesIndexed(parts, filter), filter);
  return {
    get_jobs_summary: {
      takesOthers: true,
      run: ({ others }) => {
        const keywords = Object.entries(others);
        const named = Object.fromEntries(keywords.filter(([keyword]) => stateOptions.includes(keyword)));
        const filter = Object.fromEntries(keywords.filter(([keyword]) => !stateOptions.includes(keyword)));
        return select(models.jobs, jobCandidates(parts, named, filter), filter).map((job) =>
          answers.jobSummary(job, statusCounts(time, job.rows, byJobTwice)),
        );
      },
    },
    get_hqe_percentage_complete: {
      takesOthers: true,
      run: ({ others }) => {
        const entries = entriesWhere(others);
        return entries.length === 0 ? 1 : entries.filter(isComplete).length / entries.length;
      },
    },
    get_info_for_clone: {
      required: ['id', 'preserve_metahosts'],
      optional: ['queue_entry_filter_data'],
      run: ({ named }) => {
        const job = state.jobs.get(toInt(named['id']));
        if (job === undefined) throw doesNotExist('Job', 'id', named['id']);
        const filter = named['queue_entry_filter_data'];
        const entries = isFilter(filter) ? select(models.entries, job.entries, filter) : job.entries;
        return infoForClone({ answers }, job, entries, isTruthy(named['preserve_metahosts']));
      },
    },
    get_tests_status_counts_by_job_name_label: {
      required: ['job_name_prefix', 'label_name'],
      run: ({ named }) => {
        const prefix = pythonStr(named['job_name_prefix']);
        const label = state.label(pythonStr(named['label_name']));
        return label === undefined
          ? { passed: 0, failed: 0 }
          : countTests(state.jobs, (job) => job.name.startsWith(prefix) && job.dependencies.includes(label));
      },
    },
  };
}

/** The summary asks for a table of jobs against jobs, of which it shows the one cell. */
const byJobTwice = { groupBy: ['afe_job_id'], headerGroups: [['afe_job_id'], ['afe_job_id']] };

function infoForClone(
  { answers }: Pick<AfeParts, 'answers'>,
  job: LabJob,
  entries: readonly LabEntry[],
  preservesMetaHosts: boolean,
): object {
  const isOnHost = ({ host, metaHost }: LabEntry) =>
    host !== undefined && (preservesMetaHosts || metaHost === undefined);
  const metaHostCounts: Record<string, number> = {};
  for (const { metaHost } of entries.filter((entry) => !isOnHost(entry))) {
    if (metaHost !== undefined) metaHostCounts[metaHost.name] = (metaHostCounts[metaHost.name] ?? 0) + 1;
  }
  const hosts = entries.filter(isOnHost).flatMap(({ host }) => host ?? []);
  return {
    job: { ...answers.bareJob(job), dependencies: job.dependencies.map((label) => label.name) },
    hosts: hosts.filter((host) => !host.deleted).map((host) => answers.hostToClone(host)),
    meta_host_counts: metaHostCounts,
    hostless: entries.some(({ host, metaHost }) => host === undefined && metaHost === undefined),
    atomic_group_name: null,
    drone_set: null,
  };
}

function countTests(jobs: Iterable<LabJob>, counts: (job: LabJob) => boolean): object {
  const counted = { passed: 0, failed: 0 };
  for (const job of jobs) {
    if (!counts(job)) continue;
    for (const row of job.rows.filter(isTestRow)) counted[row.status === 'GOOD' ? 'passed' : 'failed'] += 1;
  }
  return counted;
}
