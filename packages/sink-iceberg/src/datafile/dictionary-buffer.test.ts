import type { ColumnData, ColumnType } from '@calve/core/plugin';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { TestValue } from './testing/column-of-values.ts';
import { columnOfValues } from './testing/column-of-values.ts';
import { expectedValues, field, readTable, writerConfiguration, writeTable } from './testing/test-table.ts';

const string: ColumnType = { kind: 'string' };

/** The same column as a dictionary, in which an entry may stand twice and others for nothing. */
function asDictionary(column: ColumnData, type: ColumnType, values: readonly TestValue[]): ColumnData {
  const entries = [...new Set(values.filter((value) => value !== null)), 'unused', ...values.slice(0, 2)];
  const indexes = Int32Array.from(values, (value, row) => (row < 2 ? entries.length - 2 + row : entries.indexOf(value)));
  const { validity } = column;
  return {
    layout: 'dictionary',
    indexes,
    values: columnOfValues(type, entries.slice(0, entries.length - 2).concat(values.slice(0, 2).map((value) => value ?? ''))),
    ...(validity ? { validity } : {}),
  };
}

describe('columns that come as dictionaries', () => {
  const pool = fc.uniqueArray(fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('', 'x'.repeat(100))), {
    minLength: 1,
    maxLength: 8,
  });
  const tables = pool.chain((words) =>
    fc.record({
      values: fc.array(fc.option(fc.constantFrom(...words), { freq: 5 }), { minLength: 1, maxLength: 900 }),
      batchRows: fc.integer({ min: 1, max: 400 }),
      layouts: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
    }),
  );

  it('are written with the values and metrics of any other column, also where some batches come otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.boolean(), async ({ values, batchRows, layouts }, isSorted) => {
        const fields = [field(1, 'a', string), field(2, 'row', { kind: 'int32' })];
        const table = [
          { field: fields[0]!, values },
          { field: fields[1]!, values: values.map((_, row) => row) },
        ];
        const sort = { sourceId: 1, transform: 'identity', descending: false, nullsFirst: true };
        const configuration = writerConfiguration(fields, {
          codec: 'uncompressed',
          rowGroupBytes: 4000,
          ...(isSorted ? { sortOrder: { id: 1, fields: [sort] } } : {}),
        });
        let batch = 0;
        const mixed = await writeTable(table, configuration, {
          batchRows,
          layout: (column, rows, at) => {
            if (at !== 0) return column;
            const start = batch * batchRows;
            const isDictionary = layouts[batch % layouts.length]!;
            batch += 1;
            return isDictionary ? asDictionary(column, string, values.slice(start, start + rows)) : column;
          },
        });
        const plain = await writeTable(table, configuration, { batchRows });
        const readAll = async (files: Iterable<Uint8Array>): Promise<unknown[][]> => {
          const rows: unknown[][] = [];
          for (const bytes of files) {
            const [texts, numbers] = await readTable(bytes, fields);
            rows.push(...texts!.map((text, row) => [text, numbers![row]]));
          }
          return rows;
        };
        const byNumber = (rows: unknown[][]): unknown[][] => rows.toSorted((a, b) => Number(a[1]) - Number(b[1]));
        const [texts, numbers] = expectedValues(table);
        expect(byNumber(await readAll(mixed.outputs.files.values()))).toEqual(texts!.map((text, row) => [text, numbers![row]]));
        expect(mixed.rows).toBe(plain.rows);
        const sum = (files: typeof mixed.files, name: 'valueCounts' | 'nullCounts'): number =>
          files.reduce((total, file) => total + file[name]['1']!, 0);
        expect(sum(mixed.files, 'nullCounts')).toBe(sum(plain.files, 'nullCounts'));
        expect(sum(mixed.files, 'valueCounts')).toBe(values.length);
        if (mixed.files.length === 1 && plain.files.length === 1)
          expect([mixed.files[0]!.lowerBounds, mixed.files[0]!.upperBounds]).toEqual([
            plain.files[0]!.lowerBounds,
            plain.files[0]!.upperBounds,
          ]);
      }),
      { numRuns: 100 },
    );
  });

  it('take no room for repeated values, so that row groups stay large', async () => {
    const rows = 20_000;
    const path = `s3://bucket/${'a long folder/'.repeat(10)}file.csv`;
    const one = field(1, 'source', string);
    const values = new Array<string>(rows).fill(path);
    const dictionary: ColumnData = {
      layout: 'dictionary',
      indexes: new Int32Array(rows),
      values: columnOfValues(string, [path]),
    };
    const { outputs, files } = await writeTable(
      [{ field: one, values }],
      writerConfiguration([one], { rowGroupBytes: 200_000 }),
      {
        layout: () => dictionary,
      },
    );
    const bytes = [...outputs.files.values()][0]!;
    const { row_groups } = parquetMetadata(bytes.slice().buffer);
    expect(row_groups).toHaveLength(1);
    expect(row_groups[0]!.columns[0]!.meta_data!.statistics).toMatchObject({ null_count: 0n });
    expect(files[0]!.valueCounts).toEqual({ 1: rows });
    expect(bytes.length).toBeLessThan(1000);
    expect(await readTable(bytes, [one])).toEqual([values]);
  });

  it('stop being dictionaries when too many values differ', async () => {
    const rows = 40_000;
    const one = field(1, 'a', string);
    const values = Array.from({ length: rows }, (_, row) => `value ${row}`);
    const column = columnOfValues(string, values);
    const { outputs } = await writeTable([{ field: one, values }], writerConfiguration([one]), {
      layout: () => ({ layout: 'dictionary', indexes: Int32Array.from(values, (_, row) => row), values: column }),
    });
    expect(await readTable([...outputs.files.values()][0]!, [one])).toEqual([values]);
  });
});
