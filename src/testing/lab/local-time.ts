/** Times as the lab's servers write them: local, without a zone. */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat;
  /** By the quarter of an hour, which has one offset from its beginning to its end. A lab writes many times. */
  readonly #offsets = new Map<number, number>();

  /** @param timeZone - an IANA name */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** `YYYY-MM-DD HH:MM:SS` */
  text(ms: number): string {
    return new Date(ms + this.#offsetAt(ms)).toISOString().slice(0, 19).replace('T', ' ');
  }

  #offsetAt(ms: number): number {
    const from = Math.floor(ms / quarterMs) * quarterMs;
    const known = this.#offsets.get(from);
    if (known !== undefined) return known;
    const offset = this.#readOffset(from);
    // Clocks are changed within this quarter of an hour.
    if (offset !== this.#readOffset(from + quarterMs)) return this.#readOffset(Math.floor(ms / 1000) * 1000);
    if (this.#offsets.size >= keptOffsets) this.#offsets.clear();
    this.#offsets.set(from, offset);
    return offset;
  }

  #readOffset(ms: number): number {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of this.#format.formatToParts(ms)) parts[type] = value;
    const { year = '', month = '', day = '', hour = '', minute = '', second = '' } = parts;
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - ms;
  }

  /** `Nov 21 09:15:36`, as in the reason of an aborted test. */
  inWords(ms: number): string {
    const text = this.text(ms);
    const month = months[Number(text.slice(5, 7)) - 1] ?? '';
    return `${month} ${text.slice(8)}`;
  }
}

const quarterMs = 15 * 60_000;
const keptOffsets = 4096;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
