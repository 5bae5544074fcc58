import type { TestViewFilter } from './types.js';

/** The lookups of the calls for test rows. What is undefined is left out. */
export function testViewLookups(filter: TestViewFilter): Readonly<Record<string, unknown>> {
  const lookups = {
    afe_job_id__in: filter.jobIds,
    job_tag__startswith: filter.jobTagPrefix,
    invalid: filter.invalid,
  };
  return Object.fromEntries(Object.entries(lookups).filter(([, value]) => value !== undefined));
}
