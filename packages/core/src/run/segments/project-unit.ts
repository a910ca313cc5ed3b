import type { ColumnBatch } from '../../columns/column-batch.ts';
import { createColumnBatch } from '../../columns/column-batch.ts';
import { sliceRows } from '../../columns/slice-rows.ts';
import { throwIfAborted } from '../../errors/calve-error.ts';
import type { Diagnostic } from '../../errors/diagnostic.ts';
import type { DecodeEvent, RejectedRecord } from '../../format/decode-event.ts';
import type { Projector, ProvenanceFacts } from '../../projection/apply-projection.ts';
import type { EncodedPart } from '../../sink/table-writer.ts';
import { projectBatch } from '../project-batch.ts';

/** Some records of a unit, and what became of them. */
export interface UnitRows {
  kind: 'rows';
  /** Records of the file. */
  read: number;
  /** Rows that were accepted: all of `batch`, or of `parts` as they were taken over into them. */
  written: number;
  /** As `ProjectedRows` has them. */
  expanded: number;
  rescued: number;
  rejected: RejectedRecord[];
  /** The accepted rows, to be released; null: there are none, or they were encoded. */
  batch: ColumnBatch | null;
  /** Parts that became complete with these rows, in order. */
  parts: readonly EncodedPart[];
}

/** What becomes of a unit, in file order. */
export type UnitEvent =
  | UnitRows
  | { kind: 'rejected'; records: RejectedRecord[] }
  | { kind: 'finding'; diagnostic: Diagnostic }
  /** The rows that follow belong to another segment. */
  | { kind: 'cut' };

/** What becomes of a range of a unit. */
export type RangeEvent = UnitEvent | Extract<DecodeEvent, { kind: 'range-ended' | 'misaligned' }>;

/** Which records of a unit are wanted. */
export interface WantedRecords {
  /** The unit is cut into segments of so many bytes; null: it is not cut. */
  segmentBytes: number | null;
  /** Records that begin before this byte are left out. Of a unit that is not cut: 0. */
  from: number;
}

/**
 * Types what a decoder reads of a unit.
 *
 * @throws what decoder and projection throw; `CANCELLED`.
 */
export async function* projectUnit(
  events: AsyncIterable<DecodeEvent>,
  projector: Projector,
  facts: ProvenanceFacts,
  { segmentBytes, from }: WantedRecords,
  signal: AbortSignal,
): AsyncGenerator<RangeEvent, void, undefined> {
  const project = (batch: ColumnBatch): UnitRows => projected(projector, batch, facts);
  const cutting = segmentBytes === null ? null : new SegmentCutting(segmentBytes, from);
  for await (const event of events) {
    if (signal.aborted && event.kind === 'batch') event.batch.release();
    throwIfAborted(signal);
    switch (event.kind) {
      case 'batch':
        if (cutting === null || cutting.isInside(event.batch)) yield project(event.batch);
        else yield* cutting.parts(event.batch, project);
        break;
      case 'rejected': {
        const records = event.records.filter(({ position }) => (position.byteOffset ?? from) >= from);
        if (records.length > 0) yield { kind: 'rejected', records };
        break;
      }
      case 'skipped':
        break;
      default:
        yield event;
    }
  }
}

/** Gives the memory of the batch back. */
function projected(projector: Projector, batch: ColumnBatch, facts: ProvenanceFacts): UnitRows {
  const read = batch.rows;
  const { accepted, rejected, expanded, rescued } = projectBatch(projector, batch, facts);
  const written = accepted.rows;
  if (written === 0) accepted.release();
  return { kind: 'rows', read, written, expanded, rescued, rejected, batch: written === 0 ? null : accepted, parts: [] };
}

/** Cuts batches where segments of a unit begin: at the first record that begins in the bytes of the segment. */
class SegmentCutting {
  readonly #segmentBytes: number;
  readonly #from: number;
  #segment: number;

  constructor(segmentBytes: number, from: number) {
    this.#segmentBytes = segmentBytes;
    this.#from = from;
    this.#segment = Math.floor(from / segmentBytes);
  }

  /** True when all rows are wanted and belong to the segment at hand, as most batches do. */
  isInside({ byteOffsets, rows }: ColumnBatch): boolean {
    if (!byteOffsets || rows === 0) return true;
    return (
      (byteOffsets[0] as number) >= this.#from && (byteOffsets[rows - 1] as number) < (this.#segment + 1) * this.#segmentBytes
    );
  }

  *parts(batch: ColumnBatch, project: (batch: ColumnBatch) => UnitRows): Generator<UnitEvent, void, undefined> {
    const { rows } = batch;
    const byteOffsets = batch.byteOffsets as Float64Array;
    try {
      for (let row = firstFrom(byteOffsets, 0, rows, this.#from); row < rows; ) {
        const segment = Math.floor((byteOffsets[row] as number) / this.#segmentBytes);
        if (segment !== this.#segment) yield { kind: 'cut' };
        this.#segment = segment;
        const end = firstFrom(byteOffsets, row, rows, (segment + 1) * this.#segmentBytes);
        const part = createColumnBatch(sliceRows(batch, row, end));
        row = end;
        yield project(part);
      }
    } finally {
      batch.release();
    }
  }
}

/** The first of the rows from `low` to `high` whose record begins at `offset` or behind it; `high` when there is none. */
function firstFrom(byteOffsets: Float64Array, low: number, high: number, offset: number): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((byteOffsets[middle] as number) < offset) from = middle + 1;
    else to = middle;
  }
  return from;
}
