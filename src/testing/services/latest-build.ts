import type { StoredBuild } from '../lab/build-store.js';
import { newestVersion } from '../lab/build-store.js';
import { failure, httpError } from './cherrypy-page.js';
import type { DevServerParts } from './dev-server-parts.js';
import { staticRoot } from './staged-folder.js';

/** `latestbuild`: the highest version of a target among the staged builds. */
export function latestBuild({ staging, clock }: DevServerParts, parameters: ReadonlyMap<string, string>): string {
  const target = parameters.get('target');
  if (target === undefined) throw httpError(500, 'Error: target= is required!');
  if (parameters.get('os_type') === 'android') throw androidProblem(parameters);
  const milestone = (parameters.get('milestone') ?? '').toLowerCase();
  const versions = staging
    .stagedBuilds(clock.now())
    .filter((build) => build.startsWith(`${target}/`))
    .map((build) => build.slice(target.length + 1));
  if (versions.length === 0) throw httpError(500, `Cannot find path ${staticRoot}/${target}`);
  const newest = newestVersion(versions.filter((version) => version.toLowerCase().includes(milestone)));
  if (newest === undefined) throw httpError(500, `Could not determine build for ${target}`);
  return newest;
}

/** `xbuddy_translate/remote/BOARD/VERSION`: the image that a symbolic version means in the image storage. */
export function translate(
  { builds }: DevServerParts,
  [remote, board, version]: readonly string[],
  parameters: ReadonlyMap<string, string>,
): string {
  if (remote !== 'remote' || board === undefined || version === undefined) {
    throw failure('XBuddyException', `No builds found for ${board ?? 'None'}. Did you run build_image?`);
  }
  const target = `${board}-release`;
  if (version === 'latest-official') {
    const latest = latestOf(target, [...builds.values()]);
    if (latest === undefined) throw noLatestFile(target, parameters.get('image_dir') ?? '');
    return `${target}/${latest}/chromiumos_test_image.bin`;
  }
  if (!builds.has(`${target}/${version}`)) {
    throw failure('XBuddyException', `Version ${version} unknown. Can't find on GS.`);
  }
  return `${target}/${version}/chromiumos_test_image.bin`;
}

function latestOf(target: string, builds: readonly StoredBuild[]): string | undefined {
  const ofBoard = builds.filter(({ name }) => name.startsWith(`${target}/`));
  const marked = ofBoard.filter(({ latest }) => latest !== false);
  const candidates = marked.length > 0 ? marked : ofBoard;
  const newest = newestVersion(candidates.map(({ name }) => name.slice(target.length + 1)));
  const build = candidates.find(({ name }) => name === `${target}/${newest}`);
  return build?.latest === 'with-newline' ? `${newest}\n` : newest;
}

function noLatestFile(target: string, imageDir: string): Error {
  const storage = imageDir === '' ? 'gs://chromeos-image-archive' : imageDir.replace(/\/$/, '');
  const file = `${storage}/${target}/LATEST-master`;
  const problem = `Failed to find build at ${file} GSUTIL cmd gsutil cat ${file} failed with return code 1:`;
  return failure('GSUtilError', `${problem}\n\nCommandException: No URLs matched: ${file}`);
}

function androidProblem(parameters: ReadonlyMap<string, string>): Error {
  if (!parameters.has('branch')) {
    const problem = 'Both target and branch must be specified to query for the latest Android build.';
    return failure('DevServerError', problem);
  }
  return failure('AttributeError', "'NoneType' object has no attribute 'BuildAccessor'");
}
