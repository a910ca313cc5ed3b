import type { Position } from '../source/position.ts';
import type { RejectedRecord } from './decode-event.ts';

const MAX_RAW_BYTES = 64 * 1024;
const RECORDS_PER_EVENT = 100;
const BYTES_PER_EVENT = 1024 * 1024;

/** Rejected records of a decoder on their way into one event: at most 100, or 1 MiB and one more. */
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
  add(code: string, columns: string[], source: Uint8Array, start: number, end: number, position: Position): void {
    const truncated = end - start > MAX_RAW_BYTES;
    const raw = source.slice(start, truncated ? start + MAX_RAW_BYTES : end);
    this.#records.push({ position, codes: [code], columns, raw, truncated });
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
