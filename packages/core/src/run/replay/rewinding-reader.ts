import { CalveError } from '../../errors/calve-error.ts';
import type { ByteReader } from '../../source/byte-reader.ts';

/** Discarded at a time. */
const SKIPPED = 1 << 20;

/**
 * A compressed file, read from front to back once: of what was read, the part from the current start on is kept, so that it can be read again.
 */
export class RewindingReader {
  readonly #content: ByteReader;
  /** Bytes from the start to the end, with room behind them. */
  #kept = new Uint8Array(0);
  /** Offset of the first kept byte. */
  #start = 0;
  /** How far the content was read. */
  #end = 0;

  /** @param content Of unknown size; whoever opened it closes it. */
  constructor(content: ByteReader) {
    this.#content = content;
  }

  /** False for offsets that were passed: then the file has to be opened again. */
  reaches(offset: number): boolean {
    return offset >= this.#start;
  }

  /**
   * The content from an offset on, which has to be reached. Ends what was given before.
   *
   * @throws {CalveError} `OBJECT_CHANGED` (replan): the content ends before; what the content throws.
   */
  async from(offset: number): Promise<ByteReader> {
    const start = Math.min(offset, this.#end);
    this.#kept = this.#kept.slice(start - this.#start, this.#end - this.#start);
    this.#start = start;
    if (this.#end < offset) await this.#skipTo(offset);
    return {
      sizeBytes: -1,
      read: (target, at) => this.#read(target, offset + at),
      verify: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  async #skipTo(offset: number): Promise<void> {
    const target = new Uint8Array(Math.min(offset - this.#end, SKIPPED));
    while (this.#end < offset) {
      const count = await this.#content.read(target.subarray(0, Math.min(target.length, offset - this.#end)), this.#end);
      if (count === 0) throw new CalveError('OBJECT_CHANGED', 'The file ends before the record.', { recovery: 'replan' });
      this.#end += count;
    }
    this.#start = offset;
  }

  async #read(target: Uint8Array, offset: number): Promise<number> {
    const length = this.#end - this.#start;
    const from = offset - this.#start;
    const known = this.#kept.subarray(from, Math.min(from + target.length, length));
    target.set(known);
    // Fewer than asked are the end of the content: the rest has to be read.
    const rest = target.subarray(known.length);
    if (rest.length === 0) return known.length;
    const count = await this.#content.read(rest, this.#end);
    if (length + count > this.#kept.length) {
      const wider = new Uint8Array(Math.max(length + count, 2 * length));
      wider.set(this.#kept.subarray(0, length));
      this.#kept = wider;
    }
    this.#kept.set(rest.subarray(0, count), length);
    this.#end += count;
    return known.length + count;
  }
}
