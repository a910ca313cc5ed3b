import type { InputLimits } from '../../context/input-limits.ts';
import type { PortableDescription } from '../../context/portable.ts';
import type { CalveErrorData } from '../../errors/calve-error.ts';
import type { Diagnostic } from '../../errors/diagnostic.ts';
import type { ReadRange, RejectedRecord } from '../../format/decode-event.ts';
import type { ReaderPlan } from '../../format/reader-plan.ts';
import type { ProvenanceFacts } from '../../projection/apply-projection.ts';
import type { Projection } from '../../projection/projection.ts';
import type { EncodedPart } from '../../sink/table-writer.ts';
import type { UnitRows } from './project-unit.ts';

// What the thread of a run and its segment threads say to each other. A thread has one segment at a time.

/** How a thread works; the same for all segments of a batch. */
export interface ThreadSettings {
  tenant: string;
  runId: string;
  limits: Readonly<InputLimits>;
  /** By the reader ids of the plan. */
  readers: Record<string, { decoder: PortableDescription; plan: ReaderPlan; projection: Projection }>;
  /** Null: rows go back as batches. */
  encoder: PortableDescription | null;
}

/** A unit of a segment, or a part of one. */
export interface UnitTask {
  reader: string;
  facts: ProvenanceFacts;
  /** Of the stored bytes of the whole unit; -1: nobody knows. */
  sizeBytes: number;
  range: ReadRange;
  /** Of a whole unit: rows are encoded apart from each other where segments of so many bytes begin; null: nowhere. */
  segmentBytes: number | null;
  /** Of a range: no record of it may begin there or behind it. */
  recordsBefore: number;
}

/** What a thread is told; several at a time go in one list. `bytes` are those of the unit that was named last, front to back; its reader may ask before they are there. */
export type ToThread =
  | { kind: 'set-up'; settings: ThreadSettings }
  | { kind: 'unit'; task: UnitTask }
  | { kind: 'bytes'; bytes: Uint8Array<ArrayBuffer>; isLast: boolean }
  /** The segment has no further units. */
  | { kind: 'end-segment' };

/** Rows as `UnitRows` has them, the batch packed by `toMessage`. */
export type RowsMessage = Omit<UnitRows, 'batch'> & { batch: unknown };

/** What becomes of the units of a segment, in order. Behind `failed` and `misaligned` nothing of the segment counts. */
export type SegmentMessage =
  | RowsMessage
  | { kind: 'rejected'; records: RejectedRecord[] }
  | { kind: 'finding'; diagnostic: Diagnostic }
  | { kind: 'range-ended'; lines: number }
  | { kind: 'misaligned' }
  | { kind: 'unit-ended' }
  /** `isWriting`: the rows could not be encoded, and the unit is not to blame. */
  | { kind: 'failed'; error: CalveErrorData; isWriting: boolean }
  | { kind: 'segment-ended'; parts: EncodedPart[] };

/** What a thread says; several at a time go in one list. */
export type FromThread =
  | SegmentMessage
  | { kind: 'ready' }
  /** It cannot rebuild what the settings name. */
  | { kind: 'unusable'; error: CalveErrorData }
  | { kind: 'reported'; diagnostic: Diagnostic }
  /** Memory of `bytes` that are not needed any more. */
  | { kind: 'given-back'; buffer: ArrayBuffer };
