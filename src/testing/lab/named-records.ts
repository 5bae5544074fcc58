/** A table whose rows have ids, counted from 1, and names, which the database compares without regard to case. */
export class NamedRecords<Row extends { readonly id: number }> {
  readonly #nameOf: (row: Row) => string;
  #byName = new Map<string, Row>();
  #isInOrder = true;
  #deleted = new Map<string, Row>();
  /** The row of id `n` is at index `n - 1`, even when it has been deleted: ids are not given twice. */
  #rows: Row[] = [];

  constructor(nameOf: (row: Row) => string) {
    this.#nameOf = nameOf;
  }

  get(name: string): Row | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  has(name: string): boolean {
    return this.#byName.has(name.toLowerCase());
  }

  byId(id: number): Row | undefined {
    const row = this.#rows[id - 1];
    return row !== undefined && this.get(this.#nameOf(row)) === row ? row : undefined;
  }

  /** In the order of their ids. */
  values(): IterableIterator<Row> {
    if (!this.#isInOrder) this.#byName = new Map([...this.#byName].sort(([, a], [, b]) => a.id - b.id));
    this.#isInOrder = true;
    return this.#byName.values();
  }

  /** Those that were deleted too. */
  withDeleted(): readonly Row[] {
    return this.#rows;
  }

  add(make: (id: number) => Row): Row {
    const row = make(this.#rows.length + 1);
    this.#rows.push(row);
    this.#byName.set(this.#nameOf(row).toLowerCase(), row);
    return row;
  }

  /** Runs something that gives a row another name. */
  rename(row: Row, change: () => void): void {
    this.#byName.delete(this.#nameOf(row).toLowerCase());
    change();
    this.#byName.set(this.#nameOf(row).toLowerCase(), row);
    this.#isInOrder = false;
  }

  delete(row: Row): void {
    const name = this.#nameOf(row).toLowerCase();
    this.#byName.delete(name);
    this.#deleted.set(name, row);
  }

  /** Brings back the row that was deleted last under a name. */
  restore(name: string): Row | undefined {
    const row = this.#deleted.get(name.toLowerCase());
    if (row === undefined) return undefined;
    this.#deleted.delete(name.toLowerCase());
    this.#byName.set(name.toLowerCase(), row);
    this.#isInOrder = false;
    return row;
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedRecords<Row> {
    return { byName: this.#byName, deleted: this.#deleted, rows: this.#rows, isInOrder: this.#isInOrder };
  }

  load({ byName, deleted, rows, isInOrder }: SavedRecords<Row>): void {
    this.#byName = byName;
    this.#deleted = deleted;
    this.#rows = rows;
    this.#isInOrder = isInOrder;
  }
}

/** What a snapshot keeps of it. */
export interface SavedRecords<Row> {
  readonly byName: Map<string, Row>;
  readonly deleted: Map<string, Row>;
  readonly rows: Row[];
  readonly isInOrder: boolean;
}
