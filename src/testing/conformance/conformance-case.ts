import type { EmbeddedLab } from '../embedded-lab.js';
import type { LabBuilder } from '../lab-builder.js';

/**
 * One promise of a port, as a test for any test runner: `run` rejects when the client breaks it, mostly with an
 * `AssertionError` of `node:assert`.
 */
export interface ConformanceCase {
  /** Names the method and what it promises, e.g. `getJobs: jobs come ordered by id`. */
  readonly name: string;
  run(): Promise<void>;
}

/**
 * Gives the client under test, connected to the servers of a lab. Each case has a lab of its own.
 *
 * The lab's time passes on `lab.clock` only, and a client that waits on another one waits for ever: give it that clock,
 * and have it `hold` the clock while a request is under way. The lab is in the time zone that clients of this package
 * take for granted. A method `close` of the client, if there is one, is called at the end of the case.
 */
export type ConnectClient<Client> = (lab: EmbeddedLab) => ClosableClient<Client> | PromiseLike<ClosableClient<Client>>;

/** A client, with or without a way to close it. */
export type ClosableClient<Client> = Client & { close?(): unknown };

/** A promise of a port, and how to see whether a client keeps it. */
export interface PortPromise<Client> {
  readonly name: string;
  /** Describes the lab that it takes. */
  readonly lab: () => LabBuilder;
  readonly check: (client: Client, lab: EmbeddedLab) => Promise<void>;
}

/** The promises as cases that begin with a fresh lab and leave nothing open. */
export function conformanceCases<Client>(
  connect: ConnectClient<Client>,
  promises: readonly PortPromise<Client>[],
): readonly ConformanceCase[] {
  return promises.map(({ name, lab: describe, check }) => ({
    name,
    async run() {
      const lab = await describe().start();
      try {
        const client = await connect(lab);
        try {
          await check(client, lab);
        } finally {
          await client.close?.();
        }
      } finally {
        await lab.close();
      }
    },
  }));
}
