import type { HashingReader } from '../../source/hashing-reader.ts';
import type { PiecePool } from './piece-pool.ts';
import { firstLineEnd, RecordEnds } from './record-ends.ts';

/** Bytes behind the place where a segment should end in which the end of a record is looked for. */
const MOST_SEARCHED = 4 * 2 ** 20;

/** A part of a unit between two records, as far as that can be told without decoding. */
export interface UnitRange {
  start: number;
  end: number;
  lineEnd: 'LF' | 'CRLF';
  /** No record of the range may begin there or behind it. */
  recordsBefore: number;
  pieces: Uint8Array<ArrayBuffer>[];
}

/** Cuts the stored bytes of a unit into the ranges of its segments, reading it once from front to back. */
export class UnitCutting {
  readonly #bytes: HashingReader;
  readonly #pool: PiecePool;
  readonly #segmentBytes: number;
  readonly #ends: RecordEnds;
  #lineEnd: 'LF' | 'CRLF' | null = null;
  #segment = 0;
  #start = 0;
  /** Bytes behind the last range that were read with it. */
  #rest: Uint8Array<ArrayBuffer> | null = null;

  /** @param quote As `Splitting` has it. */
  constructor(bytes: HashingReader, quote: number | null, segmentBytes: number, pool: PiecePool) {
    this.#bytes = bytes;
    this.#pool = pool;
    this.#segmentBytes = segmentBytes;
    this.#ends = new RecordEnds(quote);
  }

  /** @returns The bytes of the next segment; null: where records end cannot be told any more. Not called again after that. */
  async next(): Promise<UnitRange | null> {
    const { sizeBytes } = this.#bytes;
    const start = this.#start;
    this.#segment += 1;
    const boundary = this.#segment * this.#segmentBytes;
    const isLast = boundary >= sizeBytes;
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    if (sizeBytes < 0) return null;
    // A record that is longer than a segment.
    if (this.#lineEnd && start >= boundary && !isLast)
      return { start, end: start, lineEnd: this.#lineEnd, recordsBefore: boundary, pieces };
    for (let at = start; ; ) {
      const piece = this.#rest ?? (await this.#read(at, boundary));
      this.#rest = null;
      if (at === 0) this.#lineEnd = firstLineEnd(piece);
      if (this.#lineEnd === null) return null;
      const range = { start, lineEnd: this.#lineEnd, recordsBefore: boundary, pieces };
      if (piece.length === 0) return this.#ended(range, at);
      const from = Math.min(piece.length, Math.max(0, boundary - 1 - at));
      if (!isLast) this.#ends.pass(piece, from);
      const end = isLast ? -1 : this.#ends.find(piece, from, piece.length);
      if (end >= 0) {
        const rest = piece.slice(end);
        if (rest.length > 0) this.#rest = rest;
        pieces.push(piece.subarray(0, end));
        return this.#ended(range, at + end);
      }
      pieces.push(piece);
      at += piece.length;
      if (!isLast && at > boundary + MOST_SEARCHED) return null;
    }
  }

  #ended(range: Omit<UnitRange, 'end'>, end: number): UnitRange {
    this.#start = end;
    return { ...range, end };
  }

  /** @param boundary Where a segment should end: little is read beyond it. */
  async #read(at: number, boundary: number): Promise<Uint8Array<ArrayBuffer>> {
    const left = this.#bytes.sizeBytes - at;
    const piece = await this.#pool.take(left);
    const wanted = Math.min(piece.length, left, at < boundary ? boundary - at + 4096 : piece.length);
    const got = await this.#bytes.read(piece.subarray(0, wanted), at);
    return piece.subarray(0, got);
  }
}
