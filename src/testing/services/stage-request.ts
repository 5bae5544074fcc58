import { failure } from './cherrypy-page.js';
import type { DevServerParts } from './dev-server-parts.js';
import { pythonRepr } from './python.js';
import { staticRoot } from './staged-folder.js';
import type { StageItems } from './staging.js';
import { artifactFiles } from './staging.js';

/** What a request to `stage` or `is_staged` names. Throws a `DevServerFault` for one that makes no sense. */
export function readStageItems(parameters: ReadonlyMap<string, string>): StageItems {
  const listed = (name: string) => {
    const text = parameters.get(name) ?? '';
    return text === '' ? [] : text.split(',');
  };
  if (parameters.get('os_type') === 'android') throw androidProblem(parameters);
  const artifacts = listed('artifacts');
  const files = listed('files');
  const isAskedForNothing = !parameters.has('artifacts') && !parameters.has('files');
  const archive = isAskedForNothing ? undefined : readArchive(parameters);
  if (archive === undefined || artifacts.length + files.length === 0) {
    throw failure('DevServerError', 'No artifacts specified.');
  }
  const unknown = artifacts.find((artifact) => !artifactFiles.has(artifact));
  if (unknown !== undefined) throw failure('KeyError', pythonRepr(unknown));
  return { ...archive, items: [...artifacts, ...files], files };
}

/** Which build a request means. Throws a `DevServerFault`. */
export function readArchive(parameters: ReadonlyMap<string, string>): Pick<StageItems, 'build' | 'archiveUrl'> {
  const archiveUrl = (parameters.get('archive_url') ?? '').replace(/\/$/, '');
  const localPath = parameters.get('local_path') ?? '';
  if (archiveUrl === '' && localPath === '') {
    throw failure('DevServerError', 'Requires archive_url or local_path to be specified.');
  }
  if (archiveUrl !== '' && localPath !== '') {
    throw failure('DevServerError', 'archive_url and local_path can not both be specified.');
  }
  if (localPath !== '') {
    if (!localPath.startsWith(`${staticRoot}/`)) {
      const problem = `Local path ${localPath} must be a subdirectory of the static directory: ${staticRoot}`;
      throw failure('DevServerError', problem);
    }
    return { build: localPath.slice(staticRoot.length + 1), archiveUrl: localPath };
  }
  if (!archiveUrl.startsWith('gs://')) {
    throw failure('DevServerError', `Archive URL isn't from Google Storage (${archiveUrl}) .`);
  }
  return { build: archiveUrl.split('/').slice(3).join('/'), archiveUrl };
}

/**
 * Resolves when all is there. On a virtual clock that is at once: the client may hold the clock until the answer comes,
 * and would wait for ever. Rejects with a `DevServerFault`.
 */
export async function stageNow({ staging, clock }: DevServerParts, items: StageItems): Promise<void> {
  const { doneMs, error } = staging.begin(items, clock.now(), clock.hold !== undefined);
  const done = staging.beginWaiting();
  await clock.sleep(doneMs - clock.now()).finally(done);
  if (error !== undefined) throw failure('ArtifactDownloadError', error);
}

/** The lab's servers have no access to Android builds, as those of its time had not. */
function androidProblem(parameters: ReadonlyMap<string, string>): Error {
  if (!['target', 'branch', 'build_id'].every((name) => parameters.has(name))) {
    const problem = 'target, branch, build ID must all be specified for downloading Android build.';
    return failure('DevServerError', problem);
  }
  return failure('ArtifactDownloadError', "An error occurred: 'NoneType' object has no attribute 'BuildAccessor'");
}
