import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { binaryFromText } from '../../src/control-files/byte-text.js';
import type { LenientControlData } from '../../src/control-files/control-data.js';

/** What the original system did with a text. */
export interface RecordedCase {
  readonly id: string;
  readonly text?: string;
  readonly base64?: string;
  /** The variables that it could read. */
  readonly read?: Readonly<Record<string, unknown>>;
  readonly strict: RecordedOutcome;
  readonly lenient?: RecordedOutcome;
}

type RecordedOutcome =
  | { readonly ok: true; readonly attributes: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly error: { readonly class: string; readonly message: string } };

export function recordedCases(): readonly RecordedCase[] {
  return fixture('recorded.jsonl')
    .trim()
    .split('\n')
    .map((line): RecordedCase => JSON.parse(line));
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/control-files/${name}`, import.meta.url), 'utf8');
}

export function sourceOf({ text, base64 }: RecordedCase): string | Uint8Array {
  return text ?? Buffer.from(base64 ?? '', 'base64');
}

/** A value of ours as the recording writes it: `$bytes` for what is not UTF-8. */
export function asRecorded(value: unknown): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map(asRecorded);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [bytesAsText(key), asRecorded(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Our result in the recording's form. The suite list stands for the suite text. */
export function attributesOf(data: LenientControlData): Readonly<Record<string, unknown>> {
  const doc = Buffer.from(binaryFromText(data.doc ?? ''), 'latin1');
  return {
    name: asRecorded(data.name),
    author: asRecorded(data.author),
    doc: asRecorded(data.doc),
    doc_len: doc.length,
    doc_sha1: createHash('sha1').update(doc).digest('hex'),
    time: data.time,
    test_type: data.testType,
    test_class: asRecorded(data.testClass),
    test_category: asRecorded(data.testCategory),
    dependencies: data.dependencies.map(bytesAsText).sort(),
    test_parameters: data.testParameters.map(bytesAsText).sort(),
    attributes: data.attributes.map(bytesAsText).sort(),
    suite: data.suites.map(bytesAsText),
    sync_count: data.syncCount,
    retries: data.retries,
    job_retries: data.jobRetries,
    run_verify: data.runVerify,
    require_ssp: data.requireSsp,
    experimental: data.experimental,
    bug_template: asRecorded(data.bugTemplate),
  };
}

function text(value: string): unknown {
  if (!/[\udc80-\udcff]/u.test(value)) return value;
  return { $bytes: Buffer.from(binaryFromText(value), 'latin1').toString('hex') };
}

/** Inside of sets the recording holds the JSON of `$bytes`. */
function bytesAsText(value: string): string {
  const recorded = text(value);
  return typeof recorded === 'string' ? recorded : JSON.stringify(recorded).replace(':', ': ');
}
