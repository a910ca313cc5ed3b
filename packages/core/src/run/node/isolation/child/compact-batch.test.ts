import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ColumnBatchParts } from '../../../../columns/column-batch.ts';
import type { CellsColumn } from '../../../../columns/column-data.ts';
import { compactBatch } from './compact-batch.ts';

/**
 * A chunk of records of two cells each, of which a batch takes some. A rewritten cell stands behind the chunk; a trimmed record is told
 * without its last byte, as are records whose last cell ends with a line end that is none in this file.
 */
function batchOf(
  records: { cell: string; rewritten: boolean; trimmed: boolean }[],
  first: number,
  count: number,
): ColumnBatchParts {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const chunk = records.map(({ cell }) => `${cell}|${cell}\n`).join('');
  const tail = records.map(({ cell, rewritten }) => (rewritten ? `<${cell}>` : '')).join('');
  const source = text(chunk + tail);
  const starts = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(count)] as const;
  const ends = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(count)] as const;
  let place = 0;
  let behind = text(chunk).length;
  for (const [index, { cell, rewritten, trimmed }] of records.entries()) {
    const length = text(cell).length;
    const row = index - first;
    if (row >= 0 && row < count) {
      starts[0][row] = place;
      ends[0][row] = place + length * 2 + (trimmed ? 0 : 1);
      starts[1][row] = place;
      ends[1][row] = place + length;
      starts[2][row] = rewritten ? behind : place + length + 1;
      ends[2][row] = rewritten ? behind + length + 2 : place + length * 2 + 1;
    }
    place += length * 2 + 2;
    if (rewritten) behind += length + 2;
  }
  const cells = (index: 1 | 2): CellsColumn => ({
    layout: 'cells',
    source,
    starts: starts[index],
    ends: ends[index],
    escaping: 'none',
  });
  return { fields: [], columns: [cells(1), cells(2)], rows: count, records: { source, starts: starts[0], ends: ends[0] } };
}

/** The same cells inside of a struct, and as the elements of lists of one. */
function nested(parts: ColumnBatchParts): ColumnBatchParts {
  const [first, second] = parts.columns as [CellsColumn, CellsColumn];
  const offsets = Int32Array.from({ length: parts.rows + 1 }, (_, row) => row);
  return {
    ...parts,
    columns: [
      { layout: 'struct', children: [first] },
      { layout: 'list', offsets, element: second },
    ],
  };
}

/** What `nested` hid, in sight again. */
function unnested(parts: ColumnBatchParts): ColumnBatchParts {
  const [first, second] = parts.columns;
  if (first?.layout !== 'struct' || second?.layout !== 'list') throw new Error('The columns are no longer nested.');
  return { ...parts, columns: [first.children[0]!, second.element] };
}

function textsOf({ columns, records, rows }: ColumnBatchParts): string[] {
  const slices = [records, ...columns] as { source: Uint8Array; starts: Uint32Array; ends: Uint32Array }[];
  return Array.from({ length: rows }, (_, row) =>
    slices.map(({ source, starts, ends }) => new TextDecoder().decode(source.subarray(starts[row], ends[row]))).join(' '),
  );
}

it('keeps every record and cell, and no more bytes than they need', () => {
  const record = fc.record({
    cell: fc.string({ maxLength: 5, unit: 'grapheme' }),
    rewritten: fc.boolean(),
    trimmed: fc.boolean(),
  });
  let compacted = 0;
  void fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(), (records, a, b) => {
      const first = a % records.length;
      const count = 1 + (b % (records.length - first));
      const batch = batchOf(records, first, count);
      const before = batch.records?.source.length ?? 0;
      const compact = compactBatch(batch);
      expect(textsOf(compact)).toEqual(textsOf(batch));
      expect(unnested(compactBatch(nested(batch)))).toEqual(compact);
      if (compact === batch) return;
      compacted += 1;
      expect(compact.records?.source.length).toBeLessThanOrEqual((before * 3) / 4);
      expect(compact.columns.every((column) => column.layout === 'cells' && column.source === compact.records?.source)).toBe(
        true,
      );
    }),
    { numRuns: 500 },
  );
  expect(compacted).toBeGreaterThan(100);
});

it('leaves places outside of the bytes outside', () => {
  const batch = batchOf(Array(50).fill({ cell: 'abc', rewritten: false, trimmed: false }), 0, 1);
  const [first, second] = batch.columns as [CellsColumn, CellsColumn];
  const wrong = { ...batch, columns: [first, { ...second, ends: Uint32Array.of(10_000) }] };
  const compact = compactBatch(wrong);
  expect(compact).not.toBe(wrong);
  const column = compact.columns[1] as CellsColumn;
  expect(column.ends[0]).toBeGreaterThan(column.source.length);
});
