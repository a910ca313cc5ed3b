import { describe, expect, it } from 'vitest';
import type { ColumnBatch } from '../columns/column-batch.ts';
import { createColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import { SourceColumn } from './source-column.ts';

/** A batch without rows, with a column for each name. */
function batchOf(...names: string[]): ColumnBatch {
  return createColumnBatch({
    fields: names.map((name) => ({ name, type: { kind: 'string' }, required: false })),
    columns: names.map((): ColumnData => ({ layout: 'offsets', offsets: new Int32Array(1), bytes: new Uint8Array(0) })),
    rows: 0,
  });
}

describe('a source column', () => {
  it('is found by name, wherever a batch has it', () => {
    const source = new SourceColumn('b');
    for (const names of [['a', 'b'], ['a', 'b', 'c'], ['b'], ['a', 'c'], [], ['c', 'a', 'b']]) {
      const batch = batchOf(...names);
      expect(source.of(batch)).toBe(batch.columns[names.indexOf('b')]);
    }
  });

  it('is missing without a name', () => {
    expect(new SourceColumn(undefined).of(batchOf('a'))).toBeUndefined();
  });
});
