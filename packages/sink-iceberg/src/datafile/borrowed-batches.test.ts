import { arena, poisonReleasedMemory } from '@calve/core/plugin';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encoderKernels } from '../parquet/encoder-kernels.ts';
import { readDataFile } from './read-data-file.ts';
import { arbitraryTable } from './testing/arbitrary-table.ts';
import { memorySource } from './testing/memory-outputs.ts';
import { columnValues, expectedValues, field, writerConfiguration, writeTable } from './testing/test-table.ts';

const request = { signal: new AbortController().signal, isBorrowed: true };

beforeAll(() => poisonReleasedMemory(true));
afterAll(() => poisonReleasedMemory(false));

describe('batches that are borrowed', () => {
  it('hold until the next one is asked for, and leave no memory behind', async () => {
    await encoderKernels.open();
    const inUse = arena()?.bytesInUse;
    await fc.assert(
      fc.asyncProperty(arbitraryTable(60), fc.constantFrom('zstd', 'snappy', 'gzip', 'uncompressed'), async (table, codec) => {
        const fields = table.map((column) => column.field);
        const { outputs, files } = await writeTable(table, { ...writerConfiguration(fields), codec });
        const values: unknown[][] = fields.map(() => []);
        for (const { path } of files)
          for await (const batch of readDataFile(memorySource(outputs.files.get(path)!), fields, request))
            for (const [at, column] of batch.columns.entries())
              values[at]!.push(...columnValues(column, fields[at]!.type, batch.rows));
        expect(values).toEqual(expectedValues(table));
        expect(arena()?.bytesInUse).toBe(inUse);
      }),
      { numRuns: 40 },
    );
  });

  it('go back too when the reader stops early, and when the file is damaged', async () => {
    await encoderKernels.open();
    const inUse = arena()?.bytesInUse;
    const id = field(1, 'id', { kind: 'int64' });
    const name = field(2, 'name', { kind: 'string' });
    const rows = Array.from({ length: 20_000 }, (_, row) => row);
    const table = [
      { field: id, values: rows.map((row) => BigInt(row * 7919)) },
      { field: name, values: rows.map((row) => `a text that is like no other: ${row * 7919}`) },
    ];
    const { outputs, files } = await writeTable(table as never, writerConfiguration([id, name]));
    const bytes = outputs.files.get(files[0]!.path)!;
    for await (const _ of readDataFile(memorySource(bytes), [id, name], request)) break;
    expect(arena()?.bytesInUse).toBe(inUse);
    const damaged = bytes.map((byte, at) => (at > bytes.length / 2 && at < bytes.length - 2000 ? 0 : byte));
    const read = async (): Promise<void> => {
      for await (const _ of readDataFile(memorySource(damaged), [id, name], request));
    };
    await expect(read()).rejects.toMatchObject({ code: 'ICEBERG_DATA_FILE_MALFORMED' });
    expect(arena()?.bytesInUse).toBe(inUse);
  });
});
