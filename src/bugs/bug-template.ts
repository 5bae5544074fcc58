import { cleanLine, cleanText } from './clean-text.js';

/**
 * What to write into a report of a failure, besides the facts: a suite has one, and a test may have its own in its
 * control file, `BUG_TEMPLATE`.
 */
export interface BugTemplate {
  /** The e-mail address of who is to look after it. */
  readonly owner?: string | undefined;
  /** E-mail addresses of who else is told. */
  readonly cc?: readonly string[] | undefined;
  /** Labels of the bug. */
  readonly labels?: readonly string[] | undefined;
  /** The status of a new bug, e.g. `Unconfirmed`. */
  readonly status?: string | undefined;
  /** Stands for the title that names suite, test and build. */
  readonly title?: string | undefined;
  /** Stands before the facts. May have several lines. */
  readonly summary?: string | undefined;
}

/** A template that was checked: `problem` says in one line why one that breaks the rules counts as empty. */
export interface CheckedBugTemplate {
  readonly template: BugTemplate;
  readonly problem: string | null;
}

/**
 * Checks a template: only the keys that there are, text or lists of text of bounded size, and e-mail addresses that are
 * some. Empty values are left out. One that breaks the rules counts as empty.
 *
 * @param given - what a control file or a caller gives; undefined and null are an empty template
 */
export function checkBugTemplate(given: unknown): CheckedBugTemplate {
  if (given === undefined || given === null) return { template: {}, problem: null };
  const problem = problemOfTemplate(given);
  if (problem !== null) return { template: {}, problem };
  // The check above has seen that it is an object of text and lists of text.
  const { owner, cc, labels, status, title, summary } = given as BugTemplate;
  const template: BugTemplate = {
    ...text('owner', owner?.trim()),
    ...list('cc', cc, (address) => address.trim()),
    ...list('labels', labels, (label) => cleanLine(label, maxLineLength)),
    ...text('status', status && cleanLine(status, maxLineLength)),
    ...text('title', title && cleanLine(title, maxLineLength)),
    ...text('summary', summary && cleanText(summary, maxSummaryLength).trim()),
  };
  return { template, problem: null };
}

/**
 * The template of a test over that of its suite: `cc` and `labels` are those of both, the test's first, none of them
 * twice; of the rest the test's counts where it has one. Neither is changed.
 */
export function mergeBugTemplates(ofTest: BugTemplate, ofSuite: BugTemplate): BugTemplate {
  return {
    ...text('owner', ofTest.owner || ofSuite.owner),
    ...list('cc', [...(ofTest.cc ?? []), ...(ofSuite.cc ?? [])]),
    ...list('labels', [...(ofTest.labels ?? []), ...(ofSuite.labels ?? [])]),
    ...text('status', ofTest.status || ofSuite.status),
    ...text('title', ofTest.title || ofSuite.title),
    ...text('summary', ofTest.summary || ofSuite.summary),
  };
}

const kinds: Readonly<Record<keyof BugTemplate, 'text' | 'list'>> = {
  owner: 'text',
  cc: 'list',
  labels: 'list',
  status: 'text',
  title: 'text',
  summary: 'text',
};

const maxItems = 100;
const maxLineLength = 200;
const maxSummaryLength = 10_000;

function problemOfTemplate(given: unknown): string | null {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'it is not a dict';
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    if (!Object.hasOwn(kinds, key)) {
      return `it has the key ${JSON.stringify(cleanLine(key, 60))}; there are ${Object.keys(kinds).join(', ')}`;
    }
    const problem = problemOfValue(key as keyof BugTemplate, value);
    if (problem !== null) return problem;
  }
  return null;
}

function problemOfValue(key: keyof BugTemplate, value: unknown): string | null {
  if (value === undefined) return null;
  if (kinds[key] === 'text') {
    if (typeof value !== 'string') return `its ${key} is not a text`;
    const maxLength = key === 'summary' ? maxSummaryLength : maxLineLength;
    if (value.length > maxLength) return `its ${key} is longer than ${String(maxLength)} characters`;
  } else {
    if (!Array.isArray(value)) return `its ${key} is not a list`;
    if (value.length > maxItems) return `its ${key} has more than ${String(maxItems)} items`;
    if (value.some((item) => typeof item !== 'string')) return `its ${key} holds something that is not a text`;
  }
  if (key !== 'owner' && key !== 'cc') return null;
  const addresses = (Array.isArray(value) ? value : [value]) as readonly string[];
  const bad = addresses.map((address) => address.trim()).find((address) => address !== '' && !isEmailAddress(address));
  return bad === undefined
    ? null
    : `its ${key} holds ${JSON.stringify(cleanLine(bad, 60))}, which is no e-mail address`;
}

/**
 * A plain address, `someone@host`: what needs quotes, comments or other alphabets is refused, so that an address can
 * stand in a header or a command of SMTP as it is.
 */
function isEmailAddress(text: string): boolean {
  const wellFormed = /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/.test(text);
  return wellFormed && !/\.\.|^\.|\.@/.test(text);
}

type TextKey = 'owner' | 'status' | 'title' | 'summary';

function text(key: TextKey, value: string | undefined): BugTemplate {
  return value === undefined || value === '' ? {} : { [key]: value };
}

function list(
  key: 'cc' | 'labels',
  items: readonly string[] | undefined,
  clean: (item: string) => string = (item) => item,
): BugTemplate {
  const kept = new Set((items ?? []).map(clean).filter((item) => item !== ''));
  return kept.size === 0 ? {} : { [key]: [...kept] };
}
