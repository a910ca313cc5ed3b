import { giveBytesBack, offsetInArena, takeBytes } from '@calve/core/plugin';
import { csvKernels } from './csv-kernels.ts';

/** As much as is looked at in one go: what is found stays in the processor's caches. */
const BLOCK_BYTES = 64 * 1024;
/** Entries behind the last one, at which a scan may look. */
const MORE_ENTRIES = 8;
const NO_WORDS = new Uint32Array(0);
const NO_BYTES = new Uint8Array(0);
const NO_COUNTS = new Int32Array(0);

/**
 * The places of three bytes in a text, block by block, and nothing else: whether a place means something is for whoever reads it to say. So a
 * block stays right whatever becomes of the records in it. Compiled, or not at all: `PlainRecordScanner` does without.
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
  #source: Uint8Array = NO_BYTES;
  #counts: Int32Array = NO_COUNTS;
  #end = 0;
  /** Up to where the places are known. */
  #known = 0;

  /** Three ASCII characters, also the same one several times. */
  constructor(first: number, second: number, third: number) {
    this.#firstByte = first;
    this.#secondByte = second;
    this.#thirdByte = third;
  }

  attach(source: Uint8Array, end: number): void {
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

  /**
   * Looks at the block that begins at `position`.
   *
   * @returns False, and nothing is known, where nothing compiled can be used.
   */
  fill(position: number): boolean {
    const kernels = csvKernels.current;
    const source = offsetInArena(this.#source);
    if (kernels === null || source < 0) return false;
    const most = Math.min(this.#end, BLOCK_BYTES) + MORE_ENTRIES;
    if (most > this.places.length) this.#takeRoom(most);
    const places = offsetInArena(this.places);
    if (places < 0) return false;
    const to = Math.min(this.#end, position + BLOCK_BYTES);
    const others = offsetInArena(this.others);
    const counts = this.#counts;
    const { findStructure } = kernels;
    findStructure(
      source,
      position,
      to,
      this.#firstByte,
      this.#secondByte,
      this.#thirdByte,
      places,
      others,
      offsetInArena(counts),
    );
    this.count = counts[0] as number;
    this.otherCount = counts[1] as number;
    this.next = 0;
    this.nextOther = 0;
    this.#known = to;
    this.skipTo(position);
    return true;
  }

  #takeRoom(most: number): void {
    this.close();
    const { buffer, byteOffset } = takeBytes((most * 2 + 2) * 4);
    this.places = new Uint32Array(buffer, byteOffset, most);
    this.others = new Uint32Array(buffer, byteOffset + most * 4, most);
    this.#counts = new Int32Array(buffer, byteOffset + most * 8, 2);
  }
}
