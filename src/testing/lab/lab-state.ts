import { JobTable, type SavedJobs } from './job-table.js';
import type { LabAclGroup, LabHostRecord, LabLabel, LabShard, LabUser } from './model.js';
import { isFree } from './model.js';
import { NamedRecords, type SavedRecords } from './named-records.js';
import type { ScriptedCrash } from './outcome.js';
import { TaskHistory, type SavedTasks } from './task-history.js';

/** The lab's database: tables with the few indexes that its services and its scheduler look things up by. */
export class LabState {
  readonly users = new NamedRecords<LabUser>((row) => row.login);
  readonly labels = new NamedRecords<LabLabel>((row) => row.name);
  readonly hosts = new NamedRecords<LabHostRecord>((row) => row.hostname);
  readonly aclGroups = new NamedRecords<LabAclGroup>((row) => row.name);
  readonly shards = new NamedRecords<LabShard>((row) => row.hostname);
  /** Board → version. */
  readonly stableVersions = new Map<string, string>();
  /** With their entries and rows. */
  readonly jobs = new JobTable({
    host: (id) => this.hosts.withDeleted()[id - 1],
    label: (id) => this.labels.withDeleted()[id - 1],
  });
  readonly tasks = new TaskHistory();
  /** By job tag, of the jobs that left crash dumps. */
  readonly crashes = new Map<string, readonly ScriptedCrash[]>();
  #attributeCount = 0;

  /** Every user is in it, and every host that is in no other one. */
  get everyone(): LabAclGroup {
    return this.ensureAclGroup('Everyone');
  }

  ensureUser(login: string, accessLevel = 0): LabUser {
    const known = this.users.get(login);
    if (known !== undefined) return known;
    const user = this.users.add((id) => ({ id, login, accessLevel }));
    this.everyone.users.set(login, user);
    return user;
  }

  deleteUser(user: LabUser): void {
    this.users.delete(user);
    for (const group of this.aclGroups.values()) group.users.delete(user.login);
  }

  ensureAclGroup(name: string): LabAclGroup {
    return (
      this.aclGroups.get(name) ??
      this.aclGroups.add((id) => ({ id, name, description: '', users: new Map(), hosts: new Set() }))
    );
  }

  addToGroup(group: LabAclGroup, host: LabHostRecord): void {
    group.hosts.add(host);
    host.acls.add(group);
  }

  removeFromGroup(group: LabAclGroup, host: LabHostRecord): void {
    group.hosts.delete(host);
    host.acls.delete(group);
  }

  label(name: string): LabLabel | undefined {
    return this.labels.get(name);
  }

  /** A label that was deleted comes back under its id. */
  ensureLabel(name: string, platform = false): LabLabel {
    const known = this.label(name);
    if (known !== undefined) return known;
    const restored = this.labels.restore(name);
    const fresh = { name, platform, kernelConfig: '', onlyIfNeeded: false };
    if (restored !== undefined) return Object.assign(restored, fresh);
    return this.labels.add((id) => ({ id, ...fresh, hosts: new Set(), freeHosts: new Set() }));
  }

  deleteLabel(label: LabLabel): void {
    for (const host of [...label.hosts]) this.removeLabel(host, label);
    this.labels.delete(label);
  }

  /** A host that was deleted comes back under its id. */
  addHost(hostname: string, acls: readonly string[] = [this.everyone.name]): LabHostRecord {
    const host =
      this.hosts.restore(hostname) ??
      this.hosts.add((id) => ({
        id,
        hostname,
        acls: new Set(),
        labels: new Set(),
        attributes: new Map(),
        status: 'Ready',
        lock: undefined,
        protection: 0,
        leased: true,
        dirty: true,
        synchId: null,
        deleted: false,
        dead: false,
        entry: undefined,
        task: undefined,
        waitingTasks: [],
        attempts: new Map(),
      }));
    host.deleted = false;
    for (const acl of acls) this.addToGroup(this.ensureAclGroup(acl), host);
    this.updateFree(host);
    return host;
  }

  /** Takes a host out of everything but the history of its jobs. */
  deleteHost(host: LabHostRecord): void {
    for (const label of [...host.labels]) this.removeLabel(host, label);
    for (const group of [...host.acls]) this.removeFromGroup(group, host);
    host.attributes.clear();
    host.deleted = true;
    this.hosts.delete(host);
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

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedState {
    const { users, labels, hosts, aclGroups, shards, jobs, tasks, stableVersions, crashes } = this;
    return {
      tables: {
        users: users.save(),
        labels: labels.save(),
        hosts: hosts.save(),
        aclGroups: aclGroups.save(),
        shards: shards.save(),
      },
      jobs: jobs.save(),
      tasks: tasks.save(),
      stableVersions,
      crashes,
      attributeCount: this.#attributeCount,
    };
  }

  /** Only for a lab in which nothing has happened yet. */
  load({ tables, jobs, tasks, stableVersions, crashes, attributeCount }: SavedState): void {
    this.users.load(tables.users);
    this.labels.load(tables.labels);
    this.hosts.load(tables.hosts);
    this.aclGroups.load(tables.aclGroups);
    this.shards.load(tables.shards);
    this.jobs.load(jobs);
    this.tasks.load(tasks);
    for (const [board, version] of stableVersions) this.stableVersions.set(board, version);
    for (const [jobTag, left] of crashes) this.crashes.set(jobTag, left);
    this.#attributeCount = attributeCount;
  }
}

/** What a snapshot keeps of it. */
export interface SavedState {
  readonly tables: {
    readonly users: SavedRecords<LabUser>;
    readonly labels: SavedRecords<LabLabel>;
    readonly hosts: SavedRecords<LabHostRecord>;
    readonly aclGroups: SavedRecords<LabAclGroup>;
    readonly shards: SavedRecords<LabShard>;
  };
  readonly jobs: SavedJobs;
  readonly tasks: SavedTasks;
  readonly stableVersions: ReadonlyMap<string, string>;
  readonly crashes: ReadonlyMap<string, readonly ScriptedCrash[]>;
  readonly attributeCount: number;
}
