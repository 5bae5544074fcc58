import { excerpt } from '../../transport/excerpt.js';
import { buildPattern } from './build-pattern.js';
import { BuildPatternError } from './pattern-syntax.js';
import type { LabStatusReport } from './types.js';

/** Which builds a lab is closed for: what a {@link LabStatusReport} says, read once for any number of builds. */
export interface ClosedBuilds {
  /** Why no suite may be started for the build; null: it may. Null or empty: the lab as a whole. */
  whyClosed(build: string | null): string | null;
  /** What could not be used and was left out: patterns that are malformed, or too many. */
  readonly notes: readonly string[];
}

/**
 * Reads what a lab says of itself: it is closed unless its state is `open` or `throttled`, and closed for the builds
 * whose names begin with a match of one of the patterns in its message, `[pattern pattern ...]`: what stands between the
 * first opening bracket and the last closing one of a line. A status that could not be had closes nothing.
 */
export function closedBuilds({ state, message }: LabStatusReport): ClosedBuilds {
  if (state === null) return { whyClosed: () => null, notes: [] };
  if (state !== 'open' && state !== 'throttled') {
    const closed = state === 'closed' ? 'the lab is closed' : `the lab is closed (${excerpt(state)})`;
    const reason = `${closed}: ${excerpt(message)}`;
    return { whyClosed: () => reason, notes: [] };
  }
  const { patterns, notes } = readPatterns(message);
  const whyClosed = (build: string | null) => {
    if (build === null || build === '') return null;
    const name = build.slice(0, maxBuildLength);
    const pattern = patterns.find(({ begins }) => begins(name));
    return pattern === undefined ? null : `the lab is closed for ${excerpt(build)}, which matches ${pattern.text}`;
  };
  return { whyClosed, notes };
}

/** {@link closedBuilds} for a single build. */
export function whyClosed(report: LabStatusReport, build: string | null): string | null {
  return closedBuilds(report).whyClosed(build);
}

interface ReadPattern {
  readonly text: string;
  readonly begins: (build: string) => boolean;
}

function readPatterns(message: string): { readonly patterns: readonly ReadPattern[]; readonly notes: string[] } {
  const texts = inBrackets(message);
  const patterns: ReadPattern[] = [];
  const notes: string[] = [];
  let size = 0;
  if (texts.length > maxPatterns) notes.push(`only the first ${maxPatterns} of ${texts.length} patterns count`);
  for (const text of texts.slice(0, maxPatterns)) {
    try {
      const pattern = buildPattern(text, maxSize - size);
      size += pattern.size;
      patterns.push({ text, begins: pattern.begins });
    } catch (error) {
      if (!(error instanceof BuildPatternError)) throw error;
      notes.push(`the pattern ${excerpt(text)} does not count: ${error.message}`);
    }
  }
  return { patterns, notes };
}

function inBrackets(message: string): readonly string[] {
  for (const line of message.split('\n')) {
    const start = line.indexOf('[');
    const end = line.lastIndexOf(']');
    if (start >= 0 && end > start) {
      const inside = line.slice(start + 1, end);
      return inside.split(/\s/u).filter((text) => text !== '');
    }
  }
  return [];
}

const maxPatterns = 100;
/** Of all patterns together: a thousand builds are judged in a second or two, whatever the patterns are. */
const maxSize = 2_000;
const maxBuildLength = 500;
