/** How long to wait before something that has failed so often in a row is tried again, in ms: a minute, doubling, to an hour. */
export function backOffMs(failures: number): number {
  return Math.min(maxMs, firstMs * 2 ** Math.max(0, Math.min(failures, 20) - 1));
}

const firstMs = 60_000;
const maxMs = 3600_000;
