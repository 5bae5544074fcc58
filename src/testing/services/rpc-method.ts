import type { JsonObject } from './json-values.js';
import { isObject } from './json-values.js';
import { pythonTypeName } from './python.js';
import { RpcError } from './rpc-error.js';

/** A remote method with the arguments of the Python function behind it. */
export interface RpcMethod {
  /** Arguments without a default. */
  readonly required?: readonly string[] | undefined;
  /** Arguments with a default. */
  readonly optional?: readonly string[] | undefined;
  /** Whether it takes any other keyword as well: most take the conditions of a filter so. */
  readonly takesOthers?: boolean | undefined;
  /** The result, or a promise of it. */
  run(args: BoundArguments, user: string): unknown;
}

export type RpcMethods = ReadonlyMap<string, RpcMethod>;

export interface BoundArguments {
  /** The named arguments that were given. */
  readonly named: JsonObject;
  /** All other keywords. */
  readonly others: JsonObject;
}

/** Binds a request's `params`, a list of positional arguments and a final object of keywords, as Python would. */
export function bindArguments(name: string, method: RpcMethod, params: unknown): BoundArguments {
  const { positional, keywords } = splitParams(name, params);
  const names = [...(method.required ?? []), ...(method.optional ?? [])];
  if (positional.length > names.length) throw tooMany(name, method, names.length, positional.length);
  const named = new Map(positional.map((value, index) => [names[index] ?? '', value]));
  const others = new Map<string, unknown>();
  for (const [keyword, value] of Object.entries(keywords)) {
    if (!names.includes(keyword)) {
      if (method.takesOthers !== true) {
        throw new RpcError('TypeError', `${name}() got an unexpected keyword argument '${keyword}'`);
      }
      others.set(keyword, value);
    } else if (named.has(keyword)) {
      throw new RpcError('TypeError', `${name}() got multiple values for keyword argument '${keyword}'`);
    } else {
      named.set(keyword, value);
    }
  }
  if ((method.required ?? []).some((required) => !named.has(required))) throw tooFew(name, method, named.size);
  return { named: Object.fromEntries(named), others: Object.fromEntries(others) };
}

function splitParams(
  name: string,
  params: unknown,
): { readonly positional: readonly unknown[]; readonly keywords: JsonObject } {
  const list = Array.isArray(params) ? params : isObject(params) ? Object.keys(params) : undefined;
  if (list === undefined) {
    const type = pythonTypeName(params);
    throw new RpcError('TypeError', `${name}() argument after * must be an iterable, not ${type}`);
  }
  if (list.length === 0) throw new RpcError('AssertionError', '');
  const keywords: unknown = list[list.length - 1];
  if (!isObject(keywords)) {
    const type = pythonTypeName(keywords);
    throw new RpcError('TypeError', `${name}() argument after ** must be a mapping, not ${type}`);
  }
  return { positional: list.slice(0, -1), keywords };
}

function tooMany(name: string, method: RpcMethod, allowed: number, given: number): RpcError {
  if (allowed === 0) return new RpcError('TypeError', `${name}() takes no arguments (${given} given)`);
  const bound = (method.optional ?? []).length > 0 ? 'at most' : 'exactly';
  return new RpcError('TypeError', `${name}() takes ${bound} ${plural(allowed)} (${given} given)`);
}

function tooFew(name: string, method: RpcMethod, given: number): RpcError {
  const needed = method.required?.length ?? 0;
  const bound = (method.optional ?? []).length > 0 ? 'at least' : 'exactly';
  return new RpcError('TypeError', `${name}() takes ${bound} ${plural(needed)} (${given} given)`);
}

function plural(count: number): string {
  return `${count} argument${count === 1 ? '' : 's'}`;
}
