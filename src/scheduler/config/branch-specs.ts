import { excerpt } from '../../transport/excerpt.js';
import { SchedulerConfigError } from './scheduler-config-error.js';

/** What a build is of: a milestone, or one of the two branches that have none. */
export type Branch = number | 'factory' | 'firmware';

/**
 * Whether a branch is one of those that a task names. `top-of-tree-unknown`: it may be, but what the task says of `tot`
 * cannot be decided.
 */
export type BranchFit = 'fits' | 'other-branch' | 'top-of-tree-unknown';

/**
 * Whether the builds of a branch are tested by a task with these `branchSpecs`: `factory` and `firmware` only when named;
 * a milestone when it satisfies every constraint (C5), compared as a number. With nothing but `factory` and `firmware`
 * named no milestone fits, and with nothing at all every one.
 *
 * @param build - `topOfTree`: the milestone that `tot` stands for, e.g. 50; null where it is not known
 * @throws SchedulerConfigError for a spec that is none
 */
export function fitsBranch(
  branchSpecs: readonly string[],
  build: { readonly branch: Branch; readonly topOfTree: number | null },
): BranchFit {
  return compileBranchSpecs(branchSpecs, build.topOfTree)(build.branch);
}

/** {@link fitsBranch} of many branches: the specs are read once. */
export function compileBranchSpecs(
  branchSpecs: readonly string[],
  topOfTree: number | null,
): (branch: Branch) => BranchFit {
  const specs = branchSpecs.map(mustBeSpec);
  const named = new Set<Branch>(specs.flatMap((spec) => (spec.kind === 'branch' ? [spec.branch] : [])));
  const constraints = specs.flatMap((spec) => (spec.kind === 'constraint' ? [spec] : []));
  const takesMilestones = specs.length === 0 || constraints.length > 0;
  const bounds = boundsOf(
    constraints.flatMap(({ operator, milestone }) => {
      const number = milestoneNumber(milestone, topOfTree);
      return number === null ? [] : [{ operator, number }];
    }),
  );
  const isUndecided = topOfTree === null && constraints.some(({ milestone }) => milestone.isBelowTop);
  return (branch) => {
    if (typeof branch !== 'number') return named.has(branch) ? 'fits' : 'other-branch';
    if (!takesMilestones || branch < bounds.least || branch > bounds.most) return 'other-branch';
    return isUndecided ? 'top-of-tree-unknown' : 'fits';
  };
}

/**
 * The milestone that `tot`, `tot-2` or `R50` stands for; null where that is not known, or the text is none of these.
 *
 * @param topOfTree - the milestone that `tot` stands for; null where it is not known
 */
export function resolveMilestone(spec: string, topOfTree: number | null): number | null {
  const milestone = readMilestone(spec);
  return milestone === null ? null : milestoneNumber(milestone, topOfTree);
}

/** Whether a text is a milestone: `tot`, `tot-2`, `R50`. */
export function isMilestone(text: string): boolean {
  return readMilestone(text) !== null;
}

/** What is wrong with some specs: one that is none, or that no build can ever satisfy them; null: nothing. */
export function branchSpecsFault(branchSpecs: readonly string[]): string | null {
  const specs: BranchSpec[] = [];
  for (const text of branchSpecs) {
    const spec = readSpec(text);
    if (spec === null) return specFault(text);
    specs.push(spec);
  }
  if (specs.some(({ kind }) => kind === 'branch')) return null;
  const constraints = specs.flatMap((spec) => (spec.kind === 'constraint' ? [spec] : []));
  // What is below the top of the tree by a fixed number can be compared without knowing the top.
  const isImpossible = [true, false].some((isBelowTop) => {
    const alike = constraints.filter(({ milestone }) => milestone.isBelowTop === isBelowTop);
    const { least, most } = boundsOf(alike.map(({ operator, milestone }) => ({ operator, number: milestone.number })));
    return least > most;
  });
  return isImpossible ? `no milestone satisfies all of ${excerpt(branchSpecs.join(', '))}` : null;
}

type Operator = '>=' | '==' | '<=';

/** A milestone as a number, or, `isBelowTop`, what is to be added to the top of the tree: -2 for `tot-2`. */
interface Milestone {
  readonly number: number;
  readonly isBelowTop: boolean;
}

type BranchSpec =
  | { readonly kind: 'branch'; readonly branch: 'factory' | 'firmware' }
  | { readonly kind: 'constraint'; readonly operator: Operator; readonly milestone: Milestone };

function mustBeSpec(text: string): BranchSpec {
  const spec = readSpec(text);
  if (spec === null) throw new SchedulerConfigError(specFault(text), { field: 'branchSpecs' });
  return spec;
}

function readSpec(text: string): BranchSpec | null {
  if (text === 'factory' || text === 'firmware') return { kind: 'branch', branch: text };
  const operator = operatorOf(text);
  const milestone = operator === null ? null : readMilestone(text.slice(operator.length).trim());
  return operator === null || milestone === null ? null : { kind: 'constraint', operator, milestone };
}

function operatorOf(text: string): Operator | null {
  const start = text.slice(0, 2);
  return start === '>=' || start === '==' || start === '<=' ? start : null;
}

/** `R50` and `50`; `tot`, `tot-2` and `tot2` in any case. Nine digits are more than there will be milestones. */
function readMilestone(text: string): Milestone | null {
  if (text.length > maxMilestoneLength) return null;
  const [, digits] = /^R?(\d{1,9})$/.exec(text) ?? [];
  if (digits !== undefined) return { number: Number(digits), isBelowTop: false };
  const top = /^tot(?:-?(\d{1,9}))?$/i.exec(text);
  return top === null ? null : { number: 0 - Number(top[1] ?? 0), isBelowTop: true };
}

const maxMilestoneLength = 20;

function milestoneNumber({ number, isBelowTop }: Milestone, topOfTree: number | null): number | null {
  if (!isBelowTop) return number;
  return topOfTree === null ? null : topOfTree + number;
}

function boundsOf(constraints: readonly { readonly operator: Operator; readonly number: number }[]): {
  readonly least: number;
  readonly most: number;
} {
  const numbersOf = (other: Operator) =>
    constraints.filter(({ operator }) => operator !== other).map(({ number }) => number);
  return {
    least: numbersOf('<=').reduce((a, b) => Math.max(a, b), -Infinity),
    most: numbersOf('>=').reduce((a, b) => Math.min(a, b), Infinity),
  };
}

function specFault(text: string): string {
  const given = text.trim();
  const expected = `expected "factory", "firmware" or a constraint such as ">=R18", "==tot" or "<=tot-2"`;
  const meant = likelySpec(given);
  const hint = meant === null ? '' : `; did you mean "${meant}"?`;
  return `${expected}, found "${excerpt(given, 40)}"${hint}`;
}

/** What a spec that is none was most likely meant to be: the sign is missing or wrong, or letters are in the wrong case. */
function likelySpec(text: string): string | null {
  const [, signs = '', rest = ''] = /^([<>=]{0,2})(.*)$/s.exec(text.slice(0, maxMilestoneLength)) ?? [];
  const name = rest.trim().toLowerCase();
  if (signs === '' && (name === 'factory' || name === 'firmware')) return name;
  const milestone = name.replace(/^r+(?=\d)/, 'R');
  if (readMilestone(milestone) === null) return null;
  return `${likelyOperators[signs.slice(0, 1)] ?? '=='}${milestone}`;
}

const likelyOperators: Readonly<Record<string, Operator>> = { '>': '>=', '<': '<=', '=': '==' };
