/** A suite of the example tree: the control file in `test_suites` that runs it. */
export interface SuiteRow {
  readonly name: string;
  readonly time: string;
  readonly doc: readonly string[];
  /** What it passes on besides its name: argument → Python expression. */
  readonly args?: Readonly<Record<string, string>>;
}

export const suites: readonly SuiteRow[] = [
  {
    name: 'bvt',
    time: 'LONG',
    doc: [
      'Build verification: what every build must pass before anybody looks at it.',
      'Runs on each new build, on every board. Keep it small, and keep it green.',
    ],
    args: { check_hosts: 'True', add_experimental: 'True', job_retry: 'True', max_retries: '10' },
  },
  {
    name: 'smoke',
    time: 'MEDIUM',
    doc: ['Does it start, can one log in, does it come back: a quarter of an hour for a first impression.'],
    args: { add_experimental: 'False', max_runtime_mins: '15', timeout_mins: '90' },
  },
  {
    name: 'power_daily',
    time: 'LENGTHY',
    doc: ['What the battery says, once a day. The hosts need a battery, and most tests a servo.'],
    args: { pool: "'power'", job_retry: 'True' },
  },
  {
    name: 'storage_weekly',
    time: 'LENGTHY',
    doc: ['Tests that wear out disks. Once a week, and never on hosts that others wait for.'],
    args: { pool: "'storage'", timeout_mins: '2880', max_runtime_mins: '2880' },
  },
  {
    name: 'network',
    time: 'LONG',
    doc: ['Wired, wireless and cellular. Some tests take two, three or four hosts at once.'],
    args: { job_retry: 'True', max_retries: '5' },
  },
  {
    name: 'graphics',
    time: 'LONG',
    doc: ['Everything that ends up on a screen.'],
  },
  {
    name: 'audio',
    time: 'MEDIUM',
    doc: ['Everything that ends up in a speaker. Half of it needs a loopback dongle.'],
    args: { suite_dependencies: "['audio_board']" },
  },
  {
    name: 'regression',
    time: 'LENGTHY',
    doc: ['What broke once and must not break again. Nightly, on the newest build of each branch.'],
    args: { offload_failures_only: 'True', priority: "'Daily'" },
  },
  {
    name: 'perf',
    time: 'LONG',
    doc: [
      'Measurements. They go to a chart and fail only when there is nothing to measure.',
      'The hosts of the pool are all alike, and nothing else runs on them.',
    ],
    args: { pool: "'perf'", add_experimental: 'False' },
  },
  {
    name: 'kernel',
    time: 'LONG',
    doc: ['For those who change the kernel. The source of the tests may be another build than the one under test.'],
    args: { test_source_build: "args_dict.get('test_source_build')" },
  },
  {
    name: 'firmware',
    time: 'LENGTHY',
    doc: ['Writes firmware. Every host needs a servo that can bring it back.'],
    args: { suite_dependencies: "['servo']", firmware_reimage: 'False', run_prod_code: 'False' },
  },
];
