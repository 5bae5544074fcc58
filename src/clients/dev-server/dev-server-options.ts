import type { RetryPolicy } from '../../transport/retry-policy.js';
import {
  atLeast,
  resolveHttpClientOptions,
  type HttpClientOptions,
  type ResolvedHttpClientOptions,
} from '../client-options.js';
import { ClientOptionError } from '../errors.js';

/** What the client of a dev server can be told. */
export interface HttpDevServerClientOptions extends HttpClientOptions {
  /**
   * Where builds are stored, without a trailing slash.
   *
   * @defaultValue `gs://chromeos-image-archive`
   */
  readonly imageArchive?: string | undefined;
  /**
   * Where the `factory_image` of builds is stored, without a trailing slash; it is with the canary channel, not with the
   * other artifacts.
   *
   * @defaultValue `gs://chromeos-releases/canary-channel`
   */
  readonly canaryArchive?: string | undefined;
  /**
   * The wait between two questions whether a build is staged, in milliseconds.
   *
   * @defaultValue 5,000
   */
  readonly pollIntervalMs?: number | undefined;
}

/** {@link HttpDevServerClientOptions} with every gap filled. */
export interface ResolvedDevServerOptions extends ResolvedHttpClientOptions {
  readonly imageArchive: string;
  readonly canaryArchive: string;
  readonly pollIntervalMs: number;
}

/** Fills in the defaults. Throws `ClientOptionError` for a value that cannot work. */
export function resolveDevServerOptions(options: HttpDevServerClientOptions): ResolvedDevServerOptions {
  return {
    ...resolveHttpClientOptions(options, devServerRetryPolicy),
    imageArchive: storageUrl('imageArchive', options.imageArchive ?? 'gs://chromeos-image-archive'),
    canaryArchive: storageUrl('canaryArchive', options.canaryArchive ?? 'gs://chromeos-releases/canary-channel'),
    pollIntervalMs: atLeast('pollIntervalMs', options.pollIntervalMs, 5_000, 1),
  };
}

/** The original client came back after 1.5 to 4.5 s. */
const devServerRetryPolicy: RetryPolicy = { firstDelayMs: 3_000, factor: 2, maxDelayMs: 60_000, jitter: 0.5 };

function storageUrl(option: string, text: string): string {
  const url = text.replace(/\/$/, '');
  if (!/^[\x21-\x7e]+$/.test(url)) throw new ClientOptionError(option, 'must be a storage URL');
  return url;
}
