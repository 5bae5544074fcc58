import { stableHash } from '../lab/stable-hash.js';

/**
 * The headers of one answer after the other.
 *
 * @returns the headers for an answer to a user at a time
 */
export function createSessions(): (user: string, nowMs: number) => Readonly<Record<string, string>> {
  // Each answer has one, and a lab knows its users.
  const ids = new Map<string, string>();
  return (user, nowMs) => {
    const id = ids.get(user) ?? sessionOf(user);
    ids.set(user, id);
    return sessionHeaders(id, nowMs);
  };
}

/**
 * What the service adds to an answer for its web pages' sake. The cookie decides nothing: who calls is said by
 * `Authorization` alone.
 */
function sessionHeaders(id: string, nowMs: number): Readonly<Record<string, string>> {
  const [weekday, day, month, year, time] = new Date(nowMs + sessionSeconds * 1000).toUTCString().split(' ');
  const expires = `${weekday} ${day}-${month}-${year} ${time} GMT`;
  return {
    vary: 'Cookie,Accept-Encoding',
    'set-cookie': `sessionid=${id}; expires=${expires}; httponly; Max-Age=${sessionSeconds}; Path=/`,
  };
}

const sessionSeconds = 1200;

/** 32 letters and digits, the same ones on every run. */
function sessionOf(user: string): string {
  const parts = Array.from({ length: 8 }, (_, part) => stableHash(`${user}/${part}`).toString(36).padStart(7, '0'));
  return parts.join('').slice(0, 32);
}
