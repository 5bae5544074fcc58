import { boardsOf, buildsWithSuites, usualBoards, usualHosts, type DescribedSuite } from './described-builds.js';
import type { DescribedTest } from './described-test.js';
import { EmbeddedLab } from './embedded-lab.js';
import { LabDescriptionError } from './errors.js';
import type { LabFault } from './fault.js';
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
  readonly #suites: DescribedSuite[] = [];
  readonly #faults: LabFault[] = [];
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

  /**
   * Tests of a suite, by name or as data: `.suite('bvt', ['login_LoginSuccess', { name: 'power_Idle', jobRetries: 2 }])`.
   * Their control files are rendered into every build that the builder describes, wherever it does so, and a test that is
   * named in two suites is in both.
   *
   * What is not described besides is there as well: a board without a build of its own has `<board>-release/R19-1998.0.0`,
   * and where no board is named there are four hosts of the boards that the builds are for, or of `x86-mario`.
   *
   * `start()` rejects with `LabDescriptionError` for names that no suite or test can have.
   */
  suite(name: string, tests: readonly (string | DescribedTest)[]): this {
    this.#suites.push([name, tests]);
    return this;
  }

  /** Something that goes wrong with requests from the start, as `lab.faults.add()` has it later. */
  fault(fault: LabFault): this {
    this.#faults.push(fault);
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
  async start(): Promise<EmbeddedLab> {
    const boards = boardsOf({ boards: this.#boards.keys(), hosts: this.#hosts.values() });
    if (boards.size === 0 && this.#suites.length > 0) {
      for (const board of usualBoards(this.#builds.keys())) {
        boards.add(board);
        this.board(board, { hosts: usualHosts });
      }
    }
    return await EmbeddedLab.start({
      options: this.#options,
      labels: this.#labels,
      hosts: this.#hosts,
      builds: buildsWithSuites(this.#builds, boards, this.#suites),
      scripts: this.#scripts,
      otherTests: this.#otherTests,
      faults: this.#faults,
    });
  }
}
