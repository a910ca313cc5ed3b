import type { Position, RejectedRecord } from '@calve/core/plugin';

/** A record whose number of cells is not the number of columns. */
const TOKEN_COUNT = 'row:token-count';

const MAX_RAW_BYTES = 64 * 1024;
const RECORDS_PER_EVENT = 100;
const BYTES_PER_EVENT = 1024 * 1024;

/** Rejected records on their way into one event. */
export class RejectedRecords {
  #records: RejectedRecord[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** True when an event should not become larger. */
  get isFull(): boolean {
    return this.#records.length >= RECORDS_PER_EVENT || this.#bytes >= BYTES_PER_EVENT;
  }

  /** Copies the record, or its first 64 KiB. */
  add(source: Uint8Array, start: number, end: number, position: Position): void {
    const truncated = end - start > MAX_RAW_BYTES;
    const raw = source.slice(start, truncated ? start + MAX_RAW_BYTES : end);
    this.#records.push({ position, codes: [TOKEN_COUNT], columns: [], raw, truncated });
    this.#bytes += raw.length;
  }

  /** What was collected; the collection is empty afterwards. */
  take(): RejectedRecord[] {
    const records = this.#records;
    this.#records = [];
    this.#bytes = 0;
    return records;
  }
}

/**
 * Where a record ends without any CR and LF at its end. Spark's corrupt record keeps or drops some of them, depending on version and
 * line end; both engines drop all.
 */
export function trimLineEnds(source: Uint8Array, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && (source[trimmed - 1] === 0x0a || source[trimmed - 1] === 0x0d)) trimmed -= 1;
  return trimmed;
}
