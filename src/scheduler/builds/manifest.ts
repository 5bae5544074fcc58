import { excerpt } from '../../transport/excerpt.js';
import { isRecord } from './cursor.js';
import { ManifestError } from './errors.js';
import { readXml } from './read-xml.js';

/** What a manifest says a build was made of. */
export interface Manifest {
  /** The revision of projects that name none, e.g. `refs/heads/release-R20-2057.B`; null where there is none. */
  readonly revision: string | null;
  /** The branch that the build was on, e.g. `release-R20-2057.B`; null where the revision is no branch. */
  readonly branch: string | null;
  readonly projects: readonly ManifestProject[];
}

/** One repository that went into a build. */
export interface ManifestProject {
  readonly name: string;
  /** Where it is checked out; its name where the manifest does not say. */
  readonly path: string;
  /** That of the manifest where it has none of its own; null where neither says. */
  readonly revision: string | null;
  /** The name of the server that it is on; null where the manifest does not say. */
  readonly remote: string | null;
}

/**
 * Reads the XML of a manifest, of at most 16 Mi characters and without a document type: entities of its own could make a
 * small file endless.
 *
 * Rejects with `ManifestError`.
 */
export async function readManifest(text: string): Promise<Manifest> {
  const root = await parse(text);
  const [defaults] = elementsOf(root, 'default');
  const revision = attribute(defaults, 'revision');
  const remote = attribute(defaults, 'remote');
  const projects = elementsOf(root, 'project').map((project, at) => {
    const name = attribute(project, 'name');
    if (name === null) throw new ManifestError(`project ${String(at + 1)} has no name`);
    return {
      name,
      path: attribute(project, 'path') ?? name,
      revision: attribute(project, 'revision') ?? revision,
      remote: attribute(project, 'remote') ?? remote,
    };
  });
  const [, branch = null] = /^refs\/heads\/(.+)$/.exec(revision ?? '') ?? [];
  return { revision, branch, projects };
}

const maxLength = 16 * 1024 * 1024;

async function parse(text: string): Promise<unknown> {
  if (text.length > maxLength) throw new ManifestError(`longer than ${String(maxLength)} characters`);
  let document: unknown;
  try {
    document = await readXml(text, ['project', 'default']);
  } catch (cause) {
    throw new ManifestError(excerpt(cause instanceof Error ? cause.message : String(cause)), { cause });
  }
  const root = isRecord(document) ? document.manifest : undefined;
  if (root === undefined) throw new ManifestError('it has no element <manifest>');
  return root;
}

function elementsOf(root: unknown, name: string): readonly unknown[] {
  const elements = isRecord(root) && Object.hasOwn(root, name) ? root[name] : undefined;
  return Array.isArray(elements) ? elements : [];
}

function attribute(element: unknown, name: string): string | null {
  const value = isRecord(element) && Object.hasOwn(element, `@${name}`) ? element[`@${name}`] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}
