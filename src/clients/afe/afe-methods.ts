import type { Lookups } from '../rpc-arguments.js';

/**
 * The AFE's methods with their keyword arguments, for {@link HttpAfeClient.call}: those that the typed methods of the
 * client do not cover, and those that they do, in the service's own words.
 *
 * A site with methods of its own adds them:
 *
 * ```ts
 * declare module 'dynamic-suite' {
 *   interface AfeMethods {
 *     get_rack_map: { rack: string };
 *   }
 * }
 * ```
 */
export interface AfeMethods {
  readonly modify_label: { readonly id: number | string } & Lookups;
  readonly delete_label: { readonly id: number | string };
  readonly add_label: { readonly name: string; readonly ignore_exception_if_exists?: boolean | undefined } & Lookups;
  readonly add_label_to_hosts: { readonly id: number | string; readonly hosts: readonly (number | string)[] };
  readonly label_add_hosts: { readonly id: number | string; readonly hosts: readonly (number | string)[] };
  readonly remove_label_from_hosts: { readonly id: number | string; readonly hosts: readonly (number | string)[] };
  readonly label_remove_hosts: { readonly id: number | string; readonly hosts: readonly (number | string)[] };
  readonly get_labels: { readonly exclude_filters?: readonly Lookups[] | undefined } & Lookups;
  readonly add_atomic_group: {
    readonly name: string;
    readonly max_number_of_machines?: number | null | undefined;
    readonly description?: string | null | undefined;
  };
  readonly modify_atomic_group: { readonly id: number | string } & Lookups;
  readonly delete_atomic_group: { readonly id: number | string };
  readonly atomic_group_add_labels: { readonly id: number | string; readonly labels: readonly (number | string)[] };
  readonly atomic_group_remove_labels: { readonly id: number | string; readonly labels: readonly (number | string)[] };
  readonly get_atomic_groups: Lookups;
  readonly add_host: {
    readonly hostname: string;
    readonly status?: string | null | undefined;
    readonly locked?: boolean | null | undefined;
    readonly lock_reason?: string | undefined;
    readonly protection?: string | null | undefined;
  };
  readonly modify_host: { readonly id: number | string } & Lookups;
  readonly modify_hosts: {
    readonly host_filter_data: Lookups;
    readonly update_data: Readonly<Record<string, unknown>>;
  };
  readonly add_labels_to_host: { readonly id: number | string; readonly labels: readonly (number | string)[] };
  readonly host_add_labels: { readonly id: number | string; readonly labels: readonly (number | string)[] };
  readonly remove_labels_from_host: { readonly id: number | string; readonly labels: readonly (number | string)[] };
  readonly host_remove_labels: { readonly id: number | string; readonly labels: readonly (number | string)[] };
  readonly get_host_attribute: { readonly attribute: string } & Lookups;
  readonly set_host_attribute: {
    readonly attribute: string;
    readonly value: string | number | boolean | null;
  } & Lookups;
  readonly delete_host: { readonly id: number | string };
  readonly get_hosts: {
    readonly multiple_labels?: readonly (number | string)[] | undefined;
    readonly exclude_only_if_needed_labels?: boolean | undefined;
    readonly exclude_atomic_group_hosts?: boolean | undefined;
    readonly valid_only?: boolean | undefined;
    readonly include_current_job?: boolean | undefined;
  } & Lookups;
  readonly get_num_hosts: {
    readonly multiple_labels?: readonly (number | string)[] | undefined;
    readonly exclude_only_if_needed_labels?: boolean | undefined;
    readonly exclude_atomic_group_hosts?: boolean | undefined;
    readonly valid_only?: boolean | undefined;
  } & Lookups;
  readonly add_test: {
    readonly name: string;
    readonly test_type: string;
    readonly path: string;
    readonly author?: string | null | undefined;
    readonly dependencies?: readonly string[] | null | undefined;
    readonly experimental?: boolean | undefined;
    readonly run_verify?: boolean | null | undefined;
    readonly test_class?: string | null | undefined;
    readonly test_time?: string | null | undefined;
    readonly test_category?: string | null | undefined;
    readonly description?: string | null | undefined;
    readonly sync_count?: number | undefined;
  };
  readonly modify_test: { readonly id: number | string } & Lookups;
  readonly delete_test: { readonly id: number | string };
  readonly get_tests: Lookups;
  readonly get_tests_status_counts_by_job_name_label: { readonly job_name_prefix: string; readonly label_name: string };
  readonly add_profiler: { readonly name: string; readonly description?: string | null | undefined };
  readonly modify_profiler: { readonly id: number | string } & Lookups;
  readonly delete_profiler: { readonly id: number | string };
  readonly get_profilers: Lookups;
  readonly add_user: { readonly login: string; readonly access_level?: number | null | undefined };
  readonly modify_user: { readonly id: number | string } & Lookups;
  readonly delete_user: { readonly id: number | string };
  readonly get_users: Lookups;
  readonly add_acl_group: { readonly name: string; readonly description?: string | null | undefined };
  readonly modify_acl_group: { readonly id: number | string } & Lookups;
  readonly acl_group_add_users: { readonly id: number | string; readonly users: readonly (number | string)[] };
  readonly acl_group_remove_users: { readonly id: number | string; readonly users: readonly (number | string)[] };
  readonly acl_group_add_hosts: { readonly id: number | string; readonly hosts: readonly (number | string)[] };
  readonly acl_group_remove_hosts: { readonly id: number | string; readonly hosts: readonly (number | string)[] };
  readonly delete_acl_group: { readonly id: number | string };
  readonly get_acl_groups: Lookups;
  readonly create_job: {
    readonly name: string;
    readonly priority: number | string;
    readonly control_file: string;
    readonly control_type: string;
    readonly hosts?: readonly string[] | undefined;
    readonly meta_hosts?: readonly string[] | undefined;
    readonly one_time_hosts?: readonly string[] | undefined;
    readonly atomic_group_name?: string | null | undefined;
    readonly synch_count?: number | null | undefined;
    readonly is_template?: boolean | undefined;
    readonly timeout?: number | null | undefined;
    readonly timeout_mins?: number | null | undefined;
    readonly max_runtime_mins?: number | null | undefined;
    readonly run_verify?: boolean | null | undefined;
    readonly email_list?: string | undefined;
    readonly dependencies?: readonly string[] | undefined;
    readonly reboot_before?: string | number | null | undefined;
    readonly reboot_after?: string | number | null | undefined;
    readonly parse_failed_repair?: boolean | null | undefined;
    readonly hostless?: boolean | undefined;
    readonly keyvals?: Readonly<Record<string, unknown>> | null | undefined;
    readonly drone_set?: string | null | undefined;
    readonly image?: string | null | undefined;
    readonly parent_job_id?: number | null | undefined;
    readonly test_retry?: number | undefined;
    readonly run_reset?: boolean | undefined;
    readonly require_ssp?: boolean | null | undefined;
    readonly args?: readonly string[] | undefined;
  } & Lookups;
  readonly abort_host_queue_entries: Lookups;
  readonly abort_special_tasks: Lookups;
  readonly reverify_hosts: Lookups;
  readonly repair_hosts: Lookups;
  readonly get_jobs: {
    readonly not_yet_run?: boolean | undefined;
    readonly running?: boolean | undefined;
    readonly finished?: boolean | undefined;
    readonly suite?: boolean | undefined;
    readonly sub?: boolean | undefined;
    readonly standalone?: boolean | undefined;
  } & Lookups;
  readonly get_num_jobs: {
    readonly not_yet_run?: boolean | undefined;
    readonly running?: boolean | undefined;
    readonly finished?: boolean | undefined;
    readonly suite?: boolean | undefined;
    readonly sub?: boolean | undefined;
    readonly standalone?: boolean | undefined;
  } & Lookups;
  readonly get_jobs_summary: Lookups;
  readonly get_info_for_clone: {
    readonly id: number | string;
    readonly preserve_metahosts: boolean;
    readonly queue_entry_filter_data?: Lookups | null | undefined;
  };
  readonly get_host_queue_entries: {
    readonly start_time?: string | null | undefined;
    readonly end_time?: string | null | undefined;
  } & Lookups;
  readonly get_num_host_queue_entries: {
    readonly start_time?: string | null | undefined;
    readonly end_time?: string | null | undefined;
  } & Lookups;
  readonly get_hqe_percentage_complete: Lookups;
  readonly get_special_tasks: Lookups;
  readonly get_host_special_tasks: { readonly host_id: number | string } & Lookups;
  readonly get_num_special_tasks: Lookups;
  readonly get_host_num_special_tasks: { readonly host: number | string } & Lookups;
  readonly get_status_task: { readonly host_id: number | string; readonly end_time: string | null };
  readonly get_host_status_task: { readonly host_id: number | string; readonly end_time: string | null };
  readonly get_host_diagnosis_interval: {
    readonly host_id: number | string;
    readonly end_time: string | null;
    readonly success: boolean;
  };
  readonly get_host_queue_entries_and_special_tasks: {
    readonly host: number | string;
    readonly query_start?: number | null | undefined;
    readonly query_limit?: number | null | undefined;
    readonly start_time?: string | null | undefined;
    readonly end_time?: string | null | undefined;
  };
  readonly get_num_host_queue_entries_and_special_tasks: {
    readonly host: number | string;
    readonly start_time?: string | null | undefined;
    readonly end_time?: string | null | undefined;
  };
  readonly get_recurring: Lookups;
  readonly get_num_recurring: Lookups;
  readonly delete_recurring_runs: Lookups;
  readonly create_recurring_run: {
    readonly job_id: number;
    readonly start_date: string;
    readonly loop_period: number;
    readonly loop_count: number;
  };
  readonly echo: { readonly data?: unknown };
  readonly get_motd: Readonly<Record<string, never>>;
  readonly get_static_data: Readonly<Record<string, never>>;
  readonly get_server_time: Readonly<Record<string, never>>;
  readonly create_suite_job: {
    readonly name?: string | undefined;
    readonly board?: string | undefined;
    readonly build?: string | undefined;
    readonly pool?: string | undefined;
    readonly control_file?: string | undefined;
    readonly check_hosts?: boolean | undefined;
    readonly num?: number | null | undefined;
    readonly file_bugs?: boolean | undefined;
    readonly timeout?: number | null | undefined;
    readonly timeout_mins?: number | null | undefined;
    readonly priority?: number | string | undefined;
    readonly suite_args?: string | null | undefined;
    readonly wait_for_results?: boolean | undefined;
    readonly job_retry?: boolean | undefined;
    readonly max_retries?: number | null | undefined;
    readonly max_runtime_mins?: number | null | undefined;
    readonly suite_min_duts?: number | undefined;
    readonly offload_failures_only?: boolean | undefined;
    readonly builds?: Readonly<Record<string, string>> | undefined;
    readonly test_source_build?: string | null | undefined;
    readonly run_prod_code?: boolean | undefined;
  } & Lookups;
  readonly get_job_history: Lookups;
  readonly get_host_history: {
    readonly start_time: string | null;
    readonly end_time: string | null;
    readonly hosts?: readonly string[] | null | undefined;
    readonly board?: string | null | undefined;
    readonly pool?: string | null | undefined;
  };
  readonly get_shards: Lookups;
  readonly add_shard: { readonly hostname: string; readonly labels: string };
  readonly delete_shard: { readonly hostname: string };
  readonly get_servers: {
    readonly hostname?: string | null | undefined;
    readonly role?: string | null | undefined;
    readonly status?: string | null | undefined;
  };
  readonly get_stable_version: { readonly board?: string | undefined };
  readonly get_all_stable_versions: Readonly<Record<string, never>>;
  readonly set_stable_version: { readonly version: string; readonly board?: string | undefined };
  readonly delete_stable_version: { readonly board: string };
  readonly get_tests_by_build: { readonly build: string };
}
