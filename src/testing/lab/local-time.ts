import type { LabTime } from '../../clients/lab-time.js';
import { createLabTime } from '../../clients/lab-time.js';

/** Times as the lab's servers write them: local, without a zone. */
export class LocalTime {
  readonly #labTime: LabTime;

  constructor(timeZone: string) {
    this.#labTime = createLabTime(timeZone);
  }

  /** `YYYY-MM-DD HH:MM:SS` */
  text(ms: number): string {
    return this.#labTime.format(ms);
  }

  /** `Nov 21 09:15:36`, as in the reason of an aborted test. */
  inWords(ms: number): string {
    const text = this.text(ms);
    const month = months[Number(text.slice(5, 7)) - 1] ?? '';
    return `${month} ${text.slice(8)}`;
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
