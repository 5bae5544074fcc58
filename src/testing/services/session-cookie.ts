import { stableHash } from '../lab/stable-hash.js';

/**
 * What the service adds to an answer for its web pages' sake. The cookie decides nothing: who calls is said by
 * `Authorization` alone.
 */
export function sessionHeaders(user: string, nowMs: number): Readonly<Record<string, string>> {
  const [weekday, day, month, year, time] = new Date(nowMs + sessionSeconds * 1000).toUTCString().split(' ');
  const expires = `${weekday} ${day}-${month}-${year} ${time} GMT`;
  return {
    vary: 'Cookie,Accept-Encoding',
    'set-cookie': `sessionid=${sessionOf(user)}; expires=${expires}; httponly; Max-Age=${sessionSeconds}; Path=/`,
  };
}

const sessionSeconds = 1200;

/** 32 letters and digits, the same ones on every run. */
function sessionOf(user: string): string {
  const parts = Array.from({ length: 8 }, (_, part) => stableHash(`${user}/${part}`).toString(36).padStart(7, '0'));
  return parts.join('').slice(0, 32);
}
