/** What happens in the lab, with the lab's own time: it may lie before the time of the call that made it known. */
export type LabEvent = { readonly atMs: number } & LabHappening;

/** The events by their `type`. */
export type LabHappening =
  | { readonly type: 'job-queued'; readonly jobId: number; readonly name: string }
  | {
      readonly type: 'host-provisioning' | 'host-provisioned';
      readonly jobId: number;
      readonly host: string;
      readonly labels: readonly string[];
    }
  | { readonly type: 'job-running'; readonly jobId: number; readonly host: string | null }
  | {
      readonly type: 'job-finished';
      readonly jobId: number;
      readonly host: string | null;
      readonly status: 'Completed' | 'Failed';
    }
  | { readonly type: 'job-aborted'; readonly jobId: number; readonly host: string | null }
  | { readonly type: 'host-died' | 'host-revived'; readonly host: string }
  | { readonly type: 'host-repaired' | 'host-repair-failed'; readonly host: string }
  | { readonly type: 'build-appeared'; readonly build: string }
  | { readonly type: 'build-staged'; readonly build: string; readonly artifact: string };

export type LabEventListener = (event: LabEvent) => void;
