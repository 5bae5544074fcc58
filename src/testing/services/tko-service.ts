import { jobKeyvals } from '../lab/job-keyvals.js';
import type { LabState } from '../lab/lab-state.js';
import type { LocalTime } from '../lab/local-time.js';
import { AfeAnswers } from './afe-answers.js';
import type { Filter } from './filters.js';
import { count, select } from './filters.js';
import type { RpcMethod, RpcMethods } from './rpc-method.js';
import { groupMethods } from './tko-groups.js';
import { attributesOf, rowModel, rowsIndexed, view } from './tko-rows.js';
import { staticData } from './tko-static-data.js';
import { summaryMethods } from './tko-summaries.js';

/** The part of the results database that suites and reports read. */
export function tkoMethods({ state, time }: { readonly state: LabState; readonly time: LocalTime }): RpcMethods {
  const model = rowModel(time);
  const answers = new AfeAnswers(time);
  const rowsWhere = (filter: Filter) => select(model, rowsIndexed(state, filter), filter);
  return new Map<string, RpcMethod>(
    Object.entries({
      get_num_test_views: {
        takesOthers: true,
        run: ({ others }) => count(model, rowsIndexed(state, others), others),
      },
      get_test_views: { takesOthers: true, run: ({ others }) => rowsWhere(others).map((row) => view(row, time)) },
      get_detailed_test_views: {
        takesOthers: true,
        run: ({ others }) =>
          rowsWhere(others).map((row) => ({
            ...view(row, time),
            labels: [],
            iterations: [],
            attributes: attributesOf(row),
            job_keyvals: jobKeyvals(row),
          })),
      },
      get_job_ids: {
        takesOthers: true,
        run: ({ others }) => [...new Set(rowsWhere(others).map((row) => row.job.id))].sort((a, b) => a - b),
      },
      ...groupMethods(state, time),
      ...summaryMethods(state),
      get_motd: { run: () => '' },
      get_static_data: { run: (_, user) => staticData(answers.user(state.ensureUser(user))) },
    } satisfies Readonly<Record<string, RpcMethod>>),
  );
}
