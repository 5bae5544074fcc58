import type { ControlFileFields } from 'dynamic-suite';

/** A test of the example tree, as the tables list it. What is left out follows from the name. */
export interface TestRow extends Omit<Partial<ControlFileFields>, 'doc' | 'code' | 'testType' | 'testClass'> {
  /** `<area>_<What>`, or `<area>_<What>.<variant>` for a control file with a suffix. */
  readonly name: string;
  readonly time: string;
  /** Line by line. */
  readonly doc: readonly string[];
  /** What the test's code is called with, as Python keyword arguments. */
  readonly run?: string;
}
