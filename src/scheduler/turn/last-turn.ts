import type { Ledger } from '../ledger/types.js';

/** Under which name the ledger keeps when the last turn ended. */
export const lastTurnName = 'last turn';

/** When the last turn on a ledger ended, in ms since the epoch; null: there was none. */
export async function readLastTurn(ledger: Pick<Ledger, 'watermark'>): Promise<number | null> {
  const text = await ledger.watermark(lastTurnName);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
