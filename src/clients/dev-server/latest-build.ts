import { badAnswer } from './dev-server-calls.js';
import { DevServerError } from './errors.js';

/** Throws TypeError for what is not board and type: with an empty one a server would take its own folders for versions. */
export function vetTarget(target: string): void {
  if (!/^[\w-]+$/.test(target)) throw new TypeError('target: must be board and type, e.g. x86-mario-release');
}

/** The build that an answer of `latestbuild` names. */
export function latestBuildOf(target: string, answer: string): string {
  const version = answer.slice(0, maxLength + 1).trim();
  if (version.length > maxLength || !/^R\d+-[\w.-]+$/.test(version))
    throw badAnswer('latestbuild', 'expected a version', answer);
  return `${target}/${version}`;
}

/** Whether the server says that there is no build of the target, or none of the milestone. */
export function saysNoBuild(error: unknown): boolean {
  if (!(error instanceof DevServerError) || error.status !== 500) return false;
  return /^(?:Could not determine build for|Cannot find path) /.test(error.message);
}

const maxLength = 200;
