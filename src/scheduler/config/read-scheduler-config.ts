import { holdingClock, systemClock, type Clock } from '../../runtime/clock.js';
import { readWholeFile, stampOf, type FileStamp } from './read-whole-file.js';
import { parseSchedulerConfig } from './parse-scheduler-config.js';
import { SchedulerConfigError } from './scheduler-config-error.js';
import type { SchedulerConfig } from './types.js';

/** How a configuration file is read. */
export interface ReadSchedulerConfigOptions {
  /**
   * The keywords of further events that tasks may name in `run_on`, and that may have a section of settings.
   *
   * @defaultValue none but `nightly`, `weekly`, `new_build` and `new_chrome`
   */
  readonly events?: readonly string[] | undefined;
  /**
   * Stands still while the file is read.
   *
   * @defaultValue the computer's clock
   */
  readonly clock?: Clock | undefined;
  /** Stops the reading, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a configuration file. The `reread` of what it resolves to asks the file system whether the file has changed, and
 * reads it only then; it resolves to the same object as long as it holds the same text, and rejects like this function.
 *
 * Rejects with `SchedulerConfigError` for a file that is not there, cannot be read as a whole (see
 * `parseSchedulerConfig`), has no section, or is being written.
 */
export async function readSchedulerConfig(
  path: string,
  options: ReadSchedulerConfigOptions = {},
): Promise<SchedulerConfig> {
  const { events, clock = systemClock, signal } = options;
  return new ConfigFile(path, events, clock).read(signal);
}

class ConfigFile {
  readonly #path: string;
  readonly #events: readonly string[] | undefined;
  readonly #clock: Clock;
  #latest: { readonly text: string; readonly config: SchedulerConfig } | undefined;
  /** The state of the file of which it is certain that it holds the latest text. */
  #certain: FileStamp | undefined;
  /** The state in which the latest text was read. */
  #seen: FileStamp | undefined;

  constructor(path: string, events: readonly string[] | undefined, clock: Clock) {
    this.#path = path;
    this.#events = events;
    this.#clock = clock;
  }

  read(signal: AbortSignal | undefined): Promise<SchedulerConfig> {
    return holdingClock(this.#clock, async () => {
      signal?.throwIfAborted();
      const config = await this.#look();
      signal?.throwIfAborted();
      return config;
    });
  }

  async #look(): Promise<SchedulerConfig> {
    if (this.#latest !== undefined && (await stampOf(this.#path)) === this.#certain) return this.#latest.config;
    const { text, stamp } = await readWholeFile(this.#path);
    // A file can change twice within one tick of the file system's clock, after we had read it the first time. So its
    // state vouches for its text only when a later look has found both unchanged.
    this.#certain = stamp === this.#seen && text === this.#latest?.text ? stamp : undefined;
    if (this.#latest?.text !== text) this.#latest = { text, config: this.#parse(text) };
    this.#seen = stamp;
    return this.#latest.config;
  }

  #parse(text: string): SchedulerConfig {
    const config = parseSchedulerConfig(text, { events: this.#events, file: this.#path });
    // Editors empty a file before they write it. Taken at its word, it would end all tasks.
    if (config.tasks.length + config.problems.length + Object.keys(config.events).length === 0) {
      throw new SchedulerConfigError('has no section', { file: this.#path });
    }
    return { ...config, reread: ({ signal } = {}) => this.read(signal) };
  }
}
