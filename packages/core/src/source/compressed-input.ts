import type { ByteReader } from './byte-reader.ts';

/** Stored bytes that are asked for at a time; of a small file all of them. */
const PIECE_BYTES = 256 * 1024;
const SMALL_BYTES = 1024 * 1024;
/** As many as `ensure` may be asked for. */
const LEAST_BYTES = 64 * 1024;

/** The largest buffer that was given back: thousands of small files are read one after the other. */
let spare: Uint8Array | null = null;

/**
 * The stored bytes of a compressed file, front to back, one piece at a time. A piece is borrowed until the next call of `piece` or `ensure`.
 */
export class CompressedInput {
  readonly #reader: ByteReader;
  #buffer: Uint8Array;
  /** Who may still use the buffer. */
  #borrowers = 0;
  #start = 0;
  #end = 0;
  #readSoFar = 0;
  #isAtEnd = false;

  constructor(reader: ByteReader) {
    this.#reader = reader;
    const { sizeBytes } = reader;
    const isSmall = sizeBytes >= 0 && sizeBytes <= SMALL_BYTES;
    this.#buffer = takeBuffer(isSmall ? Math.max(LEAST_BYTES, sizeBytes) : PIECE_BYTES);
  }

  /** Somebody reads pieces who may go on when nobody waits for him any more. */
  lend(): void {
    this.#borrowers++;
  }

  /** He is through. */
  regain(): void {
    this.#borrowers--;
  }

  /** No piece is asked for any more. */
  release(): void {
    if (this.#borrowers === 0 && this.#buffer.length > (spare?.length ?? 0)) spare = this.#buffer;
    this.#buffer = new Uint8Array(0);
    this.#isAtEnd = true;
    this.#start = this.#end = 0;
  }

  /** True when nothing is to be read any more: what is buffered is the rest of the file. */
  get holdsTheRest(): boolean {
    return this.#isAtEnd;
  }

  /** Offset in the stored file of the next byte that nobody has consumed. */
  get offset(): number {
    return this.#readSoFar - (this.#end - this.#start);
  }

  /** What is buffered, or the next piece; empty at the end of the file. */
  async piece(): Promise<Uint8Array> {
    if (this.#start === this.#end) await this.#fill();
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** At least `count` bytes (at most the size of a piece) without consuming them; fewer only at the end of the file. */
  async ensure(count: number): Promise<Uint8Array> {
    while (this.#end - this.#start < count && !this.#isAtEnd) await this.#fill();
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Counts `count` bytes of what `piece` or `ensure` gave as used. */
  consume(count: number): void {
    this.#start += count;
  }

  async #fill(): Promise<void> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    const free = this.#buffer.subarray(this.#end);
    this.lend();
    const result = this.#reader.read(free, this.#readSoFar);
    const bytes = typeof result === 'number' ? result : await result;
    this.regain();
    this.#end += bytes;
    this.#readSoFar += bytes;
    // A reader that gives less than it was asked for breaks its contract, but the file is not to blame for that.
    this.#isAtEnd = bytes === 0 || this.#readSoFar === this.#reader.sizeBytes;
  }
}

function takeBuffer(bytes: number): Uint8Array {
  const known = spare;
  if (known === null || known.length < bytes) return new Uint8Array(bytes);
  spare = null;
  return known;
}
