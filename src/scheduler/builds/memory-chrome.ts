import type { ChromeSource } from './types.js';

/** A version of Chrome that a program tells by itself. */
export interface MemoryChrome extends ChromeSource {
  /** Tells of another one. */
  set(revision: string | null): void;
}

/** A source of Chrome's version in memory, for tests and for callers who learn of it in a way of their own. */
export function memoryChrome(revision: string | null = null): MemoryChrome {
  let current = revision;
  return {
    set(next) {
      current = next;
    },
    async revision(options) {
      options?.signal?.throwIfAborted();
      return current;
    },
  };
}
