import { ClientOptionError } from '../errors.js';
import type { StageRequest } from './types.js';

/** What a staging is known by. */
export interface StagingTokenContent {
  /** The server's base URL, without credentials. */
  readonly url: string;
  /** Where the build is stored, e.g. `gs://chromeos-image-archive/x86-mario-release/R19-1998.0.0`. */
  readonly archiveUrl: string;
  readonly request: StageRequest;
  readonly startedMs: number;
  readonly deadlineMs: number;
  /** Whether the server has answered a question about it. */
  readonly hasAnswered: boolean;
}

/** A staging as a text. */
export function writeStagingToken(content: StagingTokenContent): string {
  return JSON.stringify({ version: tokenVersion, ...content });
}

/**
 * Reads what `writeStagingToken` wrote, from whatever place it was kept in.
 *
 * @throws ClientOptionError for any other text
 */
export function readStagingToken(token: string): StagingTokenContent {
  const found = parse(token);
  const request = found && isRecord(found['request']) ? found['request'] : {};
  const { build, artifacts, files = [] } = request;
  if (
    found?.['version'] !== tokenVersion ||
    !isText(found['url']) ||
    !isText(found['archiveUrl']) ||
    !isTime(found['startedMs']) ||
    !isTime(found['deadlineMs']) ||
    typeof found['hasAnswered'] !== 'boolean' ||
    !isText(build) ||
    !isTexts(artifacts) ||
    !isTexts(files)
  ) {
    throw new ClientOptionError('token', 'not the token of a staging');
  }
  const { url, archiveUrl, startedMs, deadlineMs, hasAnswered } = found;
  return { url, archiveUrl, startedMs, deadlineMs, hasAnswered, request: { build, artifacts, files } };
}

const tokenVersion = 1;
const maxTokenLength = 64 * 1024;

function parse(token: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof token !== 'string' || token.length > maxTokenLength) return undefined;
  try {
    const found: unknown = JSON.parse(token);
    return isRecord(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
