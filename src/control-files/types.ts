/** A control file as it was found: text, or bytes whose encoding the file itself may declare. */
export type ControlFileSource = string | Uint8Array;

/** Where control files come from: a build on a dev server, a folder, memory. */
export interface ControlFileGetter {
  /** The folder that was searched, where `list` gives absolute paths: what lies above it says nothing (D8). */
  readonly root?: string | undefined;
  /** Set where `list` never narrows the search to a suite, so that it says nothing when other suites' files are listed. */
  readonly ignoresSuite?: boolean | undefined;
  /** Paths of the control files there are. With `suite`, a source that can narrow the search may do so, but need not. */
  list(options?: {
    readonly suite?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<readonly string[]>;
  /** One control file. Rejects with `ControlFileNotFoundError` when there is none of that path. */
  read(path: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<ControlFileSource>;
  /**
   * All control files of a suite at once, path → content, where the source can: one request instead of one a file.
   * Resolves to undefined where it cannot. May hold more files than the suite has, as `list` may.
   */
  readSuite?(
    suite: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ReadonlyMap<string, ControlFileSource> | undefined>;
}
