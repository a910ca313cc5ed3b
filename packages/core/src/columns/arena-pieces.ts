import { giveBytesBack, takeBytes } from './arena.ts';

/** Pieces of memory with one life: they are taken one by one and given back together, by whoever owns what stands in them. */
export class ArenaPieces {
  readonly #pieces: Uint8Array[] = [];

  /** Memory of the arena while it has room, else of the heap, as `takeBytes` gives it: what it holds at first means nothing. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const piece = takeBytes(bytes);
    this.#pieces.push(piece);
    return piece;
  }

  /** Nothing of the pieces may be read afterwards. New ones may be taken. */
  giveBack(): void {
    for (const piece of this.#pieces) giveBytesBack(piece);
    this.#pieces.length = 0;
  }
}
