import { atLeast } from '../../../clients/client-options.js';
import { ClientOptionError } from '../../../clients/errors.js';
import { systemClock, type Clock } from '../../../runtime/clock.js';
import { silentLogger, type Logger } from '../../../runtime/logger.js';
import { BuildSourceOptionError } from '../errors.js';

/** How clones of git repositories are kept. */
export interface GitCloneOptions {
  /**
   * Where the clones are kept, each in a folder of its own. It is made where it is not there. No other process may use it
   * at the same time.
   */
  readonly folder: string;
  /**
   * How long the first clone is tried for, in ms.
   *
   * @defaultValue 3,600,000 (an hour)
   */
  readonly cloneForMs?: number | undefined;
  /**
   * How long one run of git may take, in ms of real time. An HTTP server that sends nothing for a minute is given up
   * anyway.
   *
   * @defaultValue 1,800,000 (half an hour)
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Settings of git, e.g. `{ 'http.proxy': 'http://proxy.lab:3128' }` or a `credential.helper`. The configuration of the
   * user and of the machine is not read, since it can name programs to be run.
   *
   * @defaultValue none
   */
  readonly gitConfig?: Readonly<Record<string, string>> | undefined;
  /** The program. @defaultValue `git`, wherever the PATH has it */
  readonly git?: string | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
}

/** {@link GitCloneOptions} with every gap filled. */
export interface ResolvedGitOptions {
  readonly folder: string;
  readonly cloneForMs: number;
  readonly timeoutMs: number;
  readonly gitConfig: Readonly<Record<string, string>>;
  readonly git: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Fills in the defaults. Throws `BuildSourceOptionError` for a value that cannot work. */
export function resolveGitOptions(options: GitCloneOptions): ResolvedGitOptions {
  const { folder, gitConfig = {}, git = 'git', clock = systemClock, logger = silentLogger } = options;
  if (typeof folder !== 'string' || folder === '' || folder.includes('\0')) {
    throw new BuildSourceOptionError('folder', 'must be the path of a folder');
  }
  for (const [key, value] of Object.entries(gitConfig)) {
    if (
      !/^[A-Za-z][\w-]*\.(?:[^\n\0]+\.)?[A-Za-z][\w-]*$/.test(key) ||
      typeof value !== 'string' ||
      value.includes('\0')
    ) {
      throw new BuildSourceOptionError('gitConfig', 'must map names of settings, e.g. http.proxy, to texts');
    }
  }
  return {
    folder,
    cloneForMs: numberOf('cloneForMs', options.cloneForMs, 3_600_000, 0),
    timeoutMs: numberOf('timeoutMs', options.timeoutMs, 1_800_000, 1),
    gitConfig,
    git,
    clock,
    logger,
  };
}

function numberOf(option: string, value: number | undefined, fallback: number, min: number): number {
  try {
    return atLeast(option, value, fallback, min);
  } catch (error) {
    if (!(error instanceof ClientOptionError)) throw error;
    throw new BuildSourceOptionError(option, error.message.slice(option.length + 2));
  }
}
