import type { CallOptions } from '../../clients/call-options.js';

/** What the lab says of itself. */
export interface LabStatusReport {
  /** `open`, `throttled`, or anything else, with which no suite is started; null: it could not be had. */
  readonly state: string | null;
  /** What people read; it may name builds that are closed, e.g. `Lab is up [lumpy-.*]`. */
  readonly message: string;
  /** Why the status could not be had, in which case the lab counts as open; null where it could. */
  readonly problem: string | null;
}

/** Where a lab says whether suites may be started. */
export interface LabStatusSource {
  /** Never rejects because the status cannot be had: a lab whose page is down goes on working. */
  read(options?: CallOptions): Promise<LabStatusReport>;
}
