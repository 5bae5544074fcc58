/** Where a report is written to; `process.stdout` is one. */
export interface TextStream {
  write(text: string): unknown;
  /** A terminal, where a line can be drawn again. */
  readonly isTTY?: boolean | undefined;
  /** The terminal's width in characters. */
  readonly columns?: number | undefined;
  /** Whether the terminal, and whoever uses it, wants colours. */
  hasColors?(): boolean;
}

/** The width to fit into; some terminals say 0 when they do not know theirs. */
export function widthOf({ columns = 0 }: TextStream): number {
  return columns > 0 ? columns : 120;
}

/** A colour or weight of a terminal. */
export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'bold';

const codes: Readonly<Record<Tone, number>> = { good: 32, bad: 31, warn: 33, dim: 2, bold: 1 };

/** Puts text in a tone, or leaves it as it is. */
export type Painter = (tone: Tone, text: string) => string;

export function painter(color: boolean): Painter {
  return color ? (tone, text) => `\u001B[${String(codes[tone])}m${text}\u001B[0m` : (_tone, text) => text;
}

/** A duration in the two units that matter: `45 s`, `3 min 10 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return `${String(hours)} h ${String(minutes % 60)} min`;
  if (minutes > 0) return `${String(minutes)} min ${String(seconds % 60)} s`;
  return `${String(seconds)} s`;
}

/** A duration that is not known exactly, in whole minutes or, when it is long, in steps of ten: `25 min`, `2 h 10 min`. */
export function roughly(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${String(minutes)} min`;
  const rounded = Math.round(minutes / 10) * 10;
  const rest = rounded % 60;
  return `${String(Math.floor(rounded / 60))} h${rest === 0 ? '' : ` ${String(rest)} min`}`;
}

/** Time since the start as `hh:mm:ss`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/**
 * Text from a server as it may go to a terminal: its first line, no control characters (which could move the cursor
 * or fake other lines), at most `width` characters.
 */
export function oneLine(text: string, width = 200): string {
  const line = text.trimStart().split(/[\n\r]/u, 1)[0] ?? '';
  const clean = line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').trimEnd();
  return clean.length > width ? `${clean.slice(0, Math.max(0, width - 1))}…` : clean;
}

/** `1 test`, `2 tests`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${String(number)} ${number === 1 ? noun : plural}`;
}

/** A text of several lines, its beginning only where it is very long. */
export function clipped(text: string, limit = 10_000): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit)}… (${String(text.length - limit)} more characters)`;
}

/** Why a control file could not be read, with its path; most reasons begin with it. */
export function unreadLine({ path, reason }: { readonly path: string; readonly reason: string }): string {
  return reason.includes(path) ? reason : `${path}: ${reason}`;
}
