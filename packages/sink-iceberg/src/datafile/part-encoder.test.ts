import type { ColumnType, Json } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPartEncoder } from './part-encoder.ts';
import { createTableWriter } from './table-writer.ts';
import { arbitraryTable } from './testing/arbitrary-table.ts';
import { columnOfValues } from './testing/column-of-values.ts';
import { memoryOutputs } from './testing/memory-outputs.ts';
import type { TestColumn } from './testing/test-table.ts';
import { borrowedBatch, field, writerConfiguration } from './testing/test-table.ts';

const string: ColumnType = { kind: 'string' };

function batchOf(table: readonly TestColumn[], start: number, end: number) {
  const columns = table.map(({ field: { type }, values }) => columnOfValues(type, values.slice(start, end)));
  return borrowedBatch(
    table.map((column) => column.field),
    columns,
    end - start,
  );
}

/** Writes the rows between the cuts, each as parts of an encoder of its own or straight away. */
async function written(table: readonly TestColumn[], cuts: readonly number[], config: Json, inParts: boolean) {
  const outputs = memoryOutputs();
  const writer = await createTableWriter(config, testContext(), outputs);
  const { parts } = writer;
  if (!parts) throw new Error('Rows of this table can be encoded elsewhere.');
  for (const [index, end] of cuts.entries()) {
    const batch = batchOf(table, cuts[index - 1] ?? 0, end);
    if (inParts) {
      const encoder = await createPartEncoder(config, testContext(), undefined);
      const encoded = [...(await encoder.write(batch)), await encoder.finish()];
      // As they arrive from another thread.
      for (const part of encoded) if (part) await parts.append(structuredClone(part));
    } else {
      await writer.write(batch);
      await parts.cut();
    }
    batch.release();
  }
  const { files, rows } = await writer.finish();
  return { files, rows, bytes: [...outputs.files.entries()] };
}

it('gives the files that the writer would have written, byte for byte, with their metrics', async () => {
  const table = arbitraryTable(60);
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.array(fc.nat(60), { maxLength: 4 }),
      fc.constantFrom(1, 300, 1 << 20),
      async (columns, at, rowGroupBytes) => {
        const rows = columns[0]?.values.length ?? 0;
        const cuts = [...at.map((cut) => Math.min(cut, rows)), rows].sort((a, b) => a - b);
        const fields = columns.map((column) => column.field);
        const config = writerConfiguration(fields, { rowGroupBytes, targetFileBytes: 2000 }) as unknown as Json;
        expect(await written(columns, cuts, config, true)).toEqual(await written(columns, cuts, config, false));
      },
    ),
    { numRuns: 60 },
  );
});

it('ends row groups where the writer does', async () => {
  const values = Array.from({ length: 3000 }, (_, row) => `text ${row % 900}`);
  const config = writerConfiguration([field(1, 'a', string)], { rowGroupBytes: 4000 }) as unknown as Json;
  const table = [{ field: field(1, 'a', string), values }];
  expect(await written(table, [1700, 3000], config, true)).toEqual(await written(table, [1700, 3000], config, false));
});

it('is not offered where rows are sorted or go to partitions', async () => {
  const fields = [field(1, 'a', string)];
  const partition = [{ sourceId: 1, fieldId: 1000, name: 'a', transform: 'identity' }];
  const sortOrder = { id: 1, fields: [{ sourceId: 1, transform: 'identity', descending: false, nullsFirst: true }] };
  for (const settings of [{ partition }, { sortOrder }]) {
    const config = writerConfiguration(fields, settings) as unknown as Json;
    expect((await createTableWriter(config, testContext(), memoryOutputs())).parts).toBeUndefined();
  }
});
