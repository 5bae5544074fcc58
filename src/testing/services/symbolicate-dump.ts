import { isMinidump, readMinidump } from '../crashes/minidump.js';
import { stackText } from '../crashes/stack-text.js';
import { failure, noSuchUri } from './cherrypy-page.js';
import type { DevServerParts } from './dev-server-parts.js';
import type { MultipartFields } from './multipart.js';
import { readStageItems, stageNow } from './stage-request.js';

/** `symbolicate_dump`: stages the build's debug symbols, then answers with the stack trace of a dump. */
export async function symbolicateDump(parts: DevServerParts, { texts, files }: MultipartFields): Promise<string> {
  const dump = files.get('minidump');
  if (dump === undefined && !texts.has('minidump')) throw noSuchUri();
  const archiveUrl = texts.get('archive_url') ?? '';
  const request = new Map(Object.entries({ archive_url: archiveUrl, artifacts: 'symbols' }));
  await stageNow(parts, readStageItems(request));
  if (dump === undefined) throw failure('AttributeError', "'unicode' object has no attribute 'file'");
  if (!isMinidump(dump)) throw unreadable(dump, parts.clock.now());
  return stackText(readMinidump(dump) ?? foreignStack);
}

/** The lab does not look into dumps of real programs. */
const foreignStack = { process: 'crasher', functions: ['main'] };

function unreadable(dump: Uint8Array, nowMs: number): Error {
  const time = new Date(nowMs).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' ');
  const signature = Buffer.from(dump.subarray(0, 4)).toString('hex');
  const lines = [
    `${time}: minidump.cc:3992: INFO: Minidump opened minidump /tmp/upload`,
    `${time}: minidump.cc:4092: ERROR: Minidump header signature mismatch: 0x${signature} != 0x4d444d50`,
    `${time}: minidump_stackwalk.cc:125: ERROR: Minidump /tmp/upload could not be read`,
    ' (rc=1)',
  ];
  return failure('DevServerError', `Can't generate stack trace: ${lines.join('\n')}`);
}
