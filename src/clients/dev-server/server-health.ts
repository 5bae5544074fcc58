import type { CallOptions } from '../call-options.js';

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

/** All that `check_health` says; null for what it does not say. */
export interface FullServerHealth extends ServerHealth {
  readonly diskReadBytesPerSecond: number | null;
  readonly diskWriteBytesPerSecond: number | null;
  readonly networkSentBytesPerSecond: number | null;
  readonly networkReceivedBytesPerSecond: number | null;
  /** How many stagings are under way. */
  readonly stagingThreads: number | null;
  /** How many connections its front server has. */
  readonly apacheClients: number | null;
  readonly telemetryTests: number | null;
}

/** A server that says how it is doing. */
export interface HealthReporter {
  /** The server's base URL, without a trailing slash and without credentials. */
  readonly url: string;
  /** How the server is doing. */
  checkHealth(options?: CallOptions): Promise<ServerHealth>;
}

/** What a server says of itself, or why it says nothing. */
export interface HealthReport<Server> {
  readonly server: Server;
  readonly health: ServerHealth | { readonly problem: string };
}

/** Asks a server how it is doing; a failure is part of the report, an abort too. */
export async function healthReport<Server extends HealthReporter>(
  server: Server,
  options: CallOptions,
): Promise<HealthReport<Server>> {
  try {
    return { server, health: await server.checkHealth(options) };
  } catch (error) {
    return { server, health: { problem: error instanceof Error ? error.message : 'does not answer' } };
  }
}

/** @param answer - the parsed answer of `check_health`; a missing or odd value is a null, not an error */
export function readServerHealth(answer: unknown): FullServerHealth {
  const number = (name: string): number | null => {
    if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, name)) return null;
    const value: unknown = Reflect.get(answer, name);
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
  };
  return {
    freeDiskGb: number('free_disk'),
    cpuPercent: number('cpu_percent'),
    diskBytesPerSecond: number('disk_total_bytes_per_second'),
    diskReadBytesPerSecond: number('disk_read_bytes_per_second'),
    diskWriteBytesPerSecond: number('disk_write_bytes_per_second'),
    networkBytesPerSecond: number('network_total_bytes_per_second'),
    networkSentBytesPerSecond: number('network_sent_bytes_per_second'),
    networkReceivedBytesPerSecond: number('network_recv_bytes_per_second'),
    stagingThreads: number('staging_thread_count'),
    apacheClients: number('apache_client_count'),
    telemetryTests: number('telemetry_test_count'),
  };
}
