import { failure } from './cherrypy-page.js';
import type { DevServerParts } from './dev-server-parts.js';
import type { StageItems } from './staging.js';
import { artifactFiles } from './staging.js';

/** What a request to `stage` or `is_staged` names. Throws a `DevServerFault` for one that makes no sense. */
export function readStageItems(parameters: ReadonlyMap<string, string>): StageItems {
  const listed = (name: string) => {
    const text = parameters.get(name) ?? '';
    return text === '' ? [] : text.split(',');
  };
  const artifacts = listed('artifacts');
  const files = listed('files');
  const archiveUrl = (parameters.get('archive_url') ?? '').replace(/\/$/, '');
  if (archiveUrl === '' && (parameters.has('artifacts') || parameters.has('files'))) {
    throw failure('DevServerError', 'Requires archive_url or local_path to be specified.');
  }
  if (artifacts.length + files.length === 0) throw failure('DevServerError', 'No artifacts specified.');
  if (!archiveUrl.startsWith('gs://')) {
    throw failure('DevServerError', `Archive URL isn't from Google Storage (${archiveUrl}) .`);
  }
  const unknown = artifacts.find((artifact) => !artifactFiles.has(artifact));
  if (unknown !== undefined) throw failure('KeyError', `'${unknown}'`);
  const build = archiveUrl.split('/').slice(3).join('/');
  return { build, archiveUrl, items: [...artifacts, ...files], files };
}

/**
 * Resolves when all is there. On a virtual clock that is at once: the client may hold the clock until the answer comes,
 * and would wait for ever. Rejects with a `DevServerFault`.
 */
export async function stageNow({ staging, clock }: DevServerParts, items: StageItems): Promise<void> {
  const { doneMs, error } = staging.begin(items, clock.now(), clock.hold !== undefined);
  await clock.sleep(doneMs - clock.now());
  if (error !== undefined) throw failure('ArtifactDownloadError', error);
}
