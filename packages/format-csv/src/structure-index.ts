import { giveBytesBack, offsetInArena, takeBytes } from '@calve/core/plugin';
import { csvKernels } from './csv-kernels.ts';

/** As much as is looked at in one go: what is found stays in the processor's caches. */
const BLOCK_BYTES = 64 * 1024;
/** What is found in the words at the edges of a block and does not belong to it. */
const EDGE_BYTES = 8;
const HIGHEST_BITS = 0x80808080 | 0;
const NO_WORDS = new Uint32Array(0);
const NO_BYTES = new Uint8Array(0);
const NO_COUNTS = new Int32Array(0);

/**
 * The places of three bytes in a text, block by block, and nothing else: whether a place means something is for whoever reads it to say. So a
 * block stays right whatever becomes of the records in it.
 */
export class StructureIndex {
  /** Ascending; those from `count` on mean nothing. */
  places: Uint32Array = NO_WORDS;
  /** Entries of `places` that are not of the first byte, ascending; those from `otherCount` on mean nothing. */
  others: Uint32Array = NO_WORDS;
  count = 0;
  otherCount = 0;
  /** The first entry that is not behind. */
  next = 0;
  /** Where in `others` to look for one that is not behind. */
  nextOther = 0;

  readonly #firstByte: number;
  readonly #secondByte: number;
  readonly #thirdByte: number;
  /** By byte: 1 is one of the three. */
  readonly #isWanted = new Uint8Array(256);
  /** The least byte that is larger than all three, four times. */
  readonly #tooLarge: number;
  #source: Uint8Array = NO_BYTES;
  #counts: Int32Array = NO_COUNTS;
  /** Numbers of words that may have a wanted byte. */
  #candidates: Uint32Array = NO_WORDS;
  #end = 0;
  /** Up to where the places are known. */
  #known = 0;

  /** Three ASCII characters, also the same one several times. */
  constructor(first: number, second: number, third: number) {
    this.#firstByte = first;
    this.#secondByte = second;
    this.#thirdByte = third;
    for (const byte of [first, second, third]) this.#isWanted[byte] = 1;
    this.#tooLarge = Math.imul(Math.max(first, second, third) + 1, 0x01010101);
  }

  /** @param source Begins at a multiple of 4 of its buffer. There are at least 3 bytes behind `end`. */
  attach(source: Uint8Array, end: number): void {
    const most = Math.min(end, BLOCK_BYTES) + EDGE_BYTES;
    if (most > this.places.length) this.#takeRoom(most);
    this.#source = source;
    this.#end = end;
    this.#known = 0;
    this.count = 0;
    this.otherCount = 0;
    this.next = 0;
    this.nextOther = 0;
  }

  /** Gives its memory back. It can be attached again. */
  close(): void {
    giveBytesBack(this.places);
    this.places = NO_WORDS;
    this.others = NO_WORDS;
    this.#counts = NO_COUNTS;
    this.#candidates = NO_WORDS;
    this.count = 0;
    this.otherCount = 0;
  }

  /** True when there is something behind the block. */
  get hasMore(): boolean {
    return this.#known < this.#end;
  }

  /** Goes on to the first place that is not before `position`. */
  skipTo(position: number): void {
    const { places, count } = this;
    let { next } = this;
    while (next < count && (places[next] as number) < position) next += 1;
    this.next = next;
  }

  /** Looks at the block that begins at `position`. */
  fill(position: number): void {
    const to = Math.min(this.#end, position + BLOCK_BYTES);
    if (!this.#findCompiled(position, to)) {
      this.#find(position >> 2, (to + 3) >> 2);
      while (this.count > 0 && (this.places[this.count - 1] as number) >= to) this.count -= 1;
      while (this.otherCount > 0 && (this.others[this.otherCount - 1] as number) >= this.count) this.otherCount -= 1;
    }
    this.next = 0;
    this.nextOther = 0;
    this.#known = to;
    this.skipTo(position);
  }

  #takeRoom(most: number): void {
    this.close();
    const candidates = most >> 2;
    const { buffer, byteOffset } = takeBytes((most * 2 + 2 + candidates) * 4);
    this.places = new Uint32Array(buffer, byteOffset, most);
    this.others = new Uint32Array(buffer, byteOffset + most * 4, most);
    this.#counts = new Int32Array(buffer, byteOffset + most * 8, 2);
    this.#candidates = new Uint32Array(buffer, byteOffset + most * 8 + 8, candidates);
  }

  /** @returns False where nothing compiled can be used. */
  #findCompiled(from: number, to: number): boolean {
    const kernels = csvKernels.current;
    const source = offsetInArena(this.#source);
    const places = offsetInArena(this.places);
    if (kernels === null || source < 0 || places < 0) return false;
    const others = offsetInArena(this.others);
    const counts = this.#counts;
    const { findStructure } = kernels;
    findStructure(source, from, to, this.#firstByte, this.#secondByte, this.#thirdByte, places, others, offsetInArena(counts));
    this.count = counts[0] as number;
    this.otherCount = counts[1] as number;
    return true;
  }

  /**
   * Three passes over little, none of which lets the processor guess: which words of four bytes have one that is small enough to be wanted, which
   * is told by one test; which of their bytes are wanted; which of those are not of the first byte.
   */
  #find(from: number, to: number): void {
    const text = this.#source;
    const words = new Int32Array(text.buffer, text.byteOffset, text.byteLength >> 2);
    const { places, others } = this;
    const candidates = this.#candidates;
    const isWanted = this.#isWanted;
    const first = this.#firstByte;
    const tooLarge = this.#tooLarge;
    let candidateCount = 0;
    for (let word = from; word < to; word += 1) {
      const bytes = words[word] as number;
      const small = (bytes - tooLarge) & ~bytes & HIGHEST_BITS;
      candidates[candidateCount] = word;
      candidateCount += (small | -small) >>> 31;
    }
    let count = 0;
    for (let candidate = 0; candidate < candidateCount; candidate += 1) {
      const word = candidates[candidate] as number;
      const bytes = words[word] as number;
      const at = word << 2;
      places[count] = at;
      count += isWanted[bytes & 0xff] as number;
      places[count] = at + 1;
      count += isWanted[(bytes >>> 8) & 0xff] as number;
      places[count] = at + 2;
      count += isWanted[(bytes >>> 16) & 0xff] as number;
      places[count] = at + 3;
      count += isWanted[bytes >>> 24] as number;
    }
    let otherCount = 0;
    for (let place = 0; place < count; place += 1) {
      others[otherCount] = place;
      otherCount += text[places[place] as number] === first ? 0 : 1;
    }
    this.count = count;
    this.otherCount = otherCount;
  }
}
