/**
 * How much loading a module adds to a bare node, in milliseconds: the median of several runs, side by side.
 *
 * @param cwd - a folder from which node finds the module
 */
export function importCost(specifier: string, cwd: string): Promise<number>;
