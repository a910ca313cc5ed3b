import type { ColumnType, Json } from '@calve/core/plugin';
import { arena, createColumnBatch, withoutWebAssembly } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encoderKernels } from '../parquet/encoder-kernels.ts';
import { createTableWriter } from './table-writer.ts';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';
import { scalars } from './testing/arbitrary-table.ts';
import { arenaColumn } from './testing/arena-column.ts';
import type { TestValue } from './testing/column-of-values.ts';
import { columnOfValues } from './testing/column-of-values.ts';
import { memoryOutputs } from './testing/memory-outputs.ts';
import type { TestColumn } from './testing/test-table.ts';
import { field, writerConfiguration } from './testing/test-table.ts';

beforeAll(async () => {
  await encoderKernels.open();
  expect(encoderKernels.current).not.toBeNull();
});

/** Writes columns in batches that lie in the arena, as long as there is one. @returns All files, one after the other. */
async function writtenFiles(
  table: readonly TestColumn[],
  batchRows: number,
  overrides: Partial<TableWriterConfiguration>,
): Promise<Buffer> {
  const fields = table.map((column) => column.field);
  const outputs = memoryOutputs();
  const configuration = writerConfiguration(fields, overrides);
  const writer = await createTableWriter(configuration as unknown as Json, testContext(), outputs);
  const rows = table[0]!.values.length;
  for (let start = 0; start < rows; start += batchRows) {
    const end = Math.min(rows, start + batchRows);
    const parts = table.map(({ field: { type }, values }) => arenaColumn(columnOfValues(type, values.slice(start, end))));
    await writer.write(createColumnBatch({ fields, columns: parts.map(({ column }) => column), rows: end - start }));
    for (const { memory } of parts) memory.release();
  }
  await writer.finish();
  return Buffer.concat([...outputs.files.values()]);
}

/** Long enough for kernels, from few values or from many. */
const longColumn = ([type, values]: [ColumnType, fc.Arbitrary<TestValue>], rows: number, id: number): fc.Arbitrary<TestColumn> =>
  fc
    .record({
      pool: fc.oneof(
        fc.array(values, { minLength: 1, maxLength: 5 }),
        fc.array(values, { minLength: 100, maxLength: 400, size: 'max' }),
      ),
      nulls: fc.constantFrom(0, 0, 10, 200, 256),
      seed: fc.nat(),
    })
    .map(({ pool, nulls, seed }) => {
      let state = seed | 1;
      const next = (): number => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return state >>> 0;
      };
      const column = Array.from({ length: rows }, () => ((next() >>> 8) % 256 < nulls ? null : pool[next() % pool.length]!));
      return { field: field(id, `column${id}`, type), values: column };
    });

const longTable = fc
  .integer({ min: 1, max: 5000 })
  .chain((rows) =>
    fc
      .array(fc.constantFrom(...scalars), { minLength: 1, maxLength: 3 })
      .chain((types) => fc.tuple(...types.map((type, at) => longColumn(type, rows, at + 1)))),
  );

describe('compiled kernels of the encoder', () => {
  it('write the same bytes as plain JavaScript, and keep no memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        longTable,
        fc.record({
          codec: fc.constantFrom('uncompressed' as const, 'snappy' as const, 'zstd' as const),
          rowGroupBytes: fc.constantFrom(20_000, 8 * 1024 * 1024),
        }),
        fc.integer({ min: 1, max: 6000 }),
        fc.integer({ min: 100, max: 6000 }),
        async (table, overrides, compiledRows, plainRows) => {
          const inUse = arena()!.bytesInUse;
          const compiled = await writtenFiles(table, Math.max(compiledRows, 100), overrides);
          expect(arena()!.bytesInUse).toBe(inUse);
          const plain = await withoutWebAssembly(() => writtenFiles(table, plainRows, overrides));
          expect(Buffer.compare(compiled, plain)).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('write a full row group of every type like plain JavaScript', async () => {
    const rows = 140_000;
    const table = scalars.map(([type, values], at): TestColumn => {
      const pool = fc.sample(values, { numRuns: 50, seed: at });
      const column = Array.from({ length: rows }, (_, row) =>
        at % 2 === 0 && row % 7 === 0 ? null : pool[(row * 31 + (row >> 5)) % 50]!,
      );
      return { field: field(at + 1, `column${at}`, type), values: column };
    });
    const overrides = { codec: 'snappy' as const, rowGroupBytes: 512 * 1024 * 1024 };
    const compiled = await writtenFiles(table, 16_384, overrides);
    const plain = await withoutWebAssembly(() => writtenFiles(table, 30_000, overrides));
    expect(Buffer.compare(compiled, plain)).toBe(0);
  });

  it('leave no memory taken after a writer gave up, with rows that wait and after an error', async () => {
    const inUse = arena()!.bytesInUse;
    const fields = [field(1, 'a', { kind: 'decimal', precision: 4, scale: 0 }), field(2, 'b', { kind: 'string' })];
    const columns = [
      columnOfValues(
        fields[0]!.type,
        Array.from({ length: 9000 }, (_, row) => BigInt(row * 100)),
      ),
      columnOfValues(
        fields[1]!.type,
        Array.from({ length: 9000 }, (_, row) => `text ${row}`),
      ),
    ];
    const configuration = writerConfiguration(fields) as unknown as Json;
    const writer = await createTableWriter(configuration, testContext(), memoryOutputs());
    await writer.write(createColumnBatch({ fields, columns, rows: 9000 }));
    expect(arena()!.bytesInUse).toBeGreaterThan(inUse);
    await expect(writer.finish()).rejects.toMatchObject({ code: 'ICEBERG_VALUE_RANGE' });
    await writer.abort();
    expect(arena()!.bytesInUse).toBe(inUse);
  });
});
