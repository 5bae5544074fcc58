/** What happens in the lab, with the lab's own time: it may lie before the time of the call that made it known. */
export type LabEvent =
  | (EventBase & { readonly type: 'job-queued'; readonly jobId: number; readonly name: string })
  | (EventBase & {
      readonly type: 'host-provisioning';
      readonly jobId: number;
      readonly host: string;
      readonly labels: readonly string[];
    })
  | (EventBase & {
      readonly type: 'host-provisioned';
      readonly jobId: number;
      readonly host: string;
      readonly labels: readonly string[];
    })
  | (EventBase & { readonly type: 'job-running'; readonly jobId: number; readonly host: string | null })
  | (EventBase & {
      readonly type: 'job-finished';
      readonly jobId: number;
      readonly host: string | null;
      readonly status: 'Completed' | 'Failed';
    })
  | (EventBase & { readonly type: 'job-aborted'; readonly jobId: number; readonly host: string | null })
  | (EventBase & { readonly type: 'host-died' | 'host-revived'; readonly host: string })
  | (EventBase & { readonly type: 'build-staged'; readonly build: string; readonly artifact: string });

interface EventBase {
  readonly atMs: number;
}

export type LabEventListener = (event: LabEvent) => void;

/** An event without its time, which the lab adds. */
export type LabHappening = LabEvent extends infer Event
  ? Event extends LabEvent
    ? Omit<Event, 'atMs'>
    : never
  : never;
