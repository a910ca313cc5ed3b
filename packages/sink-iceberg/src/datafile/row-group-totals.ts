import type { Field } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { RowGroup } from '../parquet/file-metadata.ts';
import type { DataFileDescription } from './data-file.ts';

/** What the row groups of a data file say of it, added up as they come. */
export class RowGroupTotals {
  rows = 0;
  readonly #ids: readonly number[];
  readonly #columnBytes: number[];
  readonly #splitOffsets: number[] = [];

  /** @param fields The stored columns, with ids. */
  constructor(fields: readonly Field[]) {
    this.#ids = leafIds(fields);
    this.#columnBytes = this.#ids.map(() => 0);
  }

  /** @param group As it stands in the footer. */
  add({ rows, chunks }: RowGroup): void {
    if (chunks.length !== this.#ids.length)
      throw new CalveError(
        'INTERNAL',
        `A row group of a data file has ${chunks.length} columns; ${this.#ids.length} are stored.`,
      );
    this.rows += rows;
    this.#splitOffsets.push(chunks[0]!.offset);
    for (const [index, { compressedBytes }] of chunks.entries()) this.#columnBytes[index]! += compressedBytes;
  }

  /** `columnSizes`: compressed bytes per leaf, keyed by field id as text. `splitOffsets`: where each row group begins, ascending. */
  describe(): Pick<DataFileDescription, 'rows' | 'columnSizes' | 'splitOffsets'> {
    const columnSizes: Record<string, number> = {};
    if (this.#splitOffsets.length > 0) for (const [index, id] of this.#ids.entries()) columnSizes[id] = this.#columnBytes[index]!;
    return { rows: this.rows, columnSizes, splitOffsets: this.#splitOffsets };
  }
}

/** Ids of the leaves in the order of the file's columns: depth first. */
function leafIds(fields: readonly Field[]): number[] {
  return fields.flatMap(({ id, name, type }) => {
    switch (type.kind) {
      case 'struct':
        return leafIds(type.fields);
      case 'list':
        return leafIds([type.element]);
      case 'map':
        return leafIds([type.key, type.value]);
      default:
        if (id === undefined) throw new CalveError('INTERNAL', `The stored column "${name}" has no field id.`);
        return [id];
    }
  });
}
