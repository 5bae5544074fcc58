/** One measured number. */
export interface Figure {
  /** What was measured, within the group it is listed in. */
  readonly name: string;
  /** Null when it could not be measured; the note says why. */
  readonly value: number | null;
  readonly unit: string;
  /** Left out for a number that is there to be known, not to be met. */
  readonly target?: Target;
  readonly note?: string;
}

export interface Target {
  readonly kind: 'at least' | 'at most';
  readonly bound: number;
}

/** Figures that belong together, under a heading. */
export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}

export function atLeast(bound: number): Target {
  return { kind: 'at least', bound };
}

export function atMost(bound: number): Target {
  return { kind: 'at most', bound };
}

/** Whether a figure meets its target; undefined where there is none, or no value. */
export function isMet({ value, target }: Figure): boolean | undefined {
  if (value === null || target === undefined) return undefined;
  return target.kind === 'at least' ? value >= target.bound : value <= target.bound;
}

/** The middle one of some measurements: a run that was disturbed does not move it. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new RangeError('no values');
  return middle;
}
