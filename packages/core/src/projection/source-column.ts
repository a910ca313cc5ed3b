import type { ColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';

/**
 * Finds a column by name in batch after batch. Most have it where the one before had it: with hundreds of columns, looking through the names for each of
 * them costs as much as reading a type.
 */
export class SourceColumn {
  readonly #name: string | undefined;
  #position = -1;

  /** @param name `undefined`: no batch has it. */
  constructor(name: string | undefined) {
    this.#name = name;
  }

  /** @returns `undefined`: the batch has no such column. */
  of({ fields, columns }: ColumnBatch): ColumnData | undefined {
    if (this.#name === undefined) return undefined;
    if (fields[this.#position]?.name !== this.#name) this.#position = fields.findIndex(({ name }) => name === this.#name);
    return columns[this.#position];
  }
}
