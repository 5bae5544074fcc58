import { renderControlFile, type ControlFileFields } from '../../src/index.js';
import { embeddedLab, type EmbeddedLab, type EmbeddedLabOptions, type TestScript } from '../../src/testing/index.js';

export const marioBuild = 'x86-mario-release/R19-1998.0.0';

/** Path → text of one control file. */
export function controlFile(name: string, changes: Partial<ControlFileFields> = {}): Record<string, string> {
  const fields = {
    name,
    author: 'a',
    doc: 'd',
    time: 'SHORT',
    testType: 'client',
    suites: ['bvt'],
    ...changes,
  } as const;
  return { [`client/site_tests/${name}/control`]: renderControlFile(fields) };
}

/** A lab with three x86-mario and a build with the given control files; its tests are good unless a script says else. */
export function marioLab(
  controlFiles: Readonly<Record<string, string>>,
  scripts: Readonly<Record<string, TestScript>> = {},
  options: EmbeddedLabOptions = {},
): Promise<EmbeddedLab> {
  const builder = embeddedLab(options)
    .board('x86-mario', { hosts: 3, pool: 'bvt' })
    .build(marioBuild, { controlFiles });
  for (const [name, script] of Object.entries(scripts)) builder.test(name, script);
  return builder.start();
}
