import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckpointStore, Head } from '../../checkpoint/checkpoint-store.ts';
import type { UnitRecord } from '../../checkpoint/unit-record.ts';
import { sqliteState } from './sqlite-checkpoint-store.ts';

const ledger = { tenant: 'default', ingestion: 'orders' };
const head: Head = { generation: 'g', committed: {}, commitId: null, intent: null, watermark: null, tag: 't' };
const record: UnitRecord = {
  unit: {
    kind: 'object',
    key: 'k',
    place: 'file:///a',
    fingerprint: 'f',
    uri: 'file:///a',
    version: '1',
    sizeBytes: 1,
    modifiedAt: '2024-01-01T00:00:00.000Z',
  },
  state: 'ingested',
  sequence: 1,
  counts: null,
  attempts: 1,
};
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calve-sqlite-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function withStore<T>(path: string, body: (store: CheckpointStore) => Promise<T>): Promise<T> {
  const store = await sqliteState(path, { busyTimeoutMilliseconds: 200 }).open();
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

const readError = (path: string) => withStore(path, (store) => store.read(ledger).catch((error: unknown) => error));
const writeError = (path: string) =>
  withStore(path, (store) => store.advance(ledger, 'absent', head, [record]).catch((error: unknown) => error));
const unavailable = (recovery: string, path: string) => ({
  code: 'CHECKPOINT_UNAVAILABLE',
  recovery: { kind: recovery },
  context: { path },
  message: expect.stringContaining(path),
});

describe('sqliteState', () => {
  it('tells its absolute path, also for a relative one', async () => {
    const path = join(folder, 'calve.db');
    await withStore(relative(process.cwd(), path), async (store) => expect(store.location).toBe(path));
  });

  it.each([
    ['in a folder that exists', ['calve.db']],
    ['in folders that do not exist', ['deep', 'er', 'calve.db']],
  ])('creates nothing by opening, reading, looking up and scanning %s', async (_name, names) => {
    const path = join(folder, ...names);
    await withStore(path, async (store) => {
      expect(await store.read(ledger)).toBe('absent');
      expect(await store.lookup(ledger, 'place', ['a'])).toEqual(new Map());
      for await (const _ of store.scan(ledger, {})) expect.unreachable();
      expect(await readdir(folder)).toEqual([]);
      expect(await store.advance(ledger, 'absent', head, [record])).toBe('written');
      expect(existsSync(path)).toBe(true);
    });
  });

  it('sees the file that another handle creates after it was opened', async () => {
    const path = join(folder, 'calve.db');
    await withStore(path, async (early) => {
      expect(await early.read(ledger)).toBe('absent');
      await withStore(path, (other) => other.advance(ledger, 'absent', head, [record]));
      expect(await early.read(ledger)).toMatchObject({ version: '1' });
      expect(await early.advance(ledger, 'absent', head, [])).toBe('superseded');
    });
  });

  it('takes an empty file, as a crash may leave it, for no state', async () => {
    const path = join(folder, 'calve.db');
    await writeFile(path, '');
    await withStore(path, async (store) => {
      expect(await store.read(ledger)).toBe('absent');
      expect(await store.advance(ledger, 'absent', head, [])).toBe('written');
    });
  });

  it('keeps names and types that SQL can read, in WAL mode, with a schema number', async () => {
    const path = join(folder, 'calve.db');
    await withStore(path, async (store) => {
      await store.advance(ledger, 'absent', { ...head, watermark: '9007199254740993' }, [record]);
      const database = new DatabaseSync(path, { readOnly: true });
      expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
      expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 5 });
      expect(database.prepare('SELECT * FROM calve_head').all()).toEqual([
        {
          ...{ tenant: 'default', ingestion: 'orders', version: 1, generation: 'g', committed: '{}', commit_id: null },
          ...{ intent: null, watermark: '"9007199254740993"', tag: 't', accepted: null, modes: null },
        },
      ]);
      expect(database.prepare('SELECT * FROM calve_units').all()).toEqual([
        {
          ...{ tenant: 'default', ingestion: 'orders', unit_key: 'k', place: 'file:///a', fingerprint: 'f' },
          ...{ unit: JSON.stringify(record.unit), state: 'ingested', sequence: 1, counts: null, sha256: null, code: null },
          ...{ finding: null, attempts: 1, observation: null, loaded_in: null, entry: 1 },
        },
      ]);
      database.close();
    });
  });

  it('finds the newest record of a place and a fingerprint through an index', async () => {
    const path = join(folder, 'calve.db');
    await withStore(path, (store) => store.advance(ledger, 'absent', head, [record]));
    const database = new DatabaseSync(path, { readOnly: true });
    for (const column of ['place', 'fingerprint', 'unit_key']) {
      const plan = database
        .prepare(`EXPLAIN QUERY PLAN SELECT unit, max(entry) FROM json_each('["a"]') AS wanted CROSS JOIN calve_units
          ON tenant = 'a' AND ingestion = 'b' AND ${column} = wanted.value GROUP BY ${column}`)
        .all();
      expect(JSON.stringify(plan)).toMatch(
        new RegExp(`SEARCH calve_units USING INDEX [a-z_0-9]+ \\(tenant=\\? AND ingestion=\\? AND ${column}=\\?`),
      );
    }
    database.close();
  });

  it('says so when a newer Calve wrote the file', async () => {
    const path = join(folder, 'calve.db');
    await withStore(path, (store) => store.advance(ledger, 'absent', head, []));
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 7');
    database.close();
    expect(await readError(path)).toMatchObject({
      ...unavailable('fix-input', path),
      message: expect.stringMatching(/newer Calve.*schema 7.*5/),
    });
    expect(await writeError(path)).toMatchObject(unavailable('fix-input', path));
  });

  it('reads a file of the first schema as it is, and brings it up to date with the next change', async () => {
    const path = join(folder, 'calve.db');
    await withStore(path, (store) => store.advance(ledger, 'absent', head, [record]));
    const database = new DatabaseSync(path);
    database.exec(`ALTER TABLE calve_head DROP COLUMN accepted; ALTER TABLE calve_units DROP COLUMN loaded_in; ALTER TABLE calve_head DROP COLUMN modes; DROP TABLE calve_intent_records; PRAGMA user_version = 1; DROP INDEX calve_units_state;
      CREATE INDEX calve_units_state ON calve_units (tenant, ingestion, state, unit_key);
      UPDATE calve_units SET unit_key = 'k' || char(2), unit = replace(unit, '"key":"k"', '"key":"k\\u0002"')`);
    expect(await withStore(path, (store) => store.read(ledger))).toEqual({ version: '1', head });
    // As the first schema kept a key with a control character.
    expect(await withStore(path, (store) => store.unsettled(ledger, ['k\u0002', 'k']))).toEqual(new Set(['k']));
    expect((await withStore(path, (store) => store.scan(ledger, {})[Symbol.asyncIterator]().next())).value).toMatchObject({
      state: 'ingested',
    });
    expect(await withStore(path, async (store) => [...(await store.lookup(ledger, 'key', ['k\u0002'])).keys()])).toEqual([
      'k\u0002',
    ]);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    const accepted = { main: { snapshot: '9007199254740993', head: null, isReingested: true } };
    await withStore(path, async (store) => {
      // The same connection read it before it was up to date.
      expect(await store.lookup(ledger, 'place', ['file:///a'])).toHaveProperty('size', 1);
      const replaced = { ...record, state: 'skipped' as const, sequence: 2, loadedIn: 1 };
      expect(await store.advance(ledger, '1', { ...head, accepted }, [replaced])).toBe('written');
      expect(await store.read(ledger)).toEqual({ version: '2', head: { ...head, accepted } });
      expect((await store.lookup(ledger, 'key', ['k'])).get('k')).toEqual(replaced);
    });
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 5 });
    expect(String(database.prepare(`SELECT sql FROM sqlite_schema WHERE name = 'calve_units_state'`).get()?.['sql'])).toContain(
      'code',
    );
    database.close();
  });

  it('leaves the file of another program alone', async () => {
    const path = join(folder, 'other.db');
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE theirs (x); PRAGMA user_version = 3');
    database.close();
    expect(await readError(path)).toMatchObject(unavailable('fix-input', path));
    expect(await writeError(path)).toMatchObject(unavailable('fix-input', path));
  });

  it('refuses a file that is no database, and does not change it', async () => {
    const path = join(folder, 'notes.txt');
    const content = 'just some notes\n'.repeat(100);
    await writeFile(path, content);
    expect(await readError(path)).toMatchObject(unavailable('fix-input', path));
    expect(await writeError(path)).toMatchObject(unavailable('fix-input', path));
  });

  it('names the path when it cannot be written: a folder, below a file, read-only', async () => {
    await mkdir(join(folder, 'folder.db'));
    await writeFile(join(folder, 'file'), '');
    expect(await readError(join(folder, 'folder.db'))).toMatchObject(unavailable('fix-access', join(folder, 'folder.db')));
    for (const path of [join(folder, 'folder.db'), join(folder, 'file', 'calve.db'), '/proc/calve/calve.db']) {
      expect(await writeError(path), path).toMatchObject(unavailable('fix-access', path));
    }
    expect(await readError(join(folder, 'file', 'calve.db'))).toBe('absent');
  });

  it('waits for another process and then asks to try again', async () => {
    const path = join(folder, 'calve.db');
    await withStore(path, (store) => store.advance(ledger, 'absent', head, []));
    const database = new DatabaseSync(path);
    database.exec('BEGIN IMMEDIATE');
    await withStore(path, async (store) => {
      await expect(store.advance(ledger, '1', head, [record])).rejects.toMatchObject(unavailable('retry', path));
      // Readers are not in the way of a writer, nor a writer in theirs.
      expect(await store.read(ledger)).toMatchObject({ version: '1' });
      database.exec('COMMIT');
      expect(await store.advance(ledger, '1', head, [record])).toBe('written');
    });
    database.close();
  });

  it('changes nothing when a record cannot be written', async () => {
    const path = join(folder, 'calve.db');
    await withStore(path, async (store) => {
      await store.advance(ledger, 'absent', head, []);
      const broken = { ...record, attempts: 1.5 };
      await expect(store.advance(ledger, '1', { ...head, tag: 'second' }, [record, broken])).rejects.toThrow();
      expect(await store.read(ledger)).toEqual({ version: '1', head });
      expect((await store.lookup(ledger, 'key', ['k'])).size).toBe(0);
      expect(await store.advance(ledger, '1', head, [record])).toBe('written');
    });
  });

  it('may be closed unused', async () => {
    await withStore(join(folder, 'calve.db'), async () => {});
    await chmod(folder, 0o700);
    expect(await readdir(folder)).toEqual([]);
  });
});
