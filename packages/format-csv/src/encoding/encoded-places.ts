/** A place in UTF-8 text and in the content that it was made of. */
export interface EncodedPlace {
  /** In the text at hand. */
  at: number;
  /** In the content, as it is encoded in the file. */
  byteOffset: number;
  /** How many CR and LF stand before it, from the beginning of the content on. */
  lineEnds: number;
}

/** Finds places of UTF-8 text in the content that it was made of. */
export interface EncodedPlaces {
  /**
   * The place of `text[to]`.
   *
   * @param from A place before it, or the same.
   */
  walk(from: EncodedPlace, text: Uint8Array, to: number): EncodedPlace;
  /** Nobody will ask for places before this one again. */
  forget(before: EncodedPlace): void;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Content with so many bytes per character: `unit`, or twice as many beyond U+FFFF. */
export class UnitPlaces implements EncodedPlaces {
  readonly #unit: number;

  constructor(unit: 1 | 2) {
    this.#unit = unit;
  }

  walk(from: EncodedPlace, text: Uint8Array, to: number): EncodedPlace {
    let units = 0;
    for (let at = from.at; at < to; at += 1) {
      const byte = text[at] as number;
      // Bytes 80..BF go on with a character, and one that begins with F0 or more is a pair of units.
      if (byte < 0x80 || byte > 0xbf) units += byte < 0xf0 ? 1 : 2;
    }
    return { at: to, byteOffset: from.byteOffset + units * this.#unit, lineEnds: from.lineEnds };
  }

  forget(): void {}
}

/**
 * Content whose characters are of several lengths: whoever decodes it notes where its lines end, which is where records do. A place inside
 * of a line is answered by the beginning of that line.
 */
export class LinePlaces implements EncodedPlaces {
  /** Where the content goes on after each CR and LF, from `#first` on. */
  #offsets = new Float64Array(1024);
  #count = 0;
  /** How many line ends were forgotten, and where the content goes on after the last of them. */
  #first = 0;
  #firstOffset = 0;

  /** Notes the line ends of the next piece of content, which begins at `byteOffset`. */
  note(content: Uint8Array, byteOffset: number): void {
    for (let at = 0; at < content.length; at += 1) {
      const byte = content[at];
      if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue;
      if (this.#count === this.#offsets.length) {
        const larger = new Float64Array(this.#count * 2);
        larger.set(this.#offsets);
        this.#offsets = larger;
      }
      this.#offsets[this.#count] = byteOffset + at + 1;
      this.#count += 1;
    }
  }

  walk(from: EncodedPlace, text: Uint8Array, to: number): EncodedPlace {
    let { lineEnds } = from;
    for (let at = from.at; at < to; at += 1) {
      const byte = text[at];
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) lineEnds += 1;
    }
    return { at: to, byteOffset: this.#after(lineEnds), lineEnds };
  }

  forget({ lineEnds }: EncodedPlace): void {
    const gone = lineEnds - this.#first;
    if (gone <= 0) return;
    this.#firstOffset = this.#after(lineEnds);
    this.#offsets.copyWithin(0, gone, this.#count);
    this.#count -= gone;
    this.#first = lineEnds;
  }

  #after(lineEnds: number): number {
    return lineEnds <= this.#first ? this.#firstOffset : (this.#offsets[lineEnds - this.#first - 1] as number);
  }
}
