import { ControlFileNotFoundError } from '../clients/dev-server/errors.js';
import { DynamicSuiteError } from '../errors.js';
import { isTestControlPath } from './control-paths.js';
import type { ControlFileGetter, ControlFileSource } from './types.js';

/** Several control files go by one name. Its code is `ERR_CONTROL_FILE_AMBIGUOUS`. */
export class AmbiguousControlFileError extends DynamicSuiteError {
  /** The name that was looked for. */
  readonly requested: string;
  /** The control files that go by it, sorted. */
  readonly paths: readonly string[];

  constructor(requested: string, paths: readonly string[]) {
    const shown = paths.slice(0, maxShown).join(', ');
    const more = paths.length > maxShown ? ` and ${paths.length - maxShown} more` : '';
    super('ERR_CONTROL_FILE_AMBIGUOUS', `${JSON.stringify(requested)} is not unique: ${shown}${more}`);
    this.requested = requested;
    this.paths = paths;
  }
}

/**
 * Finds a control file by the name of its folder (`power_Idle` is `.../power_Idle/control`) or, with `control` in the
 * name, by the end of its path (`control.bvt` is `.../control.bvt`). The name is taken literally and has to begin at a
 * path boundary (D7).
 *
 * @throws ControlFileNotFoundError when there is none
 * @throws AmbiguousControlFileError when there are several
 */
export async function findControlFileByName(
  getter: ControlFileGetter,
  name: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly path: string; readonly source: ControlFileSource }> {
  const { signal } = options;
  const listed = await getter.list({ signal });
  const candidates = [...new Set(listed)].filter((path) => isTestControlPath(path, getter.root)).sort();
  const inFolder = `${name}/control`;
  let found = candidates.filter((path) => endsAtBoundary(path, name.includes('control') ? name : inFolder));
  // A test may itself be called something like `platform_controller`.
  if (found.length === 0) found = candidates.filter((path) => endsAtBoundary(path, inFolder));
  const [path] = found;
  if (path === undefined) throw new ControlFileNotFoundError({ path: name });
  if (found.length > 1) throw new AmbiguousControlFileError(name, found);
  return { path, source: await getter.read(path, { signal }) };
}

const maxShown = 10;

function endsAtBoundary(path: string, end: string): boolean {
  return path === end || path.endsWith(`/${end}`);
}
