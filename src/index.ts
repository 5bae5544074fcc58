export { DynamicSuiteError, isDynamicSuiteError } from './errors.js';

// Running a suite
export { reimageAndRun } from './suite/reimage-and-run.js';
export { planSuite, type SuitePlan } from './suite/plan-suite.js';
export type { ReimageAndRunOptions } from './suite/run-options.js';
export type { InfraRetryOptions } from './suite/infra-retry-options.js';
export type { Lab } from './suite/lab.js';
export { SuiteSpec } from './suite/suite-spec.js';
export type { SuiteSpecArguments, SuiteWarning } from './suite/suite-arguments.js';
export { Suite, type PlannedJob, type ResultsOptions } from './suite/suite.js';
export type { SuiteFromPredicatesOptions, SuiteOptions } from './suite/suite-options.js';
export { priorities, type Priority } from './suite/priority.js';
export { createSuiteJob, type CreatedSuiteJob } from './suite/create-suite-job.js';
export type { CreateSuiteJobOptions, SuiteJobLab } from './suite/suite-job-options.js';
export { BoardNotAvailableError, exitCodeOf, SuiteArgumentError, UnusableControlFileError } from './suite/errors.js';

// Results and reports
export type { SuiteCounts, SuiteEvent, SuiteEventDetails, SuiteEventListener } from './results/events.js';
export type { CrashGroup, CrashOccurrence, CrashSummary } from './results/crash-groups.js';
export type { FailureKind } from './results/failure-kind.js';
export type { Attempt, Conclusion, SuiteOutcome, TestOutcome, Verdict } from './results/outcome.js';
export type { TestStatus } from './results/status.js';
export type { Keyval } from './results/keyval-file.js';
export type { StatusCode, StatusEntry } from './results/status-log.js';
export { openSuiteJob, type SuiteJob, type SuiteJobOptions } from './results/suite-job.js';
export type { TestResult } from './results/test-result.js';
export { consoleReporter, type ConsoleReporter, type ConsoleReporterOptions } from './reports/console-reporter.js';
export { htmlReport } from './reports/html-report.js';
export {
  jsonReport,
  type JsonReport,
  type JsonReportAttempt,
  type JsonReportCrash,
  type JsonReportResult,
  type JsonReportTest,
} from './reports/json-report.js';
export { junitReport } from './reports/junit-report.js';
export { renderSummary, type SummaryOptions } from './reports/summary.js';
export { tapReport } from './reports/tap-report.js';
export { writeReports, type ReportFormat, type WriteReportsOptions } from './reports/write-reports.js';
export type { TextStream } from './reports/text.js';

// Traces and metrics
export { suiteMetrics, type SuiteMetrics } from './observability/suite-metrics.js';
export { traceSuite, type SuiteTrace, type TraceSuiteOptions } from './observability/trace-suite.js';
export type {
  TelemetryAttributes,
  TelemetryCounter,
  TelemetryHistogram,
  TelemetryMeter,
  TelemetryMetricOptions,
  TelemetrySpan,
  TelemetrySpanOptions,
  TelemetryTracer,
} from './observability/telemetry-ports.js';

// Control files
export {
  parseControlFile,
  type ControlData,
  type LenientControlData,
  type ParseControlFileOptions,
  type TestType,
} from './control-files/control-data.js';
export { ControlFileError } from './control-files/control-file-error.js';
export type { ControlValue } from './control-files/control-value.js';
export {
  renderDiagnostic,
  type ControlFileDiagnostic,
  type ControlFileDiagnosticCode,
} from './control-files/diagnostics.js';
export { AttributeExpressionError } from './control-files/attribute-expression.js';
export { ControlFileCache, type ControlFileCacheOptions } from './control-files/control-file-cache.js';
export {
  dependencyInfo,
  MalformedDependenciesError,
  type DependencyInfo,
  type DependencyInfoOptions,
} from './control-files/dependency-info.js';
export { devServerControlFiles } from './control-files/dev-server-control-files.js';
export { ControlFileFolderError, fileSystemControlFiles } from './control-files/file-system-control-files.js';
export {
  explainSelection,
  type ExplainSelectionOptions,
  type SelectionDiagnostic,
  type SelectionExplanation,
  type SelectionFactor,
  type SelectionReason,
} from './control-files/explain-selection.js';
export { renderSelection, type RenderSelectionOptions } from './control-files/render-selection.js';
export { memoryControlFiles } from './control-files/memory-control-files.js';
export { AmbiguousControlFileError, findControlFileByName } from './control-files/find-control-file.js';
export {
  findTests,
  listAllSuites,
  type FindTestsOptions,
  type FoundTests,
  type SkippedControlFile,
} from './control-files/find-tests.js';
export {
  and,
  attribute,
  fileMatches,
  inSuite,
  nameEquals,
  nameMatches,
  not,
  notInDenyList,
  or,
  predicate,
  type PredicateComposition,
  type SoughtValue,
  type TestPredicate,
} from './control-files/predicates.js';
export { mostSimilar, similarity } from './control-files/similarity.js';
export { renderControlFile, type ControlFileFields } from './control-files/render-control-file.js';
export type { ControlFileGetter, ControlFileSource } from './control-files/types.js';

// The lab's servers
export type { CallOptions } from './clients/call-options.js';
export type { ListOptions } from './clients/list-pages.js';
export { readPythonLiteral, type PythonValue } from './clients/python-literal.js';
export type { AnyMethod, CallParameters, Lookups } from './clients/rpc-arguments.js';
export { defaultLabTimeZone } from './clients/lab-time.js';
export { ClientOptionError } from './clients/errors.js';
export type { HttpClientOptions } from './clients/client-options.js';
export type { RpcCallOptions } from './clients/json-rpc-service.js';
export type { RpcClientOptions } from './clients/rpc-client-options.js';
export { labFromConfig, type LabConfig, type LabConnections, type LabPorts } from './clients/lab-config.js';
export { checkLab, type CheckLabOptions } from './clients/check-lab.js';
export { LabCheck, type LabCheckItem, type LabCheckStatus } from './clients/lab-check.js';
export { HttpAfeClient } from './clients/afe/http-afe-client.js';
export type { HttpAfeClientOptions } from './clients/afe/afe-client-options.js';
export type { AfeMethods } from './clients/afe/afe-methods.js';
export type { DoubledJobEvent } from './clients/afe/create-once.js';
export type {
  AclGroup,
  HostChanges,
  JobSummary,
  JobSummaryFilter,
  LabUser,
  NewHost,
  NewLabel,
  SpecialTask,
  SpecialTaskFilter,
} from './clients/afe/lab-records.js';
export type {
  AbortedEntry,
  AfeClient,
  CreateJobOptions,
  Host,
  HostAttribute,
  HostFilter,
  HostQueueEntry,
  Job,
  JobFilter,
  JobKeyval,
  JobRequest,
  Label,
  SuiteJobCreator,
  SuiteJobRequest,
} from './clients/afe/types.js';
export {
  AclAccessError,
  ControlFileSizeError,
  CreateJobStateUnknownError,
  DoesNotExistError,
  FilterError,
  MethodNotFoundError,
  NoEligibleHostError,
  RpcError,
  SuiteControlFileError,
  SuiteJobArgumentError,
  SuiteJobStagingError,
  ValidationError,
  type RpcFailure,
} from './clients/afe/errors.js';
export { HttpTkoClient, type HttpTkoClientOptions } from './clients/tko/http-tko-client.js';
export type { TkoMethods } from './clients/tko/tko-methods.js';
export type { PlainTestView, StatusCount, TestView, TestViewFilter, TkoClient } from './clients/tko/types.js';
export { HttpDevServerClient } from './clients/dev-server/http-dev-server-client.js';
export type { HttpDevServerClientOptions } from './clients/dev-server/dev-server-options.js';
export type {
  BuildFinder,
  DevServerClient,
  LatestBuildRequest,
  StageOptions,
  StageRequest,
} from './clients/dev-server/types.js';
export type {
  StagingOperation,
  StagingOptions,
  StagingProgress,
  StagingState,
  StagingWaitOptions,
} from './clients/dev-server/staging-operation.js';
export type { StagedEntry } from './clients/dev-server/staged-listing.js';
export { DevServerPool, type PoolCallOptions } from './clients/dev-server/dev-server-pool.js';
export type { DevServerPoolSettings, PooledDevServer } from './clients/dev-server/pool-options.js';
export { BuildNameError, formatBuildName, parseBuildName, type BuildName } from './clients/dev-server/build-name.js';
export { compareVersions } from './clients/dev-server/loose-version.js';
export type { FullServerHealth, HealthReporter, ServerHealth } from './clients/dev-server/server-health.js';
export {
  ControlFileNotFoundError,
  DevServerError,
  NoDevServerError,
  StagedFileNotFoundError,
  StagingError,
  type UnfitServer,
} from './clients/dev-server/errors.js';

// Crashes
export { HttpCrashServerClient } from './clients/crash-server/http-crash-server-client.js';
export type { HttpCrashServerClientOptions } from './clients/crash-server/crash-server-options.js';
export type { CrashServerClient, SymbolicateRequest } from './clients/crash-server/types.js';
export { NoCrashServerError, SymbolicationError, type UnfitCrashServer } from './clients/crash-server/errors.js';
export { createCrashReporter, type CrashReporter, type CrashReporterOptions } from './crashes/crash-reporter.js';
export type { CrashLimits } from './crashes/crash-limits.js';
export type { CrashReport } from './crashes/crash-report.js';
export { crashSignature } from './crashes/crash-signature.js';
export { ResultFilesError, type ReadOptions, type ResultFile, type ResultFiles } from './crashes/result-files.js';
export { resultFilesInFolder, type ResultFilesInFolderOptions } from './crashes/result-files-in-folder.js';

// Failure reports
export type { BugReporter, FiledReport, ReportOptions } from './bugs/bug-reporter.js';
export type { BugTemplate } from './bugs/bug-template.js';
export {
  bugTrackerReporter,
  type BugTracker,
  type BugTrackerReporterOptions,
  type FailureMailer,
  type TrackedBug,
} from './bugs/bug-tracker-reporter.js';
export {
  dryRunBugReporter,
  type DryRunBugReporter,
  type DryRunBugReporterOptions,
} from './bugs/dry-run-bug-reporter.js';
export type { FailureReport } from './bugs/failure-report.js';
export type { ReportLimits } from './bugs/report-budget.js';
export type { ReportRoute } from './bugs/reportable.js';
export type { FailureReportArguments, FailureReportOptions } from './suite/failure-report-options.js';

// Scheduling suites
export { SuiteScheduler } from './scheduler/suite-scheduler.js';
export type { SchedulerLab, SuiteSchedulerOptions } from './scheduler/scheduler-options.js';
export type { SchedulerNews, SchedulerNewsDetails, SchedulerNewsListener } from './scheduler/scheduler-news.js';
export type { SchedulerStatus } from './scheduler/scheduler-status.js';
export { SchedulerOptionError } from './scheduler/scheduler-option-error.js';
export type { TurnReport } from './scheduler/turn/turn-report.js';
export type { TurnPlan } from './scheduler/turn/plan-turn.js';
export type { Problem } from './scheduler/turn/problems.js';
export type { Decision } from './scheduler/decide/facts.js';
export type { Reason, ReasonCode } from './scheduler/decide/reason.js';
export type { LaunchNews } from './scheduler/backlog/backlog.js';
export type { LaunchLimits } from './scheduler/backlog/choose-launches.js';
export type { OneShotReport, OneShotRequest } from './scheduler/one-shot.js';
export type { ExplainRequest } from './scheduler/explain/explain.js';
export type { ExplainedTask, Explanation } from './scheduler/explain/explanation.js';
export type { Forecast, ForecastEntry } from './scheduler/explain/forecast.js';

// Events that start suites
export { nightlyEvent, type TimedEventOptions } from './scheduler/events/nightly.js';
export { weeklyEvent } from './scheduler/events/weekly.js';
export { newBuildEvent, type NewBuildEventOptions } from './scheduler/events/new-build.js';
export { newChromeEvent } from './scheduler/events/new-chrome.js';
export { cronEvent, type CronEventOptions } from './scheduler/events/cron-event.js';
export { pollEvent, type PollEventOptions } from './scheduler/events/poll-event.js';
export { requestEvent } from './scheduler/events/request-event.js';
export type { OwnEventOptions } from './scheduler/events/own-event.js';
export type {
  EventLook,
  EventRequest,
  FittedTask,
  MissedOccurrence,
  Occurrence,
  SchedulerEvent,
  TimeRange,
  UpcomingOccurrence,
} from './scheduler/events/types.js';

// Starting suites
export {
  LaunchInDoubtError,
  LaunchRefusedError,
  type Launcher,
  type StartedSuite,
  type SuiteLaunch,
} from './scheduler/launch/types.js';
export { afeLauncher, type AfeLauncherOptions } from './scheduler/launch/afe-launcher.js';
export { inProcessLauncher, type InProcessLauncherOptions } from './scheduler/launch/in-process-launcher.js';
export { KeptLaunchError } from './scheduler/launch/kept-launch.js';
export { suiteJobLauncher, type SuiteJobLauncherOptions } from './scheduler/launch/suite-job-launcher.js';
export type { LabStatusReport, LabStatusSource } from './scheduler/lab-status/types.js';
export {
  labStatusPage,
  type LabStatusPage,
  type LabStatusPageOptions,
} from './scheduler/lab-status/lab-status-page.js';
export { closedBuilds, whyClosed, type ClosedBuilds } from './scheduler/lab-status/closed-builds.js';

// The scheduler's memory
export type {
  ClaimAnswer,
  LaunchChange,
  LaunchClaim,
  LaunchRecord,
  LaunchState,
  Ledger,
  LedgerWriteOptions,
  NoteFilter,
  ReasonNote,
} from './scheduler/ledger/types.js';
export { memoryLedger } from './scheduler/ledger/memory-ledger.js';
export { fileLedger, type FileLedger, type FileLedgerOptions } from './scheduler/ledger/file-ledger.js';
export { LeaseHeldError, StaleLeaseError, type HeldLease, type Lease } from './scheduler/ledger/lease.js';
export { fileLease, type FileLeaseOptions } from './scheduler/ledger/file-lease.js';
export { keepLease, type KeepLeaseOptions } from './scheduler/ledger/keep-lease.js';
export { memoryLease, type MemoryLeaseOptions } from './scheduler/ledger/memory-lease.js';
export { LedgerClosedError, LedgerFileError, LedgerOptionError, LedgerValueError } from './scheduler/ledger/errors.js';

// Builds
export type {
  BuildSource,
  ChromeSource,
  FoundBuilds,
  NewBuilds,
  PassedBuild,
  UnansweredBoard,
} from './scheduler/builds/types.js';
export { memoryBuilds, type MemoryBuilds, type MemoryBuildsOptions } from './scheduler/builds/memory-builds.js';
export { manifestVersions, type ManifestVersionsOptions } from './scheduler/builds/manifest-versions.js';
export { readManifest, type Manifest, type ManifestProject } from './scheduler/builds/manifest.js';
export { devServerBuilds, type DevServerBuildsOptions } from './scheduler/builds/dev-server-builds.js';
export { googleStorageBuilds, type GoogleStorageBuildsOptions } from './scheduler/builds/google-storage-builds.js';
export { topOfTreeFromFile } from './scheduler/builds/top-of-tree.js';
export { chromeEbuilds, type ChromeEbuildsOptions } from './scheduler/builds/chrome-ebuilds.js';
export { memoryChrome, type MemoryChrome } from './scheduler/builds/memory-chrome.js';
export type { GitCloneOptions } from './scheduler/builds/git/git-options.js';
export type { GitRepositoryLocation } from './scheduler/builds/git/git-url.js';
export {
  BuildSourceOptionError,
  CloneFolderError,
  GitError,
  GitNotFoundError,
  ManifestError,
  NoBuildsFetchedError,
} from './scheduler/builds/errors.js';

// The way to the servers, and the ports of the process
export { gotTransport, type GotTransportOptions } from './transport/got-transport.js';
export { fetchTransport, type FetchTransportOptions } from './transport/fetch-transport.js';
export type { ClosableHttpTransport, HttpRequest, HttpResponse, HttpTransport } from './transport/types.js';
export type { CallEvent, CallHooks, RetryEvent } from './transport/call-events.js';
export type { CallKind, RetryPolicy } from './transport/retry-policy.js';
export {
  BadResponseError,
  ConnectionError,
  DeadlineError,
  HttpStatusError,
  NonAsciiError,
  ResponseTooLargeError,
  TimeoutError,
  TransportOptionError,
} from './transport/errors.js';
export type { ProxyOptions } from './transport/proxy.js';
export { systemClock, type Clock } from './runtime/clock.js';
export { silentLogger, type Logger } from './runtime/logger.js';

// The suite scheduler
export { parseSchedulerConfig, type ParseSchedulerConfigOptions } from './scheduler/config/parse-scheduler-config.js';
export { readSchedulerConfig, type ReadSchedulerConfigOptions } from './scheduler/config/read-scheduler-config.js';
export { schedulerConfig, type SchedulerConfigOptions } from './scheduler/config/scheduler-config.js';
export { suiteTask, type SuiteTaskOptions, type SuiteTaskSettings } from './scheduler/config/suite-task.js';
export { checkConfig, type CheckConfigOptions, type SuiteLookup } from './scheduler/config/check-config.js';
export { ConfigCheck, type ConfigCheckItem } from './scheduler/config/config-check.js';
export { fitsBranch, type Branch, type BranchFit } from './scheduler/config/branch-specs.js';
export { SchedulerConfigError, type ConfigPlace } from './scheduler/config/scheduler-config-error.js';
export type { ConfigProblem, EventSettings, SchedulerConfig } from './scheduler/config/types.js';
export type { SuiteTask } from './scheduler/task.js';
