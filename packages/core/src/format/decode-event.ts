import type { ColumnBatch } from '../columns/column-batch.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Path } from '../json/json.ts';
import type { Position } from '../source/position.ts';

/** Which part of a unit a decoder reads. */
export type ReadRange =
  | { kind: 'whole' }
  | { kind: 'bytes'; start: number; end: number }
  | { kind: 'row-groups'; indexes: number[] };

/** What core wants from a decoder. */
export interface DecodeRequest {
  /** Fields that are needed; the others may be left out of the batches. */
  columns: readonly Path[] | 'all';
  /** Upper limits of one batch. A single record may exceed `maxBytes`. */
  maxRows: number;
  maxBytes: number;
  /** Stop after so many data records. */
  limit?: number;
}

/**
 * A record that breaks a rule, with its bytes. `raw` is an owned copy of the record without its line end, at most 64 KiB
 * (`truncated` says that it was longer), as text in UTF-8 whatever the encoding of the file: core reads it again, as `recordReader` says, when the row
 * goes again. Plugins leave `position.unit` empty; core fills it in.
 */
export interface RejectedRecord {
  position: Position;
  /** `row:<rule>` for the record as a whole, `<column>:<rule>` for a cell; in column order, the same in every engine. */
  codes: string[];
  columns: string[];
  raw: Uint8Array;
  truncated: boolean;
}

/** What a decoder hands over, in file order. */
export type DecodeEvent =
  /** At least one row. The receiver releases it. */
  | { kind: 'batch'; batch: ColumnBatch }
  | { kind: 'rejected'; records: RejectedRecord[] }
  /** Records that are not data and are not counted as read. */
  | { kind: 'skipped'; records: number; reason: 'blank' | 'comment' | 'preamble' | 'footer' | 'header' }
  /** Something that was read in a way a person should know of: a quote that never closes, replaced bytes. */
  | { kind: 'finding'; diagnostic: Diagnostic }
  /** This range began or ended inside a record: core voids the later ranges. */
  | { kind: 'misaligned'; at: number };
