import * as main from 'dynamic-suite';
import * as testing from 'dynamic-suite/testing';

// Compiled, never run, against the packed package with the compiler options of a careful user.
export const entryPoints: readonly object[] = [main, testing];

// A site adds the methods that only its own AFE has.
declare module 'dynamic-suite' {
  interface AfeMethods {
    readonly get_rack_map: { readonly rack: string };
  }
}

export async function callMethods(afe: main.HttpAfeClient): Promise<void> {
  await afe.call('get_rack_map', { rack: 'rack1' });
  await afe.call('get_labels', { name__startswith: 'board:' });
  await afe.call('get_motd');
  await afe.call('something_new', { anything: [1] });
  // @ts-expect-error: the rack must be named
  await afe.call('get_rack_map');
  // @ts-expect-error: a label is known by its number or its name
  await afe.call('delete_label', { id: true });
}
