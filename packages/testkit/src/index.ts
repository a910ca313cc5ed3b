export type { RejectedRow, TestCalve, TestCalveOptions, TestRegistry } from './calve/create-test-calve.ts';
export { createTestCalve } from './calve/create-test-calve.ts';
export type { AnyFormat } from './calve/load-default-formats.ts';
export type { CheckpointStoreHarness, CheckpointStoreWorld } from './conformance/checkpoint-store-conformance.ts';
export { checkpointStoreConformance } from './conformance/checkpoint-store-conformance.ts';
export type { ConformanceException, ConformanceIt } from './conformance/conformance-case.ts';
export { formatConformance } from './conformance/format-conformance.ts';
export type { FormatFile, FormatSubject } from './conformance/format-world.ts';
export type { SinkHarness, SinkWorld } from './conformance/sink-conformance.ts';
export { sinkConformance } from './conformance/sink-conformance.ts';
export type { SourceHarness } from './conformance/source-conformance.ts';
export { sourceConformance } from './conformance/source-conformance.ts';
export type { SourceWorld } from './conformance/source-world.ts';
export type { BytesReader } from './doubles/bytes-reader.ts';
export { bytesReader } from './doubles/bytes-reader.ts';
export { jumpingClock } from './doubles/jumping-clock.ts';
export type { ManualClock } from './doubles/manual-clock.ts';
export { manualClock } from './doubles/manual-clock.ts';
export type { MemorySink, MemorySinkFault, MemoryTarget } from './doubles/memory-sink.ts';
export { memorySink } from './doubles/memory-sink.ts';
export type { MemorySnapshot } from './doubles/memory-tables.ts';
export type { RecordingObserver } from './doubles/recording-observer.ts';
export { recordingObserver } from './doubles/recording-observer.ts';
export type { TestRow } from './doubles/rows-batch.ts';
export { batchRows, rowsBatch } from './doubles/rows-batch.ts';
export type { SeededRandom } from './doubles/seeded-random.ts';
export { seededRandom } from './doubles/seeded-random.ts';
export type { TestContext } from './doubles/test-context.ts';
export { testContext } from './doubles/test-context.ts';
export type { TestIntentOptions, TestOutput } from './doubles/test-intent.ts';
export { testIntent, testProgram, withAttempts, withStagedFiles } from './doubles/test-intent.ts';
export { changingReader } from './faults/changing-reader.ts';
export { failingReader } from './faults/failing-reader.ts';
export type { SourceFaults } from './faults/failing-source.ts';
export { failingSource } from './faults/failing-source.ts';
export { slowReader } from './faults/slow-reader.ts';
export type { SourceDelays } from './faults/slow-source.ts';
export { slowSource } from './faults/slow-source.ts';
export type {
  CatalogConnection,
  SimulatedCommit,
  SimulatedIdentifier,
  SimulatedOutcome,
  SimulatedTable,
} from './simulate/catalog.ts';
export { SimulatedCatalog, UNAVAILABLE, wayOf } from './simulate/catalog.ts';
export type { CheckedVersion, HistoryEnd, HistoryProblem } from './simulate/check-history.ts';
export { checkHistory } from './simulate/check-history.ts';
export { describeHistory } from './simulate/describe-history.ts';
export type { DeletedFile } from './simulate/files.ts';
export { SimulatedFiles } from './simulate/files.ts';
export type { CommitFault, Fault, History, HistoryEvent, StoreFault } from './simulate/history.ts';
export type { LandedVersion } from './simulate/landing.ts';
export { landedUnit, SimulatedLanding } from './simulate/landing.ts';
export type { CallWay, ProcessObserver } from './simulate/process.ts';
export { SimulatedProcess } from './simulate/process.ts';
export type { HistoryOptions } from './simulate/random-history.ts';
export { randomHistory } from './simulate/random-history.ts';
export type { ScheduledEvent } from './simulate/scheduler.ts';
export { SimulatedScheduler } from './simulate/scheduler.ts';
export { shrinkHistory } from './simulate/shrink-history.ts';
export { SimulatedState } from './simulate/state.ts';
export type { SimulatedMetadata, SimulatedRequirement, SimulatedSnapshot, SimulatedUpdate } from './simulate/table-metadata.ts';
export type { CheckedFiles, CheckedTable, SnapshotFiles } from './simulate/table-reader.ts';
export { TableReader } from './simulate/table-reader.ts';
