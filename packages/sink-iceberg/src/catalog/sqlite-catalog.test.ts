import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { nodeEnvironment } from '@calve/core/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { writeFileOnce } from '../files/local-files.ts';
import { createTableUpdates } from '../operation/create-table.ts';
import type { Catalog, CatalogOutcome, TableCommit } from './catalog.ts';
import { sqliteFailure } from './map-sqlite-error.ts';
import { sqliteCatalog } from './sqlite-catalog.ts';

let folder: string;
let path: string;
const opened: Catalog[] = [];
const environment = nodeEnvironment();
const orders = { namespace: ['sales'], name: 'orders' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calve-catalog-'));
  path = join(folder, 'catalog.db');
});
afterEach(() => {
  for (const catalog of opened.splice(0)) catalog.close();
  rmSync(folder, { recursive: true });
});

function open(): Catalog {
  const catalog = sqliteCatalog(path).open();
  opened.push(catalog);
  return catalog;
}

const creation = (): TableCommit => ({
  requirements: [{ type: 'assert-create' }],
  updates: createTableUpdates({
    uuid: '11111111-1111-4111-8111-111111111111',
    location: `file://${folder}/warehouse/sales/orders`,
    fields: [{ name: 'id', id: 1, type: { kind: 'int64' }, required: false }],
    spec: { 'spec-id': 0, fields: [] },
    properties: {},
  }),
});
const setProperty = (value: string): TableCommit => ({
  requirements: [{ type: 'assert-table-uuid', uuid: '11111111-1111-4111-8111-111111111111' }],
  updates: [{ action: 'set-properties', updates: { value } }],
});
const metadataFiles = (): string[] =>
  readdirSync(join(folder, 'warehouse/sales/orders/metadata')).filter((name) => name.endsWith('.json'));

describe('sqliteCatalog', () => {
  it('leaves nothing behind when it is only read', async () => {
    expect(await open().load(orders)).toBe('absent');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('creates a table, and writes the rows that other engines expect', async () => {
    const outcome = await open().commit(orders, creation(), environment);
    expect(outcome.kind).toBe('committed');
    const database = new DatabaseSync(path);
    const location = outcome.kind === 'committed' ? outcome.metadataLocation : '';
    expect(location).toMatch(/^file:\/\/\/.*\/metadata\/00000-[0-9a-f-]{36}\.metadata\.json$/);
    expect(
      database
        .prepare('SELECT * FROM iceberg_tables')
        .all()
        .map((row) => ({ ...row })),
    ).toEqual([
      {
        catalog_name: 'calve',
        table_namespace: 'sales',
        table_name: 'orders',
        metadata_location: location,
        previous_metadata_location: null,
        iceberg_type: 'TABLE',
      },
    ]);
    expect(
      database
        .prepare('SELECT * FROM iceberg_namespace_properties')
        .all()
        .map((row) => ({ ...row })),
    ).toEqual([{ catalog_name: 'calve', namespace: 'sales', property_key: 'exists', property_value: 'true' }]);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
    database.close();
  });

  it('makes the tables that PyIceberg makes', async () => {
    await open().commit(orders, creation(), environment);
    const ours = new DatabaseSync(path);
    const theirs = new DatabaseSync(':memory:');
    theirs.exec(fixtureText('pyiceberg-catalog.sql'));
    for (const table of ['iceberg_tables', 'iceberg_namespace_properties']) {
      const columns = (database: DatabaseSync) =>
        database
          .prepare(`SELECT name, type, "notnull", pk FROM pragma_table_info('${table}')`)
          .all()
          .map((row) => ({ ...row }));
      expect(columns(ours)).toEqual(columns(theirs));
      expect(columns(ours).length).toBeGreaterThan(3);
    }
    ours.close();
  });

  it('moves the pointer on, and keeps the way back', async () => {
    const catalog = open();
    const first = await catalog.commit(orders, creation(), environment);
    const second = await catalog.commit(orders, setProperty('1'), environment);
    if (first.kind !== 'committed' || second.kind !== 'committed') throw new TypeError('not committed');
    expect(second.metadataLocation).toMatch(/\/00001-/);
    expect(second.metadata['metadata-log']?.map((entry) => entry['metadata-file'])).toEqual([first.metadataLocation]);
    const loaded = await open().load(orders);
    expect(loaded).toEqual({ metadataLocation: second.metadataLocation, metadata: second.metadata });
    expect({
      ...new DatabaseSync(path).prepare('SELECT previous_metadata_location AS previous FROM iceberg_tables').get(),
    }).toEqual({ previous: first.metadataLocation });
  });

  it('lets one of two creations win, and removes the file of the other', async () => {
    const [a, b] = [open(), open()];
    const slow = {
      ...environment,
      step: async (label: string) =>
        label === 'iceberg.send.pointer' ? void (await a.commit(orders, creation(), environment)) : undefined,
    };
    expect(await b.commit(orders, creation(), slow)).toMatchObject({
      kind: 'conflict',
      reason: expect.stringMatching(/exists already/),
    });
    expect(metadataFiles()).toHaveLength(1);
    expect(await b.load(orders)).not.toBe('absent');
  });

  it('lets one of two commits on the same head win, and removes the file of the other', async () => {
    const [a, b] = [open(), open()];
    await a.commit(orders, creation(), environment);
    const slow = {
      ...environment,
      step: async (label: string) =>
        label === 'iceberg.send.pointer' ? void (await a.commit(orders, setProperty('a'), environment)) : undefined,
    };
    expect(await b.commit(orders, setProperty('b'), slow)).toMatchObject({
      kind: 'conflict',
      reason: expect.stringMatching(/another commit/),
    });
    expect(metadataFiles()).toHaveLength(2);
    expect(await b.load(orders)).toMatchObject({ metadata: { properties: { value: 'a' } } });
  });

  it('loses no commit among eight writers at the same time', async () => {
    await open().commit(orders, creation(), environment);
    const commitUntilDone = async (writer: number): Promise<number> => {
      const catalog = open();
      for (let attempt = 1; ; attempt += 1) {
        const loaded = await catalog.load(orders);
        if (loaded === 'absent') throw new TypeError('the table is gone');
        const outcome: CatalogOutcome = await catalog.commit(
          orders,
          {
            requirements: [
              { type: 'assert-last-assigned-partition-id', 'last-assigned-partition-id': loaded.metadata['last-partition-id'] },
            ],
            updates: [{ action: 'set-properties', updates: { [`writer-${writer}`]: 'done' } }],
          },
          environment,
        );
        if (outcome.kind === 'committed') return attempt;
        expect(outcome.kind).toBe('conflict');
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, writer) => commitUntilDone(writer)));
    const loaded = await open().load(orders);
    expect(
      loaded !== 'absent' && Object.keys(loaded.metadata.properties ?? {}).filter((name) => name.startsWith('writer-')),
    ).toHaveLength(8);
    expect(metadataFiles()).toHaveLength(9);
  });

  it('is a conflict when a requirement does not hold, and refused when an update contradicts the table', async () => {
    const catalog = open();
    await catalog.commit(orders, creation(), environment);
    expect(await catalog.commit(orders, creation(), environment)).toMatchObject({ kind: 'conflict' });
    expect(
      await catalog.commit(orders, { requirements: [], updates: [{ action: 'assign-uuid', uuid: 'x' }] }, environment),
    ).toMatchObject({
      kind: 'refused',
      error: { code: 'ICEBERG_UPDATE_REFUSED' },
    });
    expect(metadataFiles()).toHaveLength(1);
  });

  it('is refused, and moves nothing, when the metadata file cannot be written', async () => {
    const catalog = open();
    await writeFileOnce(`${folder}/warehouse`, new Uint8Array());
    expect(await catalog.commit(orders, creation(), environment)).toMatchObject({
      kind: 'refused',
      error: { code: expect.stringMatching(/^ICEBERG_FILE_/) },
    });
    expect(await catalog.load(orders)).toBe('absent');
  });

  it('holds no lock while files are written', async () => {
    const catalog = open();
    await catalog.commit(orders, creation(), environment);
    const states: string[] = [];
    const watching = {
      ...environment,
      step: async (label: string) => {
        const other = new DatabaseSync(path, { timeout: 0 });
        other.exec('BEGIN IMMEDIATE; ROLLBACK');
        other.close();
        states.push(label);
      },
    };
    expect((await catalog.commit(orders, setProperty('1'), watching)).kind).toBe('committed');
    expect(states).toEqual(['iceberg.send.metadata', 'iceberg.send.pointer']);
  });

  it('takes a locked file for a conflict, never for a failure', async () => {
    const catalog = open();
    await catalog.commit(orders, creation(), environment);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    expect(await catalog.commit(orders, setProperty('1'), environment)).toMatchObject({
      kind: 'conflict',
      reason: expect.stringMatching(/locked/),
    });
    other.exec('ROLLBACK');
    other.close();
    expect((await catalog.commit(orders, setProperty('1'), environment)).kind).toBe('committed');
  });

  it('looks at the pointer when its move fails, and says for certain that it did not move', async () => {
    const catalog = open();
    await catalog.commit(orders, creation(), environment);
    const other = new DatabaseSync(path);
    // A trigger that fails stands for an I/O error. Were it taken for an unknown outcome, the commit would be tried again until its time is up.
    other.exec(`CREATE TRIGGER broken BEFORE UPDATE ON iceberg_tables BEGIN SELECT json('{'); END`);
    other.close();
    expect(await catalog.commit(orders, setProperty('1'), environment)).toMatchObject({
      kind: 'refused',
      error: { code: 'ICEBERG_CATALOG_UNAVAILABLE', recovery: { kind: 'retry' } },
    });
    expect(metadataFiles()).toHaveLength(2);
    const repaired = new DatabaseSync(path);
    repaired.exec('DROP TRIGGER broken');
    repaired.close();
    expect((await catalog.commit(orders, setProperty('1'), environment)).kind).toBe('committed');
  });

  describe('that another program keeps open with a write-ahead log', () => {
    /** Node checks foreign keys, and this one only when the transaction is about to end. */
    const BROKEN_COMMIT = `CREATE TABLE keys (id INTEGER PRIMARY KEY); CREATE TABLE broken (key INTEGER REFERENCES keys DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER breaks AFTER UPDATE ON iceberg_tables BEGIN INSERT INTO broken VALUES (1); END`;
    let other: DatabaseSync;
    let catalog: Catalog;

    beforeEach(async () => {
      catalog = open();
      await catalog.commit(orders, creation(), environment);
      catalog.close();
      other = new DatabaseSync(path);
      other.exec('PRAGMA journal_mode = WAL; SELECT * FROM iceberg_tables');
    });
    afterEach(() => other.close());

    it('commits all the same, instead of losing every commit to nobody', async () => {
      expect((await catalog.commit(orders, setProperty('1'), environment)).kind).toBe('committed');
      expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
      expect(await catalog.load(orders)).toMatchObject({ metadata: { properties: { value: '1' } } });
      other.close();
      expect((await catalog.commit(orders, setProperty('2'), environment)).kind).toBe('committed');
      other = new DatabaseSync(path);
      expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
    });

    it('does not know how a commit ended that failed: what stands in the log may count after a crash', async () => {
      other.exec(BROKEN_COMMIT);
      expect(await catalog.commit(orders, setProperty('1'), environment)).toMatchObject({
        kind: 'unknown',
        error: { code: 'COMMIT_STATE_UNKNOWN', recovery: { kind: 'verify' } },
      });
      expect(metadataFiles()).toHaveLength(2);
    });

    it('knows that nothing was committed when it did not come to the end', async () => {
      other.exec(`CREATE TRIGGER broken BEFORE UPDATE ON iceberg_tables BEGIN SELECT json('{'); END`);
      expect(await catalog.commit(orders, setProperty('1'), environment)).toMatchObject({ kind: 'refused' });
    });

    it('knows it too where there is no log: what was not finished is taken back by whoever reads next', async () => {
      other.exec(BROKEN_COMMIT);
      other.close();
      expect(await catalog.commit(orders, setProperty('1'), environment)).toMatchObject({ kind: 'refused' });
      other = new DatabaseSync(path);
    });
  });

  it.each(['pyiceberg-catalog.sql', 'written-by-spark/catalog.sql'])('opens the catalog of %s as its own', async (name) => {
    const database = new DatabaseSync(path);
    database.exec(fixtureText(name).replaceAll(/file:(\/\/)?\/(WAREHOUSE|lake\/warehouse)/g, `file://${folder}`));
    const { metadata_location: location } = database.prepare('SELECT metadata_location FROM iceberg_tables').get() as {
      metadata_location: string;
    };
    database.close();
    const golden = name.startsWith('pyiceberg') ? 'pyiceberg-00003.metadata.json' : 'written-by-spark/table.metadata.json';
    await writeFileOnce(
      location,
      new TextEncoder().encode(fixtureText(golden).replaceAll(/file:(\/\/)?\/(WAREHOUSE|lake\/warehouse)/g, `file://${folder}`)),
    );
    const catalog = open();
    const loaded = await catalog.load(orders);
    expect(loaded).toMatchObject({ metadataLocation: location, metadata: { 'format-version': 2 } });
    const outcome = await catalog.commit(
      orders,
      { requirements: [], updates: [{ action: 'set-properties', updates: { ours: 'yes' } }] },
      environment,
    );
    expect(outcome).toMatchObject({ kind: 'committed', metadataLocation: expect.stringMatching(/\/00004-/) });
  });

  it('brings a catalog of schema version V0 to V1 when it commits', async () => {
    const database = new DatabaseSync(path);
    database.exec(
      'CREATE TABLE iceberg_tables (catalog_name, table_namespace, table_name, metadata_location, previous_metadata_location, PRIMARY KEY (catalog_name, table_namespace, table_name))',
    );
    database.close();
    const catalog = open();
    expect(await catalog.load(orders)).toBe('absent');
    expect((await catalog.commit(orders, creation(), environment)).kind).toBe('committed');
    expect(await open().load(orders)).not.toBe('absent');
  });

  it('says which table points to nothing and what to do when the warehouse was deleted', async () => {
    const catalog = open();
    const created = await catalog.commit(orders, creation(), environment);
    rmSync(join(folder, 'warehouse'), { recursive: true });
    const gone = {
      code: 'ICEBERG_FILE_MISSING',
      recovery: { kind: 'decide' },
      message: expect.stringMatching(/sales\.orders.* is gone\. .*Restore the warehouse folder.*another table/),
      context: {
        table: 'sales.orders',
        catalog: path,
        metadataLocation: (created as { metadataLocation: string }).metadataLocation,
      },
    };
    await expect(catalog.load(orders)).rejects.toMatchObject(gone);
    await expect(catalog.load(orders)).rejects.toThrow(path);
    expect(await catalog.commit(orders, setProperty('x'), environment)).toMatchObject({ kind: 'refused', error: gone });
  });

  it('refuses a view', async () => {
    const catalog = open();
    await catalog.commit(orders, creation(), environment);
    const database = new DatabaseSync(path);
    database.exec(`UPDATE iceberg_tables SET iceberg_type = 'VIEW'`);
    await expect(catalog.load(orders)).rejects.toMatchObject({ code: 'ICEBERG_NOT_A_TABLE' });
    database.close();
  });

  it('keeps catalogs of several names apart in one file', async () => {
    await open().commit(orders, creation(), environment);
    const other = sqliteCatalog(path, { name: 'other' }).open();
    opened.push(other);
    expect(await other.load(orders)).toBe('absent');
    expect(() => sqliteCatalog(path, { name: 'a-b' })).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }));
  });
});

describe('sqliteFailure', () => {
  it.each([
    [5, 'busy'],
    [6, 'busy'],
    [261, 'busy'],
    [517, 'busy'],
    [19, 'constraint'],
    [1555, 'constraint'],
    [10, 'other'],
    [13, 'other'],
    [11, 'other'],
    [undefined, 'other'],
  ] as const)('takes result code %s for %s', (errcode, kind) => {
    expect(sqliteFailure({ errcode })).toBe(kind);
  });
});
