import { JobTable } from './job-table.js';
import type { LabHostRecord, LabLabel, LabUser } from './model.js';
import type { ScriptedCrash } from './outcome.js';

/** The lab's database: tables with the few indexes that its services and its scheduler look things up by. */
export class LabState {
  readonly users = new Map<string, LabUser>();
  /** By name in lower case: the database compares names without case. */
  readonly labels = new Map<string, LabLabel>();
  readonly hosts = new Map<string, LabHostRecord>();
  /** With their entries and rows. */
  readonly jobs = new JobTable({ host: (id) => this.#hostsById[id - 1], label: (id) => this.#labelsById[id - 1] });
  /** By job tag, of the jobs that left crash dumps. */
  readonly crashes = new Map<string, readonly ScriptedCrash[]>();
  /** Also those that were deleted: jobs still tell of them. */
  readonly #hostsById: LabHostRecord[] = [];
  readonly #labelsById: LabLabel[] = [];
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
    const label: LabLabel = { id: this.#labelsById.length + 1, name, platform, hosts: new Set(), freeHosts: new Set() };
    this.#labelsById.push(label);
    this.labels.set(name.toLowerCase(), label);
    return label;
  }

  addHost(hostname: string, acls: readonly string[] = ['Everyone']): LabHostRecord {
    const host: LabHostRecord = {
      id: this.#hostsById.length + 1,
      hostname,
      acls,
      labels: new Set(),
      attributes: new Map(),
      status: 'Ready',
      lock: undefined,
      dead: false,
      entry: undefined,
    };
    this.hosts.set(hostname, host);
    this.#hostsById.push(host);
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

  /** To be called after whatever decides whether a job could have the host: status, lock, entry, labels. */
  updateFree(host: LabHostRecord): void {
    const free = host.status === 'Ready' && host.lock === undefined && host.entry === undefined;
    for (const label of host.labels) {
      if (free) label.freeHosts.add(host);
      else label.freeHosts.delete(host);
    }
  }

  setAttribute(host: LabHostRecord, attribute: string, value: string): void {
    const id = host.attributes.get(attribute)?.id ?? ++this.#attributeCount;
    host.attributes.set(attribute, { id, value });
  }
}
