import type { DevServerParts } from './dev-server-parts.js';
import { folderOf } from './dev-server-parts.js';
import { readArchive } from './stage-request.js';
import { staticRoot } from './staged-folder.js';

/** `list_image_dir`: what lies in a build's folder, in words for people. */
export function listImageDir(parts: DevServerParts, parameters: ReadonlyMap<string, string>): string {
  const { build, archiveUrl } = readArchive(parameters);
  const folder = folderOf(parts, build);
  const files = folder?.topLevel() ?? new Map<string, never>();
  if (folder === undefined || files.size === 0) return `${archiveUrl} has not been staged on this devserver.`;
  const root = `${staticRoot}/${build}`;
  const lines = [...files].map(([name, { bytes, atMs }]) => line(`${root}/${name}`, atMs, bytes.length));
  if (folder.hasFolder('autotest')) lines.unshift(line(`${root}/autotest`, parts.clock.now(), 4096));
  return `Listing contents of :${root} \n${lines.join('')}`;
}

function line(path: string, atMs: number, size: number): string {
  const time = new Date(atMs).toISOString().replace('T', ' ').replace('Z', '000');
  return `Name: ${path} Accessed: ${time} Modified: ${time} Size: ${size} bytes.\n`;
}
