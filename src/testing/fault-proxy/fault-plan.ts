import { stableHash } from '../lab/stable-hash.js';
import { proxyFaultKinds, type ProxyFault, type ProxyFaultKind } from './proxy-fault.js';

/** What happens to one request. */
export interface ProxyHit {
  readonly kind: ProxyFaultKind;
  readonly delayMs: number | undefined;
}

/** Decides which requests are hit by which fault, and counts. */
export class FaultPlan {
  readonly #seed: number;
  #rules: Rule[] = [];
  #added = 0;
  readonly #hits = new Map<ProxyFaultKind, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Throws a `TypeError` that names the member that makes no sense. */
  add(fault: ProxyFault): void {
    checkFault(fault);
    const kinds = typeof fault.kind === 'string' ? [fault.kind] : [...fault.kind];
    const first = fault.at ?? 1;
    const count = fault.count ?? (fault.probability === undefined ? 1 : Infinity);
    this.#added += 1;
    this.#rules.push({ fault, kinds, first, last: first + count - 1, number: this.#added, seen: 0 });
  }

  clear(): void {
    this.#rules = [];
  }

  /** How often each kind has hit. */
  hits(): Readonly<Record<ProxyFaultKind, number>> {
    const count = (kind: ProxyFaultKind) => [kind, this.#hits.get(kind) ?? 0] as const;
    return Object.fromEntries(proxyFaultKinds.map(count)) as Record<ProxyFaultKind, number>;
  }

  /** Counts a request and says what happens to it; of several faults that hit, the one that was added first. */
  next(request: { readonly path: string; readonly method: string | undefined }): ProxyHit | undefined {
    let hit: ProxyHit | undefined;
    for (const rule of this.#rules) {
      const { fault, kinds, first, last } = rule;
      if (fault.method !== undefined && fault.method !== request.method) continue;
      if (fault.path !== undefined && !request.path.startsWith(fault.path)) continue;
      rule.seen += 1;
      if (rule.seen < first || rule.seen > last || hit !== undefined) continue;
      if (this.#draw(rule, 'whether') >= (fault.probability ?? 1)) continue;
      const kind = kinds[Math.floor(this.#draw(rule, 'which') * kinds.length)];
      if (kind !== undefined) hit = { kind, delayMs: fault.delayMs };
    }
    if (hit !== undefined) this.#hits.set(hit.kind, (this.#hits.get(hit.kind) ?? 0) + 1);
    return hit;
  }

  /** A number from 0 up to 1. What varies stands in front, where the hash has time to mix it. */
  #draw(rule: Rule, what: string): number {
    return stableHash(`${rule.seen}/${rule.number}/${this.#seed}/${what}`) / 2 ** 32;
  }
}

interface Rule {
  readonly fault: ProxyFault;
  readonly kinds: readonly ProxyFaultKind[];
  readonly first: number;
  readonly last: number;
  readonly number: number;
  seen: number;
}

function checkFault({ kind, at, count, probability, delayMs }: ProxyFault): void {
  const kinds: readonly string[] = typeof kind === 'string' ? [kind] : kind;
  if (kinds.length === 0) throw new TypeError('kind: names none');
  for (const name of kinds) {
    if (!proxyFaultKinds.some((known) => known === name)) throw new TypeError(`kind: there is no ${name}`);
  }
  checkNumber('at', at, 1, Number.MAX_SAFE_INTEGER);
  checkNumber('count', count, 1, Infinity);
  checkNumber('probability', probability, 0, 1);
  checkNumber('delayMs', delayMs, 0, 2 ** 31 - 1);
}

function checkNumber(member: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (value >= min && value <= max)) return;
  throw new TypeError(`${member}: must be a number from ${min} to ${max}, not ${value}`);
}
