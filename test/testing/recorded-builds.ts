import type { BuildOptions } from '../../src/testing/index.js';
import type { LabBuilder } from '../../src/testing/index.js';
import { recordings } from './recorded-lab.js';

/** In the order of the recorded map of suites. */
export const dummySuite = [
  'Pass/control.bluetooth',
  'Pass/control.actionable',
  'Fail/control',
  'Pass/control',
  'Pass/control.experimental',
].map((path) => `client/site_tests/dummy_${path}`);

const bvtSuite = answerOf('suite_name=bvt-cq').split('\n');

/** The control files of the recorded build, as far as recordings show them: thousands were listed only in part. */
export const recordedFiles: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...dummySuite, ...bvtSuite].map((path) => [path, `NAME = '${path}'\n`])),
  'client/site_tests/dummy_Pass/control': answerOf('static control'),
  'test_suites/control.dummy': fileOf(864),
  'test_suites/control.bvt-cq': fileOf(2311),
};

const controlFiles = {
  controlFiles: recordedFiles,
  suites: { 'bvt-cq': bvtSuite, dummy: dummySuite },
  stagingMs: 2000,
};

/** Describes the builds that the recorded dev server had in its image storage. */
export function recordedBuilds(builder: LabBuilder): LabBuilder {
  const missing = { missingArtifacts: ['test_suites', 'control_files'], stagingMs: 2000 };
  return builder
    .build('x86-mario-release/R19-1998.0.0', { ...controlFiles, latest: true })
    .build('x86-mario-release/R19-1999.0.0', controlFiles)
    .build('x86-mario-release/R9-500.0.0', controlFiles)
    .build('x86-mario-release/R19-2003.0.0-a1-b1514', controlFiles)
    .build('x86-mario-release/R20-2226.0.0', missing)
    .build('lumpy-release/R65-6583.0.0', { latest: 'with-newline' })
    .build('twofull-release/R19-1998.0.0', { stagingFails: 'Too many artifacts match *_full_*' })
    .build('badtar-release/R19-1998.0.0', { brokenArtifacts: brokenArchives() })
    .build('slow-release/R19-1998.0.0', { ...controlFiles, stagingMs: slowDownloads })
    .build('race-release/R1-1.0.0', lateFile);
}

/** Ready 0.2, 8.4, 14.9 and 22.9 s after a request for all of them, the last two together. */
const slowDownloads = {
  full_payload: 200,
  test_suites: 8_200,
  control_files: 6_500,
  stateful: 8_000,
  autotest_packages: 10,
};

const lateFile: BuildOptions = {
  storedFiles: { 'late.txt': 'at last\n' },
  stagingMs: 100,
  stagingFails: {
    message: 'Could not find late.txt in Google Storage at gs://chromeos-image-archive/race-release/R1-1.0.0',
    times: 1,
  },
};

function brokenArchives(): Readonly<Record<string, string>> {
  const root = '/srv/static/badtar-release/R19-1998.0.0';
  const problem = (archive: string, more: string) =>
    `An error occurred when attempting to untar ${root}/${archive}:\nCommand '['tar', 'xf', u'${root}/${archive}', ` +
    `'--directory', u'${root}', '--verbose'${more}]' returned non-zero exit status 2`;
  return {
    test_suites: problem('test_suites.tar.bz2', ", '--use-compress-prog=pbzip2'"),
    control_files: problem('control_files.tar', ''),
  };
}

function fileOf(bytes: number): string {
  return `# ${'x'.repeat(bytes - 3)}\n`;
}

function answerOf(name: string): string {
  return String(recordings('dev-server').find((recording) => recording.name === name)?.answer);
}
