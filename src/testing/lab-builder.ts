import { EmbeddedLab } from './embedded-lab.js';
import { LabDescriptionError } from './errors.js';
import type { BoardOptions, BuildOptions, EmbeddedLabOptions, HostOptions } from './lab-description.js';
import type { TestScript } from './lab/outcome.js';

/** Begins the description of a lab; `start()` ends it. */
export function embeddedLab(options: EmbeddedLabOptions = {}): LabBuilder {
  return new LabBuilder(options);
}

/** A lab that is being described. Each method adds something and returns the builder. */
export class LabBuilder {
  readonly #options: EmbeddedLabOptions;
  readonly #labels: { readonly name: string; readonly platform: boolean }[] = [];
  readonly #hosts = new Map<string, HostOptions>();
  readonly #builds = new Map<string, BuildOptions>();
  readonly #scripts = new Map<string, TestScript>();
  readonly #boards = new Map<string, number>();
  #otherTests: TestScript | undefined;

  constructor(options: EmbeddedLabOptions) {
    this.#options = options;
  }

  /** Hosts of a board, named `chromeos1-rack<board>-host<number>` in the order of the calls. */
  board(name: string, options: BoardOptions = {}): this {
    const { hosts = 1, pool, labels } = options;
    this.label(`board:${name}`);
    const rack = [...this.#boards.keys()].indexOf(name) + 1 || this.#boards.size + 1;
    const before = this.#boards.get(name) ?? 0;
    this.#boards.set(name, before + hosts);
    for (let number = before + 1; number <= before + hosts; number++) {
      this.host(`chromeos1-rack${rack}-host${number}`, { board: name, pool, labels });
    }
    return this;
  }

  /** One host, named by the caller. */
  host(hostname: string, options: HostOptions = {}): this {
    if (this.#hosts.has(hostname)) throw new LabDescriptionError(`the host ${hostname} is described twice`);
    this.#hosts.set(hostname, options);
    return this;
  }

  /** A label that no host need have. Labels get their ids in the order in which they are first named. */
  label(name: string, options: { readonly platform?: boolean | undefined } = {}): this {
    this.#labels.push({ name, platform: options.platform ?? false });
    return this;
  }

  /** A build in the image storage; a text is the folder of its control files. */
  build(name: string, options: BuildOptions | string = {}): this {
    if (this.#builds.has(name)) throw new LabDescriptionError(`the build ${name} is described twice`);
    this.#builds.set(name, typeof options === 'string' ? { controlFiles: options } : options);
    return this;
  }

  /** How a test ends, by the NAME of its control file. A test without a script is good, unless `tests` says otherwise. */
  test(name: string, script: TestScript): this {
    this.#scripts.set(name, script);
    return this;
  }

  /**
   * How all tests end that have no script of their own, e.g. `.tests(flaky({ failRate: 0.05 }))`. Jobs without a host,
   * such as suite jobs, are not meant.
   */
  tests(script: TestScript): this {
    this.#otherTests = script;
    return this;
  }

  /** Reads the builds' folders and starts the lab. Nothing listens before `listen()` is called. */
  start(): Promise<EmbeddedLab> {
    return EmbeddedLab.start({
      options: this.#options,
      labels: this.#labels,
      hosts: this.#hosts,
      builds: this.#builds,
      scripts: this.#scripts,
      otherTests: this.#otherTests,
    });
  }
}
