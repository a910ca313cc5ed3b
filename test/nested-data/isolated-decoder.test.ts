import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { jsonFormat } from '@calve/format-json';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { expect, it } from 'vitest';
import { lines, withoutProvenance } from './nested-world.ts';

it('nested batches come out of a decode process as they went in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'calve-isolated-'));
  try {
    const records = Array.from({ length: 5_000 }, (_, id) => ({
      id,
      customer: id % 3 === 0 ? null : { name: `n "${id}" é`, tags: Array.from({ length: id % 4 }, (_, tag) => `t\n${tag}`) },
    }));
    await writeFile(join(folder, 'a.jsonl'), lines(...records));
    await using calve = createCalve({
      sources: { local: localSource() },
      formats: { json: jsonFormat() },
      sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') }) },
      state: sqliteState(join(folder, 'calve.db')),
      isolation: 'process',
    });
    const input = { path: folder, pattern: '*.jsonl' };
    const spec = calve
      .ingestion('orders')
      .from('local', input)
      .settle(0)
      .as('json')
      .into('lake', { table: 'sales.orders' })
      .build();
    const { counts } = await calve.run(spec);
    expect(counts['main']).toMatchObject({ read: 5_000, written: 5_000 });
    const { rows } = await calve.head(spec, { rows: 10_000 });
    expect(rows.map(withoutProvenance)).toEqual(records.map(({ id, customer }) => ({ id: String(id), customer })));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
