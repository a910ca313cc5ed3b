import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Calve, createCalve, type RunResult, typeText } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PyIcebergReader, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { textAsTyped } from './text-as-typed.ts';

// Real data of many hands (npm package vega-datasets, BSD-3-Clause): every CSV file with no options at all, each into a table of its own.
const data = fileURLToPath(new URL('../../node_modules/vega-datasets/data', import.meta.url));
const files = readdirSync(data).filter((name) => name.endsWith('.csv'));
const tableOf = (file: string): string => `vega.${basename(file, '.csv').replaceAll(/[^A-Za-z0-9]/g, '_')}`;

describe('the CSV files of vega-datasets', () => {
  let folder: string;
  const results = new Map<string, RunResult>();
  const types: Record<string, Record<string, string>> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calve-vega-'));
    await using calve = createCalve({
      sources: { local: localSource() },
      formats: { csv: csvFormat() },
      sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') }) },
      state: sqliteState(join(folder, 'calve.db')),
    });
    for (const file of files) {
      const spec = specOf(calve, file);
      const plan = await calve.plan(spec);
      types[file] = Object.fromEntries(
        plan.columns.filter(({ origin }) => origin !== 'provenance').map(({ name, field }) => [name, typeText(field.type)]),
      );
      results.set(file, await calve.run(spec));
    }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(20);
  });

  it('get the types of the reviewed file', async () => {
    await expect(`${JSON.stringify(types, null, 2)}\n`).toMatchFileSnapshot('./vega-types.golden.json');
  });

  it.each(files)('%s is loaded whole', (file) => {
    const counts = results.get(file)?.counts['main'];
    expect(results.get(file)?.outcome).toBe('committed');
    expect(counts?.rejected).toBe(0);
    expect(counts?.written).toBe(counts?.read);
  });

  describe.runIf(requireTier('python'))('read by PyIceberg', () => {
    let reader: PyIcebergReader;
    beforeAll(async () => {
      reader = await startPyIceberg();
    });
    afterAll(() => reader?.stop());

    it.each(files)('%s equals what PyArrow reads as text, cell by cell', async (file) => {
      const text = await reader.readCsvAsText(join(data, file));
      expect(text.ragged).toEqual([]);
      const table = await reader.run(
        `from pyiceberg.catalog.sql import SqlCatalog; SqlCatalog("calve", uri=${JSON.stringify(`sqlite:///${join(folder, 'catalog.db')}`)}, warehouse=${JSON.stringify(`file://${join(folder, 'warehouse')}`)}).load_table(${JSON.stringify(tableOf(file))}).scan().to_arrow()`,
      );
      const columns = text.names.flatMap((name, index) => {
        const place = table.schema.findIndex(([column]) => column === name);
        const cells = text.columns[index] ?? [];
        if (place < 0)
          expect(
            cells.every((cell) => cell === null || cell === ''),
            `column "${name}" was not created`,
          ).toBe(true);
        return place < 0 ? [] : [{ place, type: table.schema[place]?.[1] ?? '', cells }];
      });
      expect(columns.length).toBeGreaterThan(0);
      const rows = text.columns[0]?.length ?? 0;
      const wanted = Array.from({ length: rows }, (_, row) =>
        JSON.stringify(columns.map(({ type, cells }) => textAsTyped(type, cells[row] ?? null))),
      ).sort();
      const seen = table.rows.map((row) => JSON.stringify(columns.map(({ place }) => row[place]))).sort();
      expect(seen.length).toBe(rows);
      const different = seen.findIndex((row, index) => row !== wanted[index]);
      expect(different < 0 ? null : { seen: seen[different], wanted: wanted[different] }).toBeNull();
    });
  });
});

function specOf(
  calve: Pick<
    Calve<{
      sources: { local: ReturnType<typeof localSource> };
      formats: { csv: ReturnType<typeof csvFormat> };
      sinks: { lake: ReturnType<typeof icebergSink> };
    }>,
    'ingestion'
  >,
  file: string,
) {
  const id = basename(file, '.csv').replaceAll(/[^A-Za-z0-9_-]/g, '_');
  return calve
    .ingestion(id)
    .from('local', { path: join(data, file) })
    .detect()
    .into('lake', { table: tableOf(file) })
    .build();
}
