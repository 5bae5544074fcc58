/**
 * Conditions in the words of the services' ORM: a field, or a field with a lookup, e.g. `{ name__startswith: 'board:' }`;
 * and `query_start`, `query_limit`, `sort_by`. All must hold. Or further fields of a record, to set.
 */
export type Lookups = Readonly<Record<string, unknown>>;

/** A method that nobody has listed. Written so that editors still offer those that are. */
export type AnyMethod = string & Record<never, never>;

/**
 * What a method is called with: its keyword arguments, which may be left out when none of them is required, and how to
 * call it. A method that is not listed takes any arguments.
 */
export type CallParameters<Methods, Method, Options> = Method extends keyof Methods
  ? Methods[Method] extends Readonly<Record<string, never>>
    ? [args?: Methods[Method], options?: Options]
    : Partial<Methods[Method]> extends Methods[Method]
      ? [args?: Methods[Method], options?: Options]
      : [args: Methods[Method], options?: Options]
  : [args?: Readonly<Record<string, unknown>>, options?: Options];
