/** What waits of one tenant, by place; null: the note goes. */
type Notes = Map<string, string | null>;

/** Notes of a listing page, as bytes: thousands of texts that wait would be moved about by V8, which gives itself more memory for that. */
interface PackedNotes {
  first: string;
  last: string;
  text: Uint8Array;
}

/** Notes of one tenant that are not written yet. A later one takes the place of an earlier one. */
export class WaitingNotes {
  readonly #packed: PackedNotes[] = [];
  #loose: Notes = new Map();
  #packedNotes = 0;

  /** How many wait; one that was noted again may count twice. */
  get size(): number {
    return this.#packedNotes + this.#loose.size;
  }

  set(place: string, note: string | null): void {
    this.#loose.set(place, note);
  }

  /** Makes what waits small, for it may wait for long. */
  pack(): void {
    if (this.#loose.size === 0) return;
    let first: string | undefined;
    let last = '';
    for (const place of this.#loose.keys()) {
      if (first === undefined || place < first) first = place;
      if (place > last) last = place;
    }
    this.#packed.push({ first: first ?? '', last, text: new TextEncoder().encode(JSON.stringify([...this.#loose])) });
    this.#packedNotes += this.#loose.size;
    this.#loose = new Map();
  }

  /** Those between two places, both included, in the order in which they came. A place may come again. */
  *between(from: string, until: string): Generator<readonly [place: string, note: string | null]> {
    for (const { first, last, text } of this.#packed)
      if (first <= until && last >= from)
        for (const entry of unpacked(text)) if (entry[0] >= from && entry[0] <= until) yield entry;
    for (const entry of this.#loose) if (entry[0] >= from && entry[0] <= until) yield entry;
  }

  /** All of them, in the order in which they came. A place may come again. */
  *all(): Generator<readonly [place: string, note: string | null]> {
    for (const { text } of this.#packed) yield* unpacked(text);
    yield* this.#loose;
  }
}

function unpacked(text: Uint8Array): [place: string, note: string | null][] {
  return JSON.parse(new TextDecoder().decode(text)) as [place: string, note: string | null][];
}
