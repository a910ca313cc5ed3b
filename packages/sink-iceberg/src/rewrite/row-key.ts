import type { ColumnBatch, ColumnData, Field } from '@calve/core/plugin';
import { CalveError, isValid } from '@calve/core/plugin';
import { hashKey } from './key-table.ts';
import type { AppendValue } from './order-bytes.ts';
import { appendOrder, OrderBuffer, orderOf } from './order-bytes.ts';

/** Reads keys, and what rows are ordered by, out of batches: into buffers that each row overwrites. */
export class RowKeys {
  readonly keyFields: readonly Field[];
  readonly newestFields: readonly Field[];
  readonly key = new OrderBuffer();
  readonly order = new OrderBuffer();
  hash = 0;
  readonly #keyOrders: AppendValue[];
  readonly #newestOrders: AppendValue[];
  readonly #isVariable: boolean[];
  #keys: ColumnData[] = [];
  #newest: ColumnData[] = [];

  /**
   * @param fields All columns of the table.
   * @throws {CalveError} `SPEC_INVALID`: a column is not there, or its values cannot be compared.
   */
  constructor(fields: readonly Field[], keys: readonly string[], newest: readonly string[]) {
    this.keyFields = keys.map((name) => fieldNamed(fields, name));
    this.newestFields = newest.map((name) => fieldNamed(fields, name));
    this.#keyOrders = this.keyFields.map(({ type }) => orderOf(type));
    this.#newestOrders = this.newestFields.map(({ type }) => orderOf(type));
    this.#isVariable = this.keyFields.map(({ type }) => type.kind === 'string' || type.kind === 'binary');
  }

  /** The rows that are read next. A column that the batch lacks is null in every row. */
  open(batch: ColumnBatch): void {
    const column = ({ name }: Field): ColumnData => {
      const index = batch.fields.findIndex((field) => field.name === name);
      return batch.columns[index] ?? allNull(batch.rows);
    };
    this.#keys = this.keyFields.map(column);
    this.#newest = this.newestFields.map(column);
  }

  /** The first column of the keys, of the rows that are read now. */
  get firstColumn(): ColumnData {
    return this.#keys[0]!;
  }

  /** Reads the key of a row. @returns False: it has none, since a column of it is null. */
  readKey(row: number): boolean {
    const { key } = this;
    key.length = 0;
    for (let index = 0; index < this.#keys.length; index++) {
      const column = this.#keys[index]!;
      if (!isValid(column, row)) return false;
      const isVariable = this.#isVariable[index]!;
      const start = key.length;
      if (isVariable) {
        key.ensure(4);
        key.length += 4;
      }
      this.#keyOrders[index]!(column, row, key);
      if (isVariable) key.view.setUint32(start, key.length - start - 4);
    }
    this.hash = hashKey(key.bytes, key.length);
    return true;
  }

  /** Reads what a row is ordered by among those with the same key. */
  readOrder(row: number): void {
    this.order.length = 0;
    appendOrder(this.#newest, this.#newestOrders, row, this.order);
  }

  /** The bytes of one column of the key that was read last. */
  part(index: number): Uint8Array {
    let at = 0;
    for (let column = 0; ; column++) {
      const { type } = this.keyFields[column]!;
      const isVariable = this.#isVariable[column]!;
      const start = isVariable ? at + 4 : at;
      const end = isVariable ? start + this.key.view.getUint32(at) : start + widthOfOrder(type);
      if (column === index) return this.key.bytes.subarray(start, end);
      at = end;
    }
  }
}

function widthOfOrder(type: Field['type']): number {
  switch (type.kind) {
    case 'boolean':
      return 1;
    case 'int32':
    case 'date':
    case 'float32':
      return 4;
    case 'decimal':
      return type.precision <= 18 ? 8 : 16;
    case 'uuid':
      return 16;
    case 'fixed':
      return type.bytes;
    default:
      return 8;
  }
}

function fieldNamed(fields: readonly Field[], name: string): Field {
  const field = fields.find((one) => one.name === name);
  if (field) return field;
  throw new CalveError('SPEC_INVALID', `Rows are to be merged by the column "${name}", which the table does not have.`, {
    recovery: 'fix-input',
    context: { column: name },
  });
}

function allNull(rows: number): ColumnData {
  return {
    layout: 'offsets',
    offsets: new Int32Array(rows + 1),
    bytes: new Uint8Array(),
    validity: new Uint8Array((rows + 7) >> 3),
  };
}
