import type { JobKeyval, JobRequest } from '../clients/afe/types.js';
import type { ControlData } from '../control-files/control-data.js';
import { crosVersionPrefix } from './labels.js';

/** What all jobs of a suite have in common. */
export interface JobTemplate {
  readonly suite: string;
  /** Prefix → build; at least one. */
  readonly builds: Readonly<Record<string, string>>;
  /** Null: the tests come from the build under test. */
  readonly testSourceBuild: string | null;
  /** `board:NAME` */
  readonly board: string;
  /** `pool:NAME`, or null */
  readonly pool: string | null;
  /** Labels that every host must have, besides what the test asks for. */
  readonly extraDependencies: readonly string[];
  /** Leave out what the test itself asks for. */
  readonly ignoreDeps: boolean;
  readonly maxRuntimeMins: number;
  readonly timeoutMins: number;
  readonly priority: number;
  readonly parentJobId: number | null;
  readonly offloadFailuresOnly: boolean;
}

/**
 * The `create_job` request of a test, exactly as the AFE and the tools around it expect it.
 *
 * @param testName - the test's name in this suite, with the prefix `experimental_` where it has one
 * @param retryOf - the job that this one repeats, or null
 */
export function jobRequest(
  template: JobTemplate,
  test: ControlData,
  testName: string,
  retryOf: number | null = null,
): JobRequest {
  const dependencies = [
    ...(template.ignoreDeps ? [] : test.dependencies),
    ...template.extraDependencies,
    ...(template.pool === null ? [] : [template.pool]),
    template.board,
  ];
  return {
    name: jobName(template, testName),
    controlFile: test.text,
    controlType: test.testType === 'server' ? 'Server' : 'Client',
    metaHosts: Array.from({ length: test.syncCount }, () => template.board),
    dependencies,
    keyvals: keyvals(template, test, retryOf),
    maxRuntimeMins: template.maxRuntimeMins,
    timeoutMins: template.timeoutMins,
    parentJobId: template.parentJobId,
    testRetry: test.retries,
    priority: template.priority,
    synchCount: test.syncCount,
    requireSsp: test.requireSsp,
  };
}

/** The keyval that marks a retry because the infrastructure failed: whoever resumes the suite counts it as one. */
export const infraRetryKeyval = 'dynamic_suite_infra_retry';

/**
 * The request as that of a retry because the infrastructure failed, bound to hosts where some are named. A job that is
 * bound to a host waits for it however long others have nothing to do: that is the price for not coming to one that
 * failed, since the AFE has no way to exclude a host.
 */
export function infraRetryRequest(request: JobRequest, hosts: readonly string[]): JobRequest {
  const keyvals = { ...request.keyvals, [infraRetryKeyval]: true };
  return hosts.length === 0 ? { ...request, keyvals } : { ...request, keyvals, hosts, metaHosts: undefined };
}

/** `<build>/<suite>/<test>` */
export function jobName(template: JobTemplate, testName: string): string {
  return `${template.testSourceBuild ?? buildUnderTest(template.builds)}/${template.suite}/${testName}`;
}

/** The ChromeOS build, or the first one where there is none. */
export function buildUnderTest(builds: Readonly<Record<string, string>>): string {
  const build = builds[crosVersionPrefix] ?? Object.values(builds)[0];
  if (build === undefined) throw new TypeError('builds: expected at least one build');
  return build;
}

/**
 * Why the AFE cannot take a control file (S12), with the place, or null when it can: it answers text outside ASCII
 * with a bare HTTP 500, and cuts what is over 65,535 bytes without a word.
 */
export function unsendableReason(test: ControlData): string | null {
  const { text, path } = test;
  const offset = text.search(/[^\0-\x7f]/u);
  if (offset >= 0) {
    const before = text.slice(0, offset).split('\n');
    const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
    const place = `${path}:${String(before.length)}:${String((before.at(-1)?.length ?? 0) + 1)}`;
    return `${place}: the AFE takes ASCII only, found ${JSON.stringify(character)}`;
  }
  if (text.length > maxControlFileBytes) {
    return `${path}: the AFE takes at most ${String(maxControlFileBytes)} bytes, found ${String(text.length)}`;
  }
  return null;
}

const maxControlFileBytes = 65_535;

function keyvals(template: JobTemplate, test: ControlData, retryOf: number | null): Record<string, JobKeyval> {
  const { builds, testSourceBuild } = template;
  const build = buildUnderTest(builds);
  const severalBuilds = Object.keys(builds).length > 1;
  const found: Record<string, JobKeyval> = {
    build,
    suite: template.suite,
    experimental: test.experimental,
    builds,
  };
  if (testSourceBuild !== null && (testSourceBuild !== build || severalBuilds)) {
    found['test_source_build'] = testSourceBuild;
    for (const [prefix, key] of firmwareKeys) {
      const firmware = builds[prefix];
      if (firmware !== undefined) found[key] = firmware;
    }
  }
  if (template.parentJobId !== null) found['parent_job_id'] = template.parentJobId;
  if (retryOf !== null) found['retry_original_job_id'] = retryOf;
  if (template.offloadFailuresOnly) found['offload_failures_only'] = true;
  return found;
}

const firmwareKeys = [
  ['fwrw-version', 'fwrw_build'],
  ['fwro-version', 'fwro_build'],
] as const;
