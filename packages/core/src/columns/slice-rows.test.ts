import { expect, it } from 'vitest';
import { createColumnBatch } from './column-batch.ts';
import type { ColumnData } from './column-data.ts';
import type { ColumnType, Field } from './column-type.ts';
import { readValue } from './read-value.ts';
import { sliceRows } from './slice-rows.ts';

const ROWS = 21;
const text = (row: number): string => (row % 5 === 3 ? '' : `text ${row}`);

function validityOf(isValid: (row: number) => boolean, rows = ROWS): Uint8Array {
  const bits = new Uint8Array((rows + 7) >> 3);
  for (let row = 0; row < rows; row += 1) if (isValid(row)) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
}

function texts(rows = ROWS): ColumnData {
  const encoded = Array.from({ length: rows }, (_, row) => new TextEncoder().encode(text(row)));
  const offsets = new Int32Array(rows + 1);
  for (const [row, bytes] of encoded.entries()) offsets[row + 1] = offsets[row]! + bytes.length;
  const bytes = Uint8Array.from(encoded.flatMap((own) => [...own]));
  return { layout: 'offsets', offsets, bytes, validity: validityOf((row) => row % 4 !== 1, rows) };
}

function cells(): ColumnData {
  const { offsets, bytes } = texts() as Extract<ColumnData, { layout: 'offsets' }>;
  return {
    layout: 'cells',
    source: bytes,
    starts: Uint32Array.from(offsets.subarray(0, ROWS)),
    ends: Uint32Array.from(offsets.subarray(1)),
    quoted: new Uint8Array(ROWS).fill(1),
    escaping: 'none',
    validity: validityOf((row) => row % 3 !== 0),
  };
}

const string: ColumnType = { kind: 'string' };
const field = (name: string, type: ColumnType): Field => ({ name, type, required: false });
const numbers: ColumnData = {
  layout: 'fixed',
  width: 4,
  values: new Uint8Array(Int32Array.from({ length: ROWS }, (_, row) => row).buffer),
};
const flags: ColumnData = { layout: 'fixed', width: 0, values: validityOf((row) => row % 2 === 0) };
const members = Int32Array.from({ length: ROWS + 1 }, (_, row) => row * 2);

const columns: [ColumnType, ColumnData][] = [
  [{ kind: 'int32' }, numbers],
  [{ kind: 'boolean' }, flags],
  [string, texts()],
  [string, cells()],
  [string, { layout: 'dictionary', indexes: Int32Array.from({ length: ROWS }, (_, row) => row % 3), values: texts(3) }],
  [
    { kind: 'struct', fields: [field('inner', string)] },
    { layout: 'struct', children: [texts()], validity: validityOf((row) => row !== 4) },
  ],
  [
    { kind: 'list', element: field('element', string) },
    { layout: 'list', offsets: members, element: texts(ROWS * 2), validity: validityOf((row) => row % 7 !== 2) },
  ],
];

const fields = columns.map(([type], index) => field(`c${index}`, type));
const batch = createColumnBatch({
  fields,
  columns: columns.map(([, column]) => column),
  rows: ROWS,
  byteOffsets: Float64Array.from({ length: ROWS }, (_, row) => row * 10),
  firstRecordInRange: 100,
  records: {
    source: new Uint8Array(0),
    starts: new Uint32Array(ROWS),
    ends: new Uint32Array(ROWS),
    lines: Float64Array.from({ length: ROWS }, (_, row) => row + 2),
  },
});

it('has the rows of the batch from any one to any other, in every layout', () => {
  for (let from = 0; from <= ROWS; from += 1) {
    for (let to = from; to <= ROWS; to += 1) {
      const slice = sliceRows(batch, from, to);
      for (const [index, [type, column]] of columns.entries()) {
        const values = Array.from({ length: to - from }, (_, row) => readValue(slice.columns[index]!, type, row));
        expect(values).toEqual(Array.from({ length: to - from }, (_, row) => readValue(column, type, from + row)));
      }
      expect([slice.rows, slice.firstRecordInRange]).toEqual([to - from, 100 + from]);
    }
  }
});

it('keeps where its rows stand', () => {
  const slice = sliceRows(batch, 3, 5);
  expect([...(slice.byteOffsets ?? [])]).toEqual([30, 40]);
  expect([...(slice.records?.lines ?? [])]).toEqual([5, 6]);
});
