// What users of the SDK need. Plugin authors use `@calve/core/plugin`.

export type {
  AuditChoice,
  AuditExample,
  AuditFinding,
  AuditKind,
  AuditReport,
  RowsCompared,
} from './audit/audit-report.ts';
export { RunRecording } from './bundle/run-recording.ts';
export type {
  BundleColumn,
  BundleDiagnostic,
  BundleError,
  BundleEvent,
  BundleIntent,
  BundleLedger,
  BundleOutput,
  BundlePlan,
  BundleProgram,
  BundleRecord,
  BundleSpec,
  BundleTable,
  BundleUnit,
  SupportBundle,
} from './bundle/support-bundle.ts';
export type { CalveLedger, LedgerOptions } from './calve-ledger.ts';
export type { AcceptedRollback, AcceptedRollbacks } from './checkpoint/accepted-rollback.ts';
export type { CheckpointStore, CheckpointStoreFactory } from './checkpoint/checkpoint-store.ts';
export type { OutputState } from './checkpoint/commit-intent.ts';
export { memoryState } from './checkpoint/memory-state.ts';
export type { RowCounts, UnitRecord, UnitState } from './checkpoint/unit-record.ts';
export type { ColumnType, Field } from './columns/column-type.ts';
export { typeText } from './columns/column-type.ts';
export type { ColumnOptions, ReadingOptions } from './columns/column-type-words.ts';
export {
  binary,
  boolean,
  date,
  decimal,
  drop,
  fixed,
  float32,
  float64,
  int32,
  int64,
  string,
  time,
  timestamp,
  timestampNs,
  timestampNsUtc,
  timestampUtc,
  uuid,
} from './columns/column-type-words.ts';
export type { NestedOptions } from './columns/nested-type-words.ts';
export { list, map, struct } from './columns/nested-type-words.ts';
export type { SecretReference } from './context/call-context.ts';
export type { InputLimits } from './context/input-limits.ts';
export { DEFAULT_LIMITS } from './context/input-limits.ts';
export type { Calve, CalveOptions, ReadOptions } from './create-calve.ts';
export { createCalve } from './create-calve.ts';
export type { CalveRegistry, OptionsArguments, OptionsInput } from './create-calve-types.ts';
export type { Environment } from './env/environment.ts';
export type { ProcessIdentity } from './env/process-identity.ts';
export type { CalveErrorData } from './errors/calve-error.ts';
export { CalveError, errorData } from './errors/calve-error.ts';
export type { Diagnostic } from './errors/diagnostic.ts';
export type { ErrorCode } from './errors/error-code.ts';
export type { Recovery } from './errors/recovery.ts';
export { applySpecPatch } from './findings/apply-spec-patch.ts';
export type { FindingsWords } from './findings/explain-findings.ts';
export { explainFindings } from './findings/explain-findings.ts';
export type { Finding, FindingExample, FindingKind, FindingsReport, Landed, OfferedFix } from './findings/findings-report.ts';
export { ownFixes } from './findings/own-fixes.ts';
export type { FormatPlugin } from './format/format.ts';
export type { Int64, Json, Path } from './json/json.ts';
export type { RollbackChoice, RollbackPreview, RollbackResult, RolledBackTable } from './ledger/accept-rollback.ts';
export type { AdoptPreview, AdoptResult, UnknownFiles } from './ledger/adopt-ledger.ts';
export type { LedgerCommand } from './ledger/choice-command.ts';
export { commandOfChoice } from './ledger/choice-command.ts';
export type { CommitState, LedgerCommit, LedgerHistory } from './ledger/commit-history.ts';
export type { FileGroup } from './ledger/file-group.ts';
export type { ResetChoice, ResetPreview, ResetResult } from './ledger/reset-ledger.ts';
export { assertIsPlan } from './plan/assert-is-plan.ts';
export type { PlanWords } from './plan/explain-plan.ts';
export { bytesText, explainPlan } from './plan/explain-plan.ts';
export type {
  Batch,
  ColumnDecision,
  IngestionPlan,
  Precondition,
  Program,
  ProgramOutput,
  SetAsideUnit,
  UnitReason,
} from './plan/ingestion-plan.ts';
export { ALREADY_LOADED, QUARANTINED_BEFORE } from './plan/skip-reasons.ts';
export type { ReplayFilter, ReplayState } from './replay/replay-filter.ts';
export type { LeftRows, ReplayedRowsPreview, ReplayPreview } from './replay/replay-preview.ts';
export type { BundleOptions } from './run/bundle-ingestion.ts';
export type { BusyOptions, LeaseHeldBy } from './run/ledger-lease.ts';
export type { AuditProgress } from './run/look-at-tables.ts';
export type { Preview } from './run/preview-ingestion.ts';
export type { HistoryPage } from './run/read-history.ts';
export type { TableRows } from './run/read-table.ts';
export type { RunEvent, RunHandle, RunOptions, RunResult } from './run/run-event.ts';
export type { Evidence } from './schema/evidence.ts';
export type { CommitOutcome } from './sink/commit-outcome.ts';
export type { SchemaDecisions, SinkPlugin, TableChange, TableCommit, TableEvidence } from './sink/sink.ts';
export type { InputUnit } from './source/input-unit.ts';
export type { MemoryContent, MemoryFiles, MemoryOptions, MemoryRow } from './source/memory-source.ts';
export { memorySource } from './source/memory-source.ts';
export type { Position } from './source/position.ts';
export type { SourcePlugin } from './source/source.ts';
export { formatIssues } from './spec/format-issues.ts';
export type {
  BuilderStep,
  BuildTooEarly,
  IngestionBuilder,
  NotYet,
  OutputSettings,
  WriteMode,
} from './spec/ingestion-builder.ts';
export type {
  ColumnSpec,
  FlattenSpec,
  IngestionSpec,
  InputSpec,
  LimitsSpec,
  OutputSpec,
  ProvenanceColumn,
  SchemaPolicy,
} from './spec/ingestion-spec.ts';
export { ingestionSpecJsonSchema } from './spec/ingestion-spec-schema.ts';
export { parseIngestionSpec } from './spec/parse-ingestion-spec.ts';
export type { SpecIssue, SpecIssueCode } from './spec/spec-issue.ts';
export type { PluginLike, SinkLike, SpecRegistry } from './spec/spec-registry.ts';
