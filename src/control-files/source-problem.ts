/** Why a text is not readable Python, and where. Internal: the scanner turns it into a `ControlFileError`. */
export class SourceProblem extends Error {
  /** Where, as an index into the text that was being read. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'SourceProblem';
    this.offset = offset;
  }
}
