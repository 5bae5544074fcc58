/** A watermark of the ledger that is to be moved: how far an event has been handled, before and after. */
export interface WatermarkStep {
  readonly name: string;
  readonly from: string | null;
  readonly to: string;
}
