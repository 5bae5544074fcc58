import assert from 'node:assert/strict';
import { StagingError, SymbolicationError, type CrashServerClient } from '../../index.js';
import { writeBrokenDump, writeMinidump } from '../crashes/minidump.js';
import type { LabBuilder } from '../lab-builder.js';
import { embeddedLab } from '../lab-builder.js';
import { callPromises } from './call-promises.js';
import { conformanceCases, type ConformanceCase, type ConnectClient, type PortPromise } from './conformance-case.js';
import { errorOf } from './expect-rejection.js';
import { garbagePromise, urlPromise } from './server-promises.js';
import { build } from './small-lab.js';

/**
 * The promises of `CrashServerClient`, each as a case, for tests of a client of one's own:
 *
 * ```ts
 * const connect = (lab: EmbeddedLab) => new MyCrashServerClient({ url: lab.urls.crashServer, transport: lab.transport, clock: lab.clock });
 * for (const { name, run } of crashServerClientConformance(connect)) test(name, run);
 * ```
 */
export function crashServerClientConformance(connect: ConnectClient<CrashServerClient>): readonly ConformanceCase[] {
  return conformanceCases(connect, [
    urlPromise('crashServer'),
    ...crashServerPromises,
    garbagePromise('crashServer', lab, 'checkHealth', (server) => server.checkHealth()),
    ...callPromises<CrashServerClient>({
      service: 'crashServer',
      lab,
      prepare: async (started) => {
        await started.crashServer.stageSymbols({ build });
      },
      calls: [
        { method: 'checkHealth', isRead: true, call: (server, _, options) => server.checkHealth(options) },
        {
          method: 'stageSymbols',
          isRead: false,
          call: (server, _, options) => server.stageSymbols({ build }, options),
        },
        {
          method: 'symbolicate',
          isRead: true,
          call: (server, _, options) => server.symbolicate({ build, dump, filename }, options),
        },
      ],
    }),
  ]);
}

const withoutSymbols = 'x86-mario-release/R18-1660.0.0';

function lab(): LabBuilder {
  return embeddedLab().build(build).build(withoutSymbols, { symbols: false });
}

/** Its bytes are text in no encoding. */
const stack = { process: 'chrome', functions: ['Größe::messen', 'browser::Tab::Close', 'main'] };
const dump = writeMinidump(stack, 0);
const filename = 'chrome.20260105.090000.17.dmp';

const crashServerPromises: readonly PortPromise<CrashServerClient>[] = [
  {
    name: 'checkHealth: what the server says of itself',
    lab,
    check: async (server) => {
      const { freeDiskGb, cpuPercent, diskBytesPerSecond, networkBytesPerSecond } = await server.checkHealth();
      assert.deepEqual(
        { freeDiskGb, cpuPercent, diskBytesPerSecond, networkBytesPerSecond },
        { freeDiskGb: 78, cpuPercent: 12.5, diskBytesPerSecond: 8192.5, networkBytesPerSecond: 1024.5 },
        'checkHealth should give the free disk, and what CPU, disk and network have to do',
      );
    },
  },
  {
    name: 'stageSymbols: waits until the symbols are there',
    lab: () => embeddedLab().build(build, { stagingMs: 600_000 }),
    check: async (server, { clock }) => {
      const startedMs = clock.now();
      await server.stageSymbols({ build });
      const tookMs = clock.now() - startedMs;
      assert.ok(tookMs >= 600_000, `stageSymbols should wait for the symbols, which takes 600,000 ms, not ${tookMs}`);
    },
  },
  {
    name: 'stageSymbols: a build without symbols is a StagingError',
    lab,
    check: async (server) => {
      const call = server.stageSymbols({ build: withoutSymbols });
      const error = await errorOf(call, StagingError, 'stageSymbols should reject for a build without symbols');
      assert.equal(error.build, withoutSymbols, 'a StagingError should say of which build');
    },
  },
  {
    name: 'stageSymbols: the end of the deadline is a StagingError',
    lab: () => embeddedLab().build(build, { stagingMs: 3_600_000 }),
    check: async (server) => {
      const call = server.stageSymbols({ build }, { deadlineMs: 60_000 });
      await errorOf(call, StagingError, 'stageSymbols should reject when its deadline passes');
    },
  },
  {
    name: 'symbolicate: the stack trace of a dump, which arrives byte for byte',
    lab,
    check: async (server) => {
      const text = await server.symbolicate({ build, dump, filename });
      for (const name of stack.functions) {
        assert.ok(text.includes(`chrome!${name} `), `symbolicate should give the stack with ${name} in it:\n${text}`);
      }
      assert.ok(text.startsWith('Operating system: '), 'symbolicate should give the stack as the server prints it');
    },
  },
  {
    name: 'symbolicate: a dump that is a part of a larger buffer',
    lab,
    check: async (server) => {
      const larger = new Uint8Array(dump.length + 200).fill(0x2d);
      larger.set(dump, 100);
      const part = larger.subarray(100, 100 + dump.length);
      const text = await server.symbolicate({ build, dump: part, filename });
      assert.ok(text.includes('chrome!main '), 'symbolicate should send the part of the buffer that the dump is');
    },
  },
  {
    name: 'symbolicate: any file name will do',
    lab,
    check: async (server) => {
      for (const odd of ['', 'a/b/c.dmp', 'a"b\\c.dmp', 'a\r\nb: c\r\n\r\n.dmp', 'Größe.dmp', 'x'.repeat(1_000)]) {
        const text = await server.symbolicate({ build, dump, filename: odd });
        assert.ok(text.includes('chrome!main '), `symbolicate should take a dump of the name ${JSON.stringify(odd)}`);
      }
    },
  },
  {
    name: 'symbolicate: a dump that the server cannot read is a SymbolicationError',
    lab,
    check: async (server) => {
      for (const unreadable of [writeBrokenDump(stack, 0), new Uint8Array()]) {
        const call = server.symbolicate({ build, dump: unreadable, filename });
        const error = await errorOf(call, SymbolicationError, 'symbolicate should reject for a dump without a form');
        assert.equal(error.build, build, 'a SymbolicationError should say of which build');
      }
    },
  },
  {
    name: 'symbolicate: a build without symbols is an error, never a stack',
    lab,
    check: async (server) => {
      const call = server.symbolicate({ build: withoutSymbols, dump, filename });
      await errorOf(call, Error, 'symbolicate should reject for a build without symbols');
    },
  },
];
