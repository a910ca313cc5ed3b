import type { ColumnValues } from './column-values.ts';
import { indexWidth } from './dictionary-indexes.ts';
import type { Numbering } from './number-values.ts';
import { MOST_ENTRIES, numberValues } from './number-values.ts';
import type { PhysicalType } from './physical-type.ts';
import { ReusableBytes } from './reusable-bytes.ts';

const MOST_SLOTS = 65_536;
const FEWEST_SLOTS = 64;
// What a dictionary has to save of the bytes; a smaller gain is lost again where the codec would have found it.
const WORTHWHILE = 0.75;

/** Which values a column chunk has, and where. */
export interface Dictionary {
  /** Row numbers of the entries, where each of them first appears. */
  entries: Int32Array;
  /** Per value, the number of its entry. */
  indexes: Uint16Array;
}

/** Builds dictionaries. Its memory is used again for every chunk. */
export class DictionaryBuilder {
  readonly #indexes = new ReusableBytes();
  readonly #entryRows = new ReusableBytes();
  readonly #keys = new ReusableBytes();
  readonly #slots = new ReusableBytes();

  /**
   * Builds the dictionary of a chunk, unless one would not pay: few values repeat, there are more than 32,767 entries or 1 MiB of
   * them, or entries and indexes together are not clearly smaller than the values.
   *
   * @param values Without nulls.
   * @returns It holds until the next call. `null`: no dictionary.
   */
  build(type: PhysicalType, values: ColumnValues): Dictionary | null {
    const { rows } = values;
    if (rows < 2 || type.order === 'boolean') return null;
    const numbering = this.#numbering(rows);
    const entries = numberValues(values, type.width, numbering);
    if (entries === 0 || entries * 2 > rows) return null;
    const dictionary = { entries: numbering.entryRows.subarray(0, entries), indexes: numbering.indexes };
    return isWorthwhile(type, values, dictionary.entries) ? dictionary : null;
  }

  /** Gives the memory back; it can be used again afterwards. */
  release(): void {
    for (const memory of [this.#indexes, this.#entryRows, this.#keys, this.#slots]) memory.release();
  }

  #numbering(rows: number): Numbering {
    const most = Math.min(rows, MOST_ENTRIES);
    let slots = FEWEST_SLOTS;
    while (slots < rows * 2 && slots < MOST_SLOTS) slots *= 2;
    return {
      indexes: this.#indexes.takeUint16(rows),
      entryRows: this.#entryRows.takeInt32(most),
      keys: this.#keys.takeInt32((most + 1) * 2),
      slots: this.#slots.takeUint16(slots).fill(0),
    };
  }
}

function isWorthwhile({ storedWidth }: PhysicalType, { rows, offsets }: ColumnValues, entries: Int32Array): boolean {
  const indexBytes = (rows * indexWidth(entries.length)) / 8;
  if (offsets === null) return entries.length * storedWidth + indexBytes <= rows * storedWidth * WORTHWHILE;
  const plainBytes = offsets[rows]! - offsets[0]! + rows * 4;
  let dictionaryBytes = entries.length * 4;
  for (const row of entries) dictionaryBytes += offsets[row + 1]! - offsets[row]!;
  return dictionaryBytes + indexBytes <= plainBytes * WORTHWHILE;
}
