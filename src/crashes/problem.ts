import { excerpt } from '../transport/excerpt.js';

/** What went wrong, in one line of bounded length, whatever was thrown. */
export function problemOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : typeof error === 'string' ? error : '';
  return excerpt(text, 500) || 'unknown failure';
}
