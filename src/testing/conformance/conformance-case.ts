/** One promise of a port, as a test of any test runner: `for (const { name, run } of cases) test(name, run)`. */
export interface ConformanceCase {
  /** The promise, as a sentence. */
  readonly name: string;
  /** Rejects with what is not as promised. */
  run(): Promise<void>;
}
