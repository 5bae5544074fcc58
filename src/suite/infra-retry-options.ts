import { SuiteArgumentError } from './errors.js';

/** How much is done about failures of the infrastructure. */
export interface InfraRetryOptions {
  /**
   * How often a test is run again because the infrastructure failed it (S10): the machine or the job failed, the host
   * could not be given the build, or the job ended without a result. Not because of a job that somebody aborted. Such a
   * retry goes to another host where a usable one has all the labels, needs no `jobRetry`, and takes none of the test's
   * JOB_RETRIES, nor of `maxRetries`. When this is used up, such a failure is like any other.
   *
   * @defaultValue 0: a failure of the infrastructure is like any other
   */
  readonly infraRetries?: number | undefined;
  /**
   * How many such retries the whole suite may have, so that a lab that is down is not given the whole suite again; null
   * for no limit.
   *
   * @defaultValue 10
   */
  readonly maxInfraRetries?: number | null | undefined;
}

/** {@link InfraRetryOptions} with their defaults. */
export interface InfraRetryLimits {
  readonly infraRetries: number;
  readonly maxInfraRetries: number | null;
}

/**
 * Fills in the defaults.
 *
 * @throws SuiteArgumentError for what is not a whole number from 0 up
 */
export function resolveInfraRetries(options: InfraRetryOptions): InfraRetryLimits {
  const { infraRetries = 0, maxInfraRetries = 10 } = options;
  for (const [argument, value] of Object.entries({ infraRetries, maxInfraRetries })) {
    const isNumber = Number.isSafeInteger(value) && Number(value) >= 0;
    if (isNumber || (value === null && argument === 'maxInfraRetries')) continue;
    const orNull = argument === 'maxInfraRetries' ? ', or null' : '';
    throw new SuiteArgumentError(argument, `a whole number that is not negative${orNull}`, { found: String(value) });
  }
  return { infraRetries, maxInfraRetries };
}
