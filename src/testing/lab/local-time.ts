/** Times as the lab's servers write them: local, without a zone. */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat;
  /** By quarter of an hour, where it is the same throughout: asking the formatter each time is slow. */
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
    const offset = this.#offsetAt(ms);
    return offset === undefined ? this.#formatted(ms) : utcText(ms + offset);
  }

  #offsetAt(ms: number): number | undefined {
    const quarter = Math.floor(ms / quarterMs);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const start = this.#offsetOf(quarter * quarterMs);
    if (start !== this.#offsetOf((quarter + 1) * quarterMs)) return undefined;
    if (this.#offsets.size >= maxOffsets) this.#offsets.clear();
    this.#offsets.set(quarter, start);
    return start;
  }

  #offsetOf(ms: number): number {
    return Date.parse(`${this.#formatted(ms).replace(' ', 'T')}Z`) - ms;
  }

  #formatted(ms: number): string {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of this.#format.formatToParts(ms)) parts[type] = value;
    const { year = '', month = '', day = '', hour = '', minute = '', second = '' } = parts;
    return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
  }

  /** `Nov 21 09:15:36`, as in the reason of an aborted test. */
  inWords(ms: number): string {
    const text = this.text(ms);
    const month = months[Number(text.slice(5, 7)) - 1] ?? '';
    return `${month} ${text.slice(8)}`;
  }
}

/** Clocks are changed at whole quarters of an hour. */
const quarterMs = 15 * 60_000;

/** A hundred days of them. */
const maxOffsets = 10_000;

function utcText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
