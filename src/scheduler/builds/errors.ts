import { DynamicSuiteError } from '../../errors.js';
import { excerpt } from '../../transport/excerpt.js';

/** A source of builds was given something that cannot work. */
export class BuildSourceOptionError extends DynamicSuiteError {
  /** e.g. `repositories[1].url` */
  readonly option: string;

  constructor(option: string, problem: string) {
    super('ERR_BUILD_SOURCE_OPTION', `${option}: ${problem}`);
    this.option = option;
  }
}

/** Builds were asked for of which nothing could ever be fetched; the `cause` is why, where it was tried. */
export class NoBuildsFetchedError extends DynamicSuiteError {
  /** Where they would come from. */
  readonly source: string;

  constructor(source: string, options: { readonly cause?: unknown }) {
    const why = options.cause instanceof Error ? `: ${options.cause.message}` : '; call refresh() first';
    super('ERR_NO_BUILDS_FETCHED', `nothing has been fetched from ${source} yet${why}`, options);
    this.source = source;
  }
}

/** Git could not do what was asked of it. */
export class GitError extends DynamicSuiteError {
  /** What git was to do, e.g. `fetch`. */
  readonly command: string;
  /** The repository, without user name and password. */
  readonly repository: string;
  /** Undefined where it was killed or could not be started. */
  readonly exitCode: number | undefined;
  /** What git says of it, printable and on one line. */
  readonly detail: string;

  constructor(details: {
    readonly command: string;
    readonly repository: string;
    readonly exitCode?: number | undefined;
    readonly detail: string;
    readonly cause?: unknown;
  }) {
    const detail = excerpt(details.detail, 1_000);
    super(
      'ERR_GIT',
      `git ${details.command} of ${details.repository} failed: ${detail}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.command = details.command;
    this.repository = details.repository;
    this.exitCode = details.exitCode;
    this.detail = detail;
  }
}

/** There is no git on this machine, or it is not where the program looks for it. */
export class GitNotFoundError extends DynamicSuiteError {
  /** What was to be started. */
  readonly program: string;

  constructor(program: string, options: { readonly cause?: unknown }) {
    super('ERR_GIT_NOT_FOUND', `cannot start ${program}: install git, or name it by the option "git"`, options);
    this.program = program;
  }
}

/** A folder that was to hold a clone holds something else, which is left alone. */
export class CloneFolderError extends DynamicSuiteError {
  readonly folder: string;

  constructor(folder: string, problem: string, options: { readonly cause?: unknown } = {}) {
    super('ERR_CLONE_FOLDER', `${folder}: ${problem}`, options);
    this.folder = folder;
  }
}

/** A manifest cannot be read. */
export class ManifestError extends DynamicSuiteError {
  constructor(problem: string, options: { readonly cause?: unknown } = {}) {
    super('ERR_MANIFEST', `not a manifest: ${problem}`, options);
  }
}
