/** Times as the lab's servers write them: local, without a zone. */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat;

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

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
