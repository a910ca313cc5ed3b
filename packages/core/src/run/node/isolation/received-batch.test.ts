import { describe, expect, it } from 'vitest';
import type { ColumnBatchParts } from '../../../columns/column-batch.ts';
import type { ColumnData } from '../../../columns/column-data.ts';
import { receivedBatch } from './received-batch.ts';

const source = new TextEncoder().encode('abcdef');
const cells: ColumnData = { layout: 'cells', source, starts: Uint32Array.of(0, 3), ends: Uint32Array.of(3, 6), escaping: 'none' };
const numbers: ColumnData = { layout: 'fixed', width: 4, values: new Uint8Array(8) };
const texts: ColumnData = { layout: 'offsets', offsets: Int32Array.of(0, 2, 6), bytes: source };
const list: ColumnData = { layout: 'list', offsets: Int32Array.of(0, 1, 2), element: cells };
const words: ColumnData = { layout: 'dictionary', indexes: Int32Array.of(1, 0), values: texts };
const struct: ColumnData = { layout: 'struct', children: [cells, numbers] };
const flags: ColumnData = { layout: 'fixed', width: 0, values: new Uint8Array(1), validity: new Uint8Array(1) };

// Cloned, as the batches that are released are filled with 0xAA in tests.
const batchOf = (...columns: ColumnData[]): ColumnBatchParts => ({
  fields: columns.map((_, index) => ({ name: `c${index}`, type: { kind: 'string' }, required: false })),
  columns: structuredClone(columns),
  rows: 2,
  firstRecordInRange: 0,
});

describe('a batch from another process', () => {
  it('is read and released like any other', () => {
    let releases = 0;
    const batch = receivedBatch(batchOf(cells, numbers, texts, list, words, struct, flags), () => {
      releases += 1;
    });
    if (typeof batch === 'string') throw new TypeError(batch);
    expect(batch.columns).toHaveLength(7);
    batch.release();
    expect(releases).toBe(1);
    expect(() => batch.release()).toThrow(/twice/);
  });

  it.each<[string, ColumnData]>([
    ['cells that end behind their bytes', { ...cells, ends: Uint32Array.of(3, 7) }],
    ['cells that end before they start', { ...cells, starts: Uint32Array.of(0, 7) }],
    ['too few cells', { ...cells, starts: Uint32Array.of(0) }],
    ['bytes that are none', { ...cells, source: 'abcdef' as never }],
    ['too few values', { ...numbers, values: new Uint8Array(7) }],
    ['a negative width', { ...numbers, width: -4 }],
    ['falling offsets', { ...texts, offsets: Int32Array.of(0, 4, 2) }],
    ['offsets behind the bytes', { ...texts, offsets: Int32Array.of(0, 2, 7) }],
    ['a list of more than there is', { ...list, offsets: Int32Array.of(0, 1, 3) }],
    ['an index behind the dictionary', { ...words, indexes: Int32Array.of(0, 2) }],
    ['an index before the dictionary', { ...words, indexes: Int32Array.of(0, -1) }],
    ['a short child', { ...struct, children: [cells, { ...numbers, values: new Uint8Array(1) }] }],
    ['a short bitmap', { ...cells, validity: new Uint8Array(0) }],
    ['an unknown layout', { layout: 'banana' } as never],
  ])('with %s is refused', (_, column) => {
    expect(receivedBatch(batchOf(cells, column), () => {})).toBe('a column "c1" that does not hold 2 rows');
  });

  it('may have anything under a null', () => {
    const validity = Uint8Array.of(1);
    expect(receivedBatch(batchOf({ ...cells, ends: Uint32Array.of(3, 99), validity }), () => {})).not.toBeTypeOf('string');
    expect(receivedBatch(batchOf({ ...words, indexes: Int32Array.of(1, 99), validity }), () => {})).not.toBeTypeOf('string');
  });

  it.each<[string, Partial<ColumnBatchParts>]>([
    ['no rows', { rows: 0 }],
    ['half a row', { rows: 1.5 }],
    ['no columns', { columns: undefined as never }],
    ['more names than columns', { columns: [] }],
    ['names that are none', { fields: [null as never] }],
    ['records outside of their bytes', { records: { source, starts: Uint32Array.of(0, 3), ends: Uint32Array.of(3, 60) } }],
    ['too few places', { byteOffsets: new Float64Array(1) }],
  ])('with %s is refused', (_, wrong) => {
    expect(receivedBatch({ ...batchOf(cells), ...wrong }, () => {})).toBeTypeOf('string');
  });
});
