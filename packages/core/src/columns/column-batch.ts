import { CalveError } from '../errors/calve-error.ts';
import type { BatchMemory } from './batch-memory.ts';
import type { ColumnData } from './column-data.ts';
import type { Field } from './column-type.ts';
import { detachBatch } from './detach-batch.ts';

/**
 * Where the bytes of each record stand, so that a record that breaks a rule can be set aside as it was.
 * Row `i` is `source[starts[i], ends[i])`, its line end excluded.
 */
export interface RecordBytes {
  source: Uint8Array;
  starts: Uint32Array;
  ends: Uint32Array;
  /** Physical line on which each record begins, 1-based. Absent when a range does not know. */
  lines?: Float64Array;
}

/** Columns of equal length. Its memory is BORROWED until `release()`. */
export interface ColumnBatch {
  readonly fields: readonly Field[];
  /** One per field. */
  readonly columns: readonly ColumnData[];
  readonly rows: number;
  /** Where each record starts in its unit, in bytes of the decompressed content. Row and line numbers are resolved later. */
  readonly byteOffsets?: Float64Array;
  /** Number of data records of this range that came before, accepted or rejected. */
  readonly firstRecordInRange: number;
  /** The raw bytes of each record, for formats that have records in text. */
  readonly records?: RecordBytes;
  /**
   * Gives the memory back; the consumer calls it exactly once. Nothing of the batch may be read afterwards: released memory is
   * reused, and filled with 0xAA when `poisonReleasedMemory(true)` was called.
   *
   * @throws {CalveError} `BATCH_RELEASED` on a second call.
   */
  release(): void;
  /** A copy that may be kept or transferred. It is independent of this batch and has to be released by nobody. */
  detach(): ColumnBatch;
}

/** What a producer fills in. */
export interface ColumnBatchParts {
  fields: readonly Field[];
  columns: readonly ColumnData[];
  rows: number;
  byteOffsets?: Float64Array;
  firstRecordInRange?: number;
  records?: RecordBytes;
}

/**
 * A batch over borrowed memory.
 *
 * @param parts Columns whose buffers all belong to `memory`.
 * @param memory What is given back on release; its count is raised by this call. Absent: the buffers are the batch's own.
 */
export function createColumnBatch(parts: ColumnBatchParts, memory?: BatchMemory): ColumnBatch {
  memory?.retain();
  let released = false;
  const { firstRecordInRange = 0, ...rest } = parts;
  return {
    ...rest,
    firstRecordInRange,
    release() {
      if (released) throw new CalveError('BATCH_RELEASED', 'A column batch was released twice.', { recovery: 'report' });
      released = true;
      memory?.release();
    },
    detach() {
      if (released)
        throw new CalveError('BATCH_RELEASED', 'A column batch was detached after its release.', { recovery: 'report' });
      return createColumnBatch(detachBatch({ ...rest, firstRecordInRange }));
    },
  };
}
