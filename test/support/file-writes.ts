import fileSystem, { open, type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { devNull } from 'node:os';

/** What changes files, each as one step: what is written, what is synced, and names that appear and disappear. */
export interface FileStep {
  readonly kind: 'write' | 'sync' | 'link' | 'rename' | 'remove';
  /** Does it; a write may be done in part. */
  readonly run: (part?: number) => Promise<unknown>;
}

/**
 * Has every change of a file that this process makes go through `take`, until the returned function is called. Reading is
 * left alone.
 */
export async function interceptFileSteps(take: (step: FileStep) => Promise<unknown>): Promise<() => void> {
  const probe = await open(devNull);
  const handles = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const { appendFile, writeFile, datasync, sync } = handles;
  const { link, rename, rm } = fileSystem;
  const writing = (write: FileHandle['appendFile']) =>
    async function (this: FileHandle, ...args: Parameters<FileHandle['appendFile']>) {
      const [data, ...others] = args;
      const bytes = Buffer.from(String(data));
      const run = (part = 1) => write.call(this, bytes.subarray(0, Math.round(bytes.length * part)), ...others);
      await take({ kind: 'write', run });
    };
  handles.appendFile = writing(appendFile);
  handles.writeFile = writing(writeFile);
  for (const [name, method] of Object.entries({ datasync, sync })) {
    Reflect.set(handles, name, async function (this: FileHandle) {
      await take({ kind: 'sync', run: () => method.call(this) });
    });
  }
  fileSystem.link = async (...args) => {
    await take({ kind: 'link', run: () => link(...args) });
  };
  fileSystem.rename = async (...args) => {
    await take({ kind: 'rename', run: () => rename(...args) });
  };
  fileSystem.rm = async (...args) => {
    await take({ kind: 'remove', run: () => rm(...args) });
  };
  syncBuiltinESMExports();
  return () => {
    Object.assign(handles, { appendFile, writeFile, datasync, sync });
    Object.assign(fileSystem, { link, rename, rm });
    syncBuiltinESMExports();
  };
}
