import { readdir } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { nodeEnvironment } from '@calve/core/node';
import { describe, expect, it } from 'vitest';
import { temporaryLake } from '../test/temporary-lake.ts';
import { icebergTables } from './iceberg-tables.ts';
import { createTableUpdates } from './operation/create-table.ts';
import { parseIdentifier } from './spec/table-identifier.ts';

describe('icebergTables', () => {
  it('lists the tables of the catalog in order, no views and none of other catalogs', async () => {
    const { folder, sink, stop } = await temporaryLake();
    const catalog = sink.catalog.open();
    for (const name of ['sales.orders', 'sales.orders__rejected', 'default.a', 'deep.er.table']) {
      const updates = createTableUpdates({
        uuid: crypto.randomUUID(),
        location: `${sink.warehouse}/${name}`,
        fields: [{ name: 'id', id: 1, type: { kind: 'int64' }, required: false }],
        spec: { 'spec-id': 0, fields: [] },
        properties: {},
      });
      const commit = { requirements: [{ type: 'assert-create' as const }], updates };
      expect((await catalog.commit(parseIdentifier(name), commit, nodeEnvironment())).kind).toBe('committed');
    }
    catalog.close();
    const database = new DatabaseSync(`${folder}/catalog.db`);
    database.exec(`INSERT INTO iceberg_tables VALUES ('calve', 'default', 'view', 'file:///v', NULL, 'VIEW')`);
    database.exec(`INSERT INTO iceberg_tables VALUES ('other', 'default', 'foreign', 'file:///f', NULL, 'TABLE')`);
    database.close();
    expect(await icebergTables(sink)).toEqual(['deep.er.table', 'default.a', 'sales.orders', 'sales.orders__rejected']);
    await stop();
  });

  it('has none in a lake that does not exist, and makes none', async () => {
    const { folder, sink, stop } = await temporaryLake();
    expect(await icebergTables(sink)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    await stop();
  });
});
