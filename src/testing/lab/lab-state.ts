import type { LabEntry, LabHostRecord, LabJob, LabLabel, LabTestRow, LabUser } from './model.js';
import { isFree } from './model.js';
import type { ScriptedCrash } from './outcome.js';
import { TaskHistory } from './task-history.js';

/** The lab's database: tables with the few indexes that its services and its scheduler look things up by. */
export class LabState {
  readonly users = new Map<string, LabUser>();
  /** By name in lower case: the database compares names without case. */
  readonly labels = new Map<string, LabLabel>();
  readonly hosts = new Map<string, LabHostRecord>();
  /** The job of id `n` is at index `n - 1`, likewise entries and rows. */
  readonly jobs: LabJob[] = [];
  readonly entries: LabEntry[] = [];
  readonly rows: LabTestRow[] = [];
  readonly rowsByJob = new Map<number, LabTestRow[]>();
  readonly tasks = new TaskHistory();
  /** By job tag, of the jobs that left crash dumps. */
  readonly crashes = new Map<string, readonly ScriptedCrash[]>();
  #attributeCount = 0;

  ensureUser(login: string, accessLevel = 0): LabUser {
    const known = this.users.get(login);
    if (known !== undefined) return known;
    const user: LabUser = { id: this.users.size + 1, login, accessLevel };
    this.users.set(login, user);
    return user;
  }

  label(name: string): LabLabel | undefined {
    return this.labels.get(name.toLowerCase());
  }

  ensureLabel(name: string, platform = false): LabLabel {
    const known = this.label(name);
    if (known !== undefined) return known;
    const label: LabLabel = { id: this.labels.size + 1, name, platform, hosts: new Set(), freeHosts: new Set() };
    this.labels.set(name.toLowerCase(), label);
    return label;
  }

  addHost(hostname: string, acls: readonly string[] = ['Everyone']): LabHostRecord {
    const host: LabHostRecord = {
      id: this.hosts.size + 1,
      hostname,
      acls,
      labels: new Set(),
      attributes: new Map(),
      status: 'Ready',
      lock: undefined,
      dead: false,
      dirty: true,
      entry: undefined,
      task: undefined,
      waitingTasks: [],
      attempts: new Map(),
    };
    this.hosts.set(hostname, host);
    this.updateFree(host);
    return host;
  }

  addLabel(host: LabHostRecord, label: LabLabel): void {
    host.labels.add(label);
    label.hosts.add(host);
    this.updateFree(host);
  }

  removeLabel(host: LabHostRecord, label: LabLabel): void {
    host.labels.delete(label);
    label.hosts.delete(host);
    label.freeHosts.delete(host);
  }

  /** To be called after whatever decides whether a job could have the host: status, lock, entry, tasks, labels. */
  updateFree(host: LabHostRecord): void {
    const free = isFree(host);
    for (const label of host.labels) {
      if (free) label.freeHosts.add(host);
      else label.freeHosts.delete(host);
    }
  }

  setAttribute(host: LabHostRecord, attribute: string, value: string): void {
    const id = host.attributes.get(attribute)?.id ?? ++this.#attributeCount;
    host.attributes.set(attribute, { id, value });
  }

  addRow(row: LabTestRow): void {
    this.rows.push(row);
    const rows = this.rowsByJob.get(row.job.id);
    if (rows === undefined) this.rowsByJob.set(row.job.id, [row]);
    else rows.push(row);
  }
}
