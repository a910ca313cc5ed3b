import { CalveError } from '@calve/core/plugin';
import type { EncodedPlaces } from './encoded-places.ts';
import { LinePlaces, UnitPlaces } from './encoded-places.ts';
import { encodingKind } from './encoding-names.ts';
import { singleByteTable } from './single-byte-table.ts';

/** Turns one content into UTF-8, piece by piece. */
export interface Transcoder {
  readonly places: EncodedPlaces;
  /**
   * The next piece in UTF-8, in memory that the next call uses again. What a character lacks comes with the piece after it.
   *
   * @param isFinal True for the last piece, which may be empty.
   */
  push(piece: Uint8Array, isFinal: boolean): Uint8Array;
}

/** A character of a single-byte encoding, and an UTF-16 unit, have at most so many bytes in UTF-8. */
const MOST_BYTES = 3;

/** @throws {CalveError} `CSV_ENCODING_UNSUPPORTED` (fix-input): nobody here knows this encoding. */
export function createTranscoder(encoding: string): Transcoder {
  const kind = encodingKind(encoding);
  try {
    if (kind === 'single-byte') return new SingleByteTranscoder(singleByteTable(encoding));
    if (kind === 'utf-16' || kind === 'multi-byte') return new PlatformTranscoder(encoding, kind);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new CalveError(
    'CSV_ENCODING_UNSUPPORTED',
    `This platform cannot read the encoding ${JSON.stringify(encoding)}. Convert the file to UTF-8, for instance with "iconv -t UTF-8".`,
    { recovery: 'fix-input', context: { encoding } },
  );
}

class SingleByteTranscoder implements Transcoder {
  readonly places = new UnitPlaces(1);
  /** Three bytes for each of the 256 characters, and how many of them it has. */
  readonly #bytes = new Uint8Array(256 * MOST_BYTES);
  readonly #lengths = new Uint8Array(256);
  #target = new Uint8Array(0);

  constructor(table: readonly string[]) {
    const encoder = new TextEncoder();
    for (const [byte, character] of table.entries()) {
      this.#lengths[byte] = encoder.encodeInto(character, this.#bytes.subarray(byte * MOST_BYTES)).written;
    }
  }

  push(piece: Uint8Array): Uint8Array {
    if (this.#target.length < piece.length * MOST_BYTES) this.#target = new Uint8Array(piece.length * MOST_BYTES);
    const target = this.#target;
    const bytes = this.#bytes;
    let out = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] as number;
      if (byte < 0x80) {
        target[out] = byte;
        out += 1;
        continue;
      }
      const first = byte * MOST_BYTES;
      const end = first + (this.#lengths[byte] as number);
      for (let from = first; from < end; from += 1, out += 1) target[out] = bytes[from] as number;
    }
    return target.subarray(0, out);
  }
}

/** UTF-16 and the encodings of East Asia, by the platform's own decoder. */
class PlatformTranscoder implements Transcoder {
  readonly places: EncodedPlaces;
  readonly #lines: LinePlaces | null;
  readonly #decoder: TextDecoder;
  readonly #encoder = new TextEncoder();
  #byteOffset = 0;
  #target = new Uint8Array(0);

  constructor(encoding: string, kind: 'utf-16' | 'multi-byte') {
    this.#lines = kind === 'utf-16' ? null : new LinePlaces();
    this.places = this.#lines ?? new UnitPlaces(2);
    // The byte order mark stays, as U+FEFF, and is dropped where that of UTF-8 is.
    this.#decoder = new TextDecoder(encoding, { ignoreBOM: true });
  }

  push(piece: Uint8Array, isFinal: boolean): Uint8Array {
    this.#lines?.note(piece, this.#byteOffset);
    this.#byteOffset += piece.length;
    const text = this.#decoder.decode(piece, { stream: !isFinal });
    if (this.#target.length < text.length * MOST_BYTES) this.#target = new Uint8Array(text.length * MOST_BYTES);
    return this.#target.subarray(0, this.#encoder.encodeInto(text, this.#target).written);
  }
}
