import type { LabState } from '../lab/lab-state.js';
import type { LocalTime } from '../lab/local-time.js';
import type { LabAclGroup, LabHostRecord, LabLabel, LabUser } from '../lab/model.js';
import type { Simulation } from '../lab/simulation.js';
import type { AfeAnswers } from './afe-answers.js';
import type { AfeModels } from './afe-models.js';
import type { NamedTable } from './afe-records.js';

/** What the AFE's methods work on. */
export interface AfeParts {
  readonly state: LabState;
  readonly simulation: Simulation;
  readonly models: AfeModels;
  readonly answers: AfeAnswers;
  readonly time: LocalTime;
}

export function hostTable({ hosts }: LabState): NamedTable<LabHostRecord> {
  return { noun: 'Host', nameField: 'hostname', rows: hosts };
}

export function labelTable({ labels }: LabState): NamedTable<LabLabel> {
  return { noun: 'Label', nameField: 'name', rows: labels };
}

export function userTable({ users }: LabState): NamedTable<LabUser> {
  return { noun: 'User', nameField: 'login', rows: users };
}

export function groupTable({ aclGroups }: LabState): NamedTable<LabAclGroup> {
  return { noun: 'AclGroup', nameField: 'name', rows: aclGroups };
}
