// What plugin authors use. Users of the SDK need `@calve/core` only.

export type { AcceptedRollback, AcceptedRollbacks } from './checkpoint/accepted-rollback.ts';
export type { CheckpointStore, CheckpointStoreFactory, Head, VersionedHead } from './checkpoint/checkpoint-store.ts';
export type { CommitIntent, IntentOutput, LedgerKey, OutputState } from './checkpoint/commit-intent.ts';
export type { Lease, LeaseAnswer, LeaseHolder, LeaseStore } from './checkpoint/lease.ts';
export * from './checkpoint/persisted-names.ts';
export type { RowCounts, UnitRecord, UnitState } from './checkpoint/unit-record.ts';
export type { WapIdentity } from './checkpoint/wap-id.ts';
export { parseWapId, wapId } from './checkpoint/wap-id.ts';
export type { Arena } from './columns/arena.ts';
export { arena, giveBytesBack, offsetInArena, takeBytes } from './columns/arena.ts';
export { ArenaPieces } from './columns/arena-pieces.ts';
export { BatchMemory, poisonReleasedMemory } from './columns/batch-memory.ts';
export { fromMessage, toMessage } from './columns/batch-message.ts';
export { civilFromDays, dateText, timestampText } from './columns/calendar.ts';
export { cellText, excerpt } from './columns/cell-text.ts';
export type { ColumnBatch, ColumnBatchParts, RecordBytes } from './columns/column-batch.ts';
export { createColumnBatch } from './columns/column-batch.ts';
export { columnBuffers } from './columns/column-buffers.ts';
export { BitmapBuilder, FixedBuilder, fixedFromBits, OffsetsBuilder } from './columns/column-builder.ts';
export type { CellsColumn, ColumnData, DictionaryColumn, FixedColumn, OffsetsColumn } from './columns/column-data.ts';
export { isValid } from './columns/column-data.ts';
export type { ColumnType, Field } from './columns/column-type.ts';
export { sameType, typeText, widthOf } from './columns/column-type.ts';
export { freeBuffer } from './columns/free-buffer.ts';
export { allRows, copyBytes, gatherRows } from './columns/gather-rows.ts';
export type { KernelModule } from './columns/kernels.ts';
export { Kernels } from './columns/kernels.ts';
export { nullColumn } from './columns/null-column.ts';
export { PLAIN_TYPES, parseTypeText } from './columns/parse-type-text.ts';
export type { CellSlice } from './columns/read-cell.ts';
export { createCellSlice, readCell } from './columns/read-cell.ts';
export { readValue } from './columns/read-value.ts';
export { usesWebAssembly, withoutWebAssembly } from './columns/web-assembly.ts';
export type { CallContext, Reservation, SecretReference } from './context/call-context.ts';
export type { InputLimits } from './context/input-limits.ts';
export { completeLimits, DEFAULT_LIMITS } from './context/input-limits.ts';
export { limitExceeded } from './context/limit-exceeded.ts';
export { limitedEnvironment } from './context/limited-environment.ts';
export { moduleBeside } from './context/module-beside.ts';
export * as z from './context/option-language.ts';
export type { ExternalAccess, OptionSchema, Plugin, Session, StandardResult } from './context/plugin.ts';
export type { Portable, PortableDescription, PortableFactory } from './context/portable.ts';
export { rebuildPortable } from './context/portable.ts';
export { sizeText } from './context/size-text.ts';
export type { DecodeProcesses } from './env/decode-processes.ts';
export type { Environment, Hash } from './env/environment.ts';
export type { ProcessIdentity } from './env/process-identity.ts';
export type { ThreadListener, WorkerThread } from './env/worker-thread.ts';
export type { CalveErrorData, CalveErrorOptions } from './errors/calve-error.ts';
export { CalveError, errorData, throwIfAborted } from './errors/calve-error.ts';
export type { Diagnostic } from './errors/diagnostic.ts';
export type { ErrorCode } from './errors/error-code.ts';
export type { Recovery } from './errors/recovery.ts';
export { shownText } from './errors/shown-text.ts';
export { compressionOf } from './format/compression-of.ts';
export type { DecodeEvent, DecodeRequest, ReadRange, RejectedRecord, Splitting } from './format/decode-event.ts';
export type { BytesDescription } from './format/describe-bytes.ts';
export { describeBytes } from './format/describe-bytes.ts';
export type { Decoder, FormatPlugin, Guess, Sample } from './format/format.ts';
export { inProcessOnly } from './format/in-process-only.ts';
export type { Observation, ObservedField } from './format/observation.ts';
export type { DelimitedReader, JsonReader, ReaderPlan } from './format/reader-plan.ts';
export { RejectedRecords } from './format/rejected-records.ts';
export { ROW_CODES } from './format/row-codes.ts';
export type { ByteRange } from './format/sample-ranges.ts';
export { headBytesOf, sampleRanges } from './format/sample-ranges.ts';
export type { UnitGatherer } from './format/unit-gatherer.ts';
export { canonicalJson } from './json/canonical-json.ts';
export * from './json/json.ts';
export { ACCEPT_ROLLBACK, PUT_BACK, ROLL_BACK_AGAIN } from './ledger/rollback-choices.ts';
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
export type { ProjectedRows, Projector, ProvenanceFacts } from './projection/apply-projection.ts';
export { projectionKernels } from './projection/compiled-kernels.ts';
export { openProjector } from './projection/open-projector.ts';
export type { PatternPart } from './projection/patterns/parse-pattern.ts';
export { flattened, parsePattern } from './projection/patterns/parse-pattern.ts';
export type {
  ColumnRule,
  Expression,
  OnFailure,
  Projection,
  ProvenanceValue,
  SpecialNumber,
  TextParse,
} from './projection/projection.ts';
export { duplicateKeyRule, errorWord, nullRule, tooLongRule } from './projection/strict-rules.ts';
export { CellClassifier } from './schema/classify-cell.ts';
export type { CellPlaces } from './schema/collect-statistics.ts';
export { StatisticsCollector } from './schema/collect-statistics.ts';
export type { CellClass, ColumnStatistics, ExampleCell, NumberShape } from './schema/column-statistics.ts';
export type { MisfitOptions } from './schema/count-misfits.ts';
export type { Evidence } from './schema/evidence.ts';
export type { GivenType, GivenTypes } from './schema/given-types.ts';
export type { ColumnInference, ColumnInferenceOptions, TypeDecision } from './schema/infer-columns.ts';
export { countMisfits, createColumnInference, decideColumnType, mergeColumnStatistics } from './schema/infer-columns.ts';
export { mergeValueShapes } from './schema/nested/merge-shapes.ts';
export { textStructure } from './schema/text-structure.ts';
export type { ValueShape } from './schema/value-shape.ts';
export { LARGEST_MEMBERS } from './schema/value-shape.ts';
export type { CommitOutcome } from './sink/commit-outcome.ts';
export type {
  ChangePlan,
  Prepared,
  ReadRequest,
  SchemaDecisions,
  SinkPlugin,
  SinkSession,
  TableChange,
  TableCommit,
  TableEvidence,
  TableState,
} from './sink/sink.ts';
export type {
  EncodedPart,
  InputFile,
  OutputFile,
  PartEncoder,
  StagedFiles,
  StagedRewrite,
  TableParts,
  TableWriter,
  WriterPorts,
  WrittenUnit,
} from './sink/table-writer.ts';
export type { ByteReader } from './source/byte-reader.ts';
export { decodedPath, encodedPath, FILE_URI, fileName } from './source/file-name.ts';
export type { Glob, GlobMask } from './source/glob.ts';
export { compileGlob } from './source/glob.ts';
export { globSchema } from './source/glob-schema.ts';
export type { IgnoredName } from './source/ignored-name.ts';
export { ignoredName, maskIgnored } from './source/ignored-name.ts';
export type { InputUnit, IntervalUnit, ObjectUnit } from './source/input-unit.ts';
export { keepOpen } from './source/keep-open.ts';
export type { ListingNotes, NotedPage } from './source/listing-notes.ts';
export type { NearestOptions } from './source/nearest-names.ts';
export { nearestNames } from './source/nearest-names.ts';
export { bytesOf } from './source/own-bytes.ts';
export type { Position } from './source/position.ts';
export { readUpTo } from './source/read-up-to.ts';
export { RememberingReader } from './source/remembering-reader.ts';
export type {
  ListPage,
  ListRequest,
  ObjectSession,
  RecordSession,
  SkippedObject,
  SourcePlugin,
  UnreadableObject,
} from './source/source.ts';
export type { StoredContent } from './source/stored-content.ts';
export { withStoredContent } from './source/stored-content.ts';
export { windowReader } from './source/window-reader.ts';
export type {
  ColumnSpec,
  IngestionSpec,
  InputSpec,
  LimitsSpec,
  OutputSpec,
  ProvenanceColumn,
  SchemaPolicy,
} from './spec/ingestion-spec.ts';
export { jsonPointer, pointerSegment, pointerSegments } from './spec/json-pointer.ts';
export { connectStorage } from './storage/connect-storage.ts';
export type { ListedObject, ObjectBytes, ObjectFacts, ObjectRange, ObjectStorage } from './storage/object-storage.ts';
export { statusError } from './storage/status-error.ts';
export { StoragePace } from './storage/storage-pace.ts';
