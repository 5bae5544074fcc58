import { aclGroupMethods } from './afe-acl-groups.js';
import { AfeAnswers } from './afe-answers.js';
import { hostAttributeMethods } from './afe-host-attributes.js';
import { hostMethods } from './afe-hosts.js';
import { jobViewMethods } from './afe-job-views.js';
import { jobMethods } from './afe-jobs.js';
import { labelMethods } from './afe-labels.js';
import { afeModels } from './afe-models.js';
import type { AfeParts } from './afe-parts.js';
import { shardMethods } from './afe-shards.js';
import { specialTaskMethods } from './afe-special-tasks.js';
import { stableVersionMethods } from './afe-stable-versions.js';
import { staticDataMethods } from './afe-static-data.js';
import { userMethods } from './afe-users.js';
import type { SuiteJobParts } from './create-suite-job.js';
import { suiteJobMethods } from './create-suite-job.js';
import type { RpcMethods } from './rpc-method.js';

/** The part of the AFE that suites, their schedulers and those who look after a lab call. */
export function afeMethods(
  lab: Pick<AfeParts, 'state' | 'simulation' | 'time'>,
  forSuiteJobs: SuiteJobParts,
): RpcMethods {
  const { state, time } = lab;
  const parts: AfeParts = { ...lab, models: afeModels(state, time), answers: new AfeAnswers(time) };
  return new Map(
    Object.entries({
      ...labelMethods(parts),
      ...hostMethods(parts),
      ...hostAttributeMethods(parts),
      ...aclGroupMethods(parts),
      ...userMethods(parts),
      ...jobMethods(parts),
      ...suiteJobMethods(lab, forSuiteJobs),
      ...jobViewMethods(parts),
      ...shardMethods(parts),
      ...specialTaskMethods(parts),
      ...stableVersionMethods(parts),
      ...staticDataMethods(parts),
    }),
  );
}
