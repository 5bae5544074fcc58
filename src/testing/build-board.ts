/** Whether a build, e.g. `x86-mario-release/R19-1998.0.0`, is one for a board. */
export function isBuildFor(build: string, board: string): boolean {
  return build.startsWith(`${board}-`);
}
