export { embeddedLab, LabBuilder } from './lab-builder.js';
export { bigLab, flakyLab, hostileLab, smallLab } from './presets.js';
export { EmbeddedLab, type LabSnapshot, type LabSuiteJob, type LabUrls } from './embedded-lab.js';
export type {
  BoardOptions,
  BuildOptions,
  EmbeddedLabOptions,
  HostOptions,
  HostOutage,
  LabDescription,
} from './lab-description.js';
export type { DescribedTest } from './described-test.js';
export { withLab } from './with-lab.js';
export { LabDescriptionError, LabExpectationError, LabTestError } from './errors.js';
export type { LabStatus, LabStatusState } from './lab-status.js';
export type { LabJobHistory } from './job-history.js';
export type { LabHost } from './lab-host.js';
export type { LabEntryView, LabHostView, LabJobView } from './views.js';
export type { ScriptedCrash, ScriptedOutcome, ScriptedResult, TestScript, TestSituation } from './lab/outcome.js';
export { byBoard, byHost } from './lab/outcome-by.js';
export { flaky, type FlakyOptions } from './lab/flaky.js';
export type { LabDurations } from './lab/durations.js';
export type { HostScripts, TaskOutcome, TaskScript, TaskSituation } from './lab/host-scripts.js';
export type { LabEvent, LabEventListener, LabHappening } from './lab/lab-events.js';
export type { RowStatus, TaskName } from './lab/model.js';
export type { CallBytes, CallEntry, CallFilter, CallLog, CallOutcome } from './call-log.js';
export type { FaultKind, LabFault, LabFaultHandle, LabFaults } from './fault.js';
export { VirtualClock, type VirtualClockOptions } from './virtual-clock.js';
export { scaledClock, type ScaledClockOptions } from './scaled-clock.js';
export { MemorySuiteJob } from './memory-suite-job.js';
export type { LabSuiteArguments } from './suite-arguments.js';
export type { LabSuiteRun, LabSuiteState, RunSuite } from './suite-run.js';
export type { ServiceName } from './http/lab-http.js';
export type { LabTransport, LabTransportRequest } from './http/lab-transport.js';
export { afeClientConformance } from './conformance/afe-client.js';
export { tkoClientConformance } from './conformance/tko-client.js';
export { devServerClientConformance } from './conformance/dev-server-client.js';
export { crashServerClientConformance } from './conformance/crash-server-client.js';
export {
  buildSourceConformance,
  type BuildSourceFacts,
  type BuildSourceUnderTest,
  type ConnectBuildSource,
} from './conformance/build-source.js';
export { launcherConformance } from './conformance/launcher.js';
export type { ClosableClient, ConformanceCase, ConnectClient } from './conformance/conformance-case.js';
export { FakeAfeClient } from './fakes/fake-afe-client.js';
export { FakeTkoClient } from './fakes/fake-tko-client.js';
export { FakeDevServerClient } from './fakes/fake-dev-server-client.js';
export { FakeCrashServerClient } from './fakes/fake-crash-server-client.js';
export { FakeClient } from './fakes/fake-client.js';
export { FakeExpectationError, UnansweredCallError } from './fakes/errors.js';
export {
  inTurn,
  type AnswersInTurn,
  type ArgumentsOf,
  type FakeAnswer,
  type FakeAnswers,
  type FakeCall,
  type MethodOf,
  type ResultOf,
} from './fakes/fake-answers.js';
export { httpTransportConformance } from './conformance/http-transport.js';
export type { ConnectTransport, TransportUnderTest } from './conformance/http-transport/bench.js';
export { ledgerConformance } from './conformance/ledger.js';
export type { LedgerStore } from './conformance/ledger/store.js';
export { leaseConformance, type ConnectLease, type LeaseUnderTest } from './conformance/lease.js';
export { faultProxy, FaultProxy, type FaultProxyOptions } from './fault-proxy/fault-proxy.js';
export { proxyFaultKinds, type ProxyFault, type ProxyFaultKind } from './fault-proxy/proxy-fault.js';
