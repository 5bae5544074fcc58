/** How a dev server or crash server is doing, as its `check_health` says; null for what it does not say. */
export interface ServerHealth {
  /** In GB. */
  readonly freeDiskGb: number | null;
  /** 0 to 100. */
  readonly cpuPercent: number | null;
  /** Read and written; 0 until the server has taken its first sample, 10 s after its start. */
  readonly diskBytesPerSecond: number | null;
  /** Sent and received; 0 until the server has taken its first sample. */
  readonly networkBytesPerSecond: number | null;
}

/** @param answer - the parsed answer of `check_health`; a missing or odd value is a null, not an error */
export function readServerHealth(answer: unknown): ServerHealth {
  const number = (name: string): number | null => {
    if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, name)) return null;
    const value: unknown = Reflect.get(answer, name);
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
  };
  return {
    freeDiskGb: number('free_disk'),
    cpuPercent: number('cpu_percent'),
    diskBytesPerSecond: number('disk_total_bytes_per_second'),
    networkBytesPerSecond: number('network_total_bytes_per_second'),
  };
}
