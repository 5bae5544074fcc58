import type { Lookups } from '../rpc-arguments.js';

/**
 * TKO's methods with their keyword arguments, for {@link HttpTkoClient.call}: those that the typed methods of the
 * client do not cover, and those that they do, in the service's own words.
 *
 * A site with methods of its own adds them:
 *
 * ```ts
 * declare module 'dynamic-suite' {
 *   interface TkoMethods {
 *     get_plot_data: { plot: string };
 *   }
 * }
 * ```
 */
export interface TkoMethods {
  readonly get_test_views: Lookups;
  readonly get_num_test_views: Lookups;
  readonly get_group_counts: {
    readonly group_by: readonly string[];
    readonly header_groups?: readonly (readonly string[])[] | null | undefined;
    readonly fixed_headers?: Readonly<Record<string, unknown>> | null | undefined;
    readonly extra_select_fields?: readonly string[] | null | undefined;
  } & Lookups;
  readonly get_num_groups: { readonly group_by: readonly string[] } & Lookups;
  readonly get_status_counts: {
    readonly group_by: readonly string[];
    readonly header_groups?: readonly (readonly string[])[] | null | undefined;
    readonly fixed_headers?: Readonly<Record<string, unknown>> | null | undefined;
  } & Lookups;
  readonly get_latest_tests: {
    readonly group_by: readonly string[];
    readonly header_groups?: readonly (readonly string[])[] | null | undefined;
    readonly fixed_headers?: Readonly<Record<string, unknown>> | null | undefined;
    readonly extra_info?: readonly string[] | undefined;
  } & Lookups;
  readonly get_job_ids: Lookups;
  readonly get_detailed_test_views: Lookups;
  readonly get_tests_summary: { readonly job_names: readonly string[] | string };
  readonly get_tests_summary_with_wildcards: { readonly job_names: readonly string[] | string };
  readonly get_hosts_and_tests: Readonly<Record<string, never>>;
  readonly get_embedding_id: { readonly url_token: string; readonly graph_type: string; readonly params: unknown };
  readonly get_embedded_query_url_token: { readonly id: number | string };
  readonly add_test_label: { readonly name: string; readonly description?: string | null | undefined };
  readonly modify_test_label: { readonly label_id: number | string } & Lookups;
  readonly delete_test_label: { readonly label_id: number | string };
  readonly get_test_labels: Lookups;
  readonly get_test_labels_for_tests: Lookups;
  readonly test_label_add_tests: { readonly label_id: number | string } & Lookups;
  readonly test_label_remove_tests: { readonly label_id: number | string } & Lookups;
  readonly set_test_attribute: {
    readonly attribute: string;
    readonly value: string | number | boolean | null;
  } & Lookups;
  readonly get_saved_queries: Lookups;
  readonly add_saved_query: { readonly name: string; readonly url_token: string };
  readonly delete_saved_queries: { readonly id_list: readonly number[] };
  readonly get_motd: Readonly<Record<string, never>>;
  readonly get_static_data: Readonly<Record<string, never>>;
}
