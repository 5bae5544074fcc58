/**
 * Throws a `TypeError` for a call that acts on everything that matches its conditions and has none: every job of the
 * lab would be aborted, every host repaired. What is undefined is not sent, and so is no condition.
 */
export function refuseUnfiltered(method: string, args: Readonly<Record<string, unknown>>): void {
  const others = actingOnAll.get(method);
  if (others === undefined) return;
  const conditions = method === 'modify_hosts' ? asObject(args['host_filter_data']) : args;
  const filters = Object.entries(conditions).some(
    ([name, value]) => value !== undefined && !others.includes(name) && !presentation.includes(name),
  );
  if (!filters) throw new TypeError(`${method}: must have a filter, without one it would act on everything in the lab`);
}

/** Methods that act on what matches a filter, with their arguments that are no conditions. */
const actingOnAll: ReadonlyMap<string, readonly string[]> = new Map([
  ['abort_host_queue_entries', []],
  ['abort_special_tasks', []],
  ['reverify_hosts', []],
  ['repair_hosts', []],
  ['modify_hosts', []],
  ['delete_recurring_runs', []],
  ['set_host_attribute', ['attribute', 'value']],
  ['set_test_attribute', ['attribute', 'value']],
  ['test_label_add_tests', ['label_id']],
  ['test_label_remove_tests', ['label_id']],
]);

/** Which part of what matches is meant; not what matches. */
const presentation = ['query_start', 'query_limit', 'sort_by'];

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
