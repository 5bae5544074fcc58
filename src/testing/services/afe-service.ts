import { AfeAnswers } from './afe-answers.js';
import type { AfeParts } from './afe-hosts.js';
import { hostMethods } from './afe-hosts.js';
import { jobMethods } from './afe-jobs.js';
import { afeModels } from './afe-models.js';
import { specialTaskMethods } from './afe-special-tasks.js';
import { select } from './filters.js';
import type { RpcMethod, RpcMethods } from './rpc-method.js';

/** The part of the AFE that suites and their schedulers call. */
export function afeMethods(lab: Pick<AfeParts, 'state' | 'simulation' | 'time'>): RpcMethods {
  const { state, simulation, time } = lab;
  const parts: AfeParts = { ...lab, models: afeModels(state, time), answers: new AfeAnswers(time) };
  return new Map(
    Object.entries({
      ...hostMethods(parts),
      ...jobMethods(parts),
      ...specialTaskMethods(parts),
      get_users: {
        takesOthers: true,
        run: ({ others }) =>
          select(parts.models.users, state.users.values(), others).map((user) => parts.answers.user(user)),
      },
      get_server_time: { run: () => time.text(simulation.now).slice(0, -':00'.length) },
      formatted_now: { run: () => time.text(simulation.now) },
      get_motd: { run: () => '' },
      echo: { optional: ['data'], run: ({ named }) => named['data'] ?? '' },
    } satisfies Readonly<Record<string, RpcMethod>>),
  );
}
