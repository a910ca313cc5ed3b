import type { ColumnBatch } from '../columns/column-batch.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Path } from '../json/json.ts';
import type { Position } from '../source/position.ts';

/**
 * How the stored bytes of a unit may be read elsewhere: `never`: its reader goes back and forth, so that it has to be where the bytes are. `stream`: from
 * the front to the back. `records`: in ranges too, since every record ends with a line feed: a line feed behind an even number of `quote`s, or any
 * if that is null. Where records are not as that says, the decoder notices.
 */
export type Splitting = { kind: 'never' } | { kind: 'stream' } | { kind: 'records'; quote: number | null };

/** Which part of a unit a decoder reads. */
export type ReadRange =
  | { kind: 'whole' }
  /**
   * Stored bytes of a unit whose `Splitting` is `records`. `start` is 0 or stands right behind a line end, `end` too or is the end of the unit: a
   * decoder looks whether these line ends end records. `lineEnd`: of the unit, as its first line ends.
   */
  | { kind: 'bytes'; start: number; end: number; lineEnd: 'LF' | 'CRLF' }
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
  /** The last event of a range of bytes that ended with a record. `lines`: how many physical lines it has. */
  | { kind: 'range-ended'; lines: number }
  /** This range ended inside a record: core voids it and the later ranges, and has the unit read as a whole from there. */
  | { kind: 'misaligned'; at: number };
