import type { Attempt, Conclusion } from '../../results/outcome.js';
import { isBad, isInfrastructure } from '../attempts.js';

/** A colour of the page, with the sign that says the same to those who do not see it. */
export type Tone = 'good' | 'warn' | 'bad' | 'infra' | 'none';

/** The tone of a conclusion, and its sign. */
export const conclusionTones: Readonly<Record<Conclusion, { readonly tone: Tone; readonly sign: string }>> = {
  failed: { tone: 'bad', sign: '✗' },
  infrastructure: { tone: 'infra', sign: '⚙' },
  'not-scheduled': { tone: 'infra', sign: '⊘' },
  aborted: { tone: 'infra', sign: '■' },
  unfinished: { tone: 'warn', sign: '…' },
  flaky: { tone: 'warn', sign: '↻' },
  warned: { tone: 'warn', sign: '!' },
  'not-applicable': { tone: 'none', sign: '–' },
  passed: { tone: 'good', sign: '✓' },
};

/** The conclusions in the order in which a reader wants to see them: what needs looking at first. */
export const conclusionsInOrder: readonly Conclusion[] = [
  'failed',
  'infrastructure',
  'not-scheduled',
  'aborted',
  'unfinished',
  'flaky',
  'warned',
  'not-applicable',
  'passed',
];

/** The tone of one try. */
export function attemptTone(attempt: Attempt): { readonly tone: Tone; readonly sign: string } {
  if (attempt.status === null) return conclusionTones.unfinished;
  if (attempt.status === 'WARN') return conclusionTones.warned;
  if (isInfrastructure(attempt)) return conclusionTones.infrastructure;
  if (attempt.status === 'TEST_NA') return conclusionTones['not-applicable'];
  if (attempt.status === 'ABORT') return conclusionTones.aborted;
  return isBad(attempt) ? conclusionTones.failed : conclusionTones.passed;
}
