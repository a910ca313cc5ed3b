import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckpointStore, Head } from '../../checkpoint/checkpoint-store.ts';
import type { CommitIntent } from '../../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../../checkpoint/unit-record.ts';
import { sqliteState } from './sqlite-checkpoint-store.ts';

const ledger = { tenant: 'default', ingestion: 'orders' };
let folder: string;
let path: string;
let store: CheckpointStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calve-intent-'));
  path = join(folder, 'calve.db');
  store = await sqliteState(path).open();
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

function recordsOf(count: number, attempts = 1): UnitRecord[] {
  return Array.from({ length: count }, (_, index): UnitRecord => {
    const uri = `file:///${index}`;
    const facts = { fingerprint: 'f', version: '1', sizeBytes: 1, modifiedAt: '2024-01-01T00:00:00.000Z' };
    return {
      unit: { kind: 'object', key: `${uri}#1`, place: uri, uri, ...facts },
      ...{ state: 'ingested', sequence: 1, counts: null, attempts },
    };
  });
}

function intentOf(records: UnitRecord[]): CommitIntent {
  const program = { readers: [] } as unknown as CommitIntent['program'];
  const unitKeys = records.map(({ unit }) => unit.key);
  const names = {
    generation: 'g',
    commitId: 'c',
    programHash: 'h',
    writerId: 'w',
    runId: 'r',
    plannedAt: '2024-01-01T00:00:00.000Z',
  };
  return { key: ledger, sequence: 1, ...names, program, unitKeys, records, outputs: {} };
}

const headOf = (intent: CommitIntent | null, tag = 't'): Head => ({
  ...{ generation: 'g', committed: {}, commitId: null, intent, watermark: null, tag },
});

/** What SQL sees: the text of the head's intent, and the rows beside it. */
function stored(): { intentBytes: number; parts: number; changes: unknown } {
  const database = new DatabaseSync(path, { readOnly: true });
  const { length } = database.prepare('SELECT coalesce(length(intent), 0) AS length FROM calve_head').get() as { length: number };
  const { parts, changes } = database
    .prepare('SELECT count(*) AS parts, group_concat(rowid) AS changes FROM calve_intent_records')
    .get() as { parts: number; changes: string };
  database.close();
  return { intentBytes: length, parts, changes };
}

describe('an intent of many files', () => {
  it.each([0, 1, 100, 101, 1234])('is read as it was written, with %i records, also by another process', async (count) => {
    const head = headOf(intentOf(recordsOf(count)));
    expect(await store.advance(ledger, 'absent', head, [])).toBe('written');
    expect(await store.read(ledger)).toEqual({ version: '1', head });
    const other = await sqliteState(path).open();
    expect(await other.read(ledger)).toEqual({ version: '1', head });
    await other.close();
  });

  it('is not read again while nobody else has written', async () => {
    const head = headOf(intentOf(recordsOf(300)));
    await store.advance(ledger, 'absent', head, []);
    const read = await store.read(ledger);
    expect(read !== 'absent' && read.head).toBe(head);
    const other = await sqliteState(path).open();
    const next = headOf({ ...intentOf(recordsOf(200, 2)), sequence: 2 }, 'of another');
    await other.advance(ledger, '1', next, []);
    await other.close();
    expect(await store.read(ledger)).toEqual({ version: '2', head: next });
  });

  it('is read where the state was put back to another one of the same version', async () => {
    await store.advance(ledger, 'absent', headOf(intentOf(recordsOf(300))), []);
    const database = new DatabaseSync(path);
    database.exec("UPDATE calve_head SET tag = 'of the copy', commit_id = 'of the copy'");
    database.close();
    expect(await store.read(ledger)).toMatchObject({ version: '1', head: { tag: 'of the copy', commitId: 'of the copy' } });
  });

  it('is forgotten when the commit has ended', async () => {
    await store.advance(ledger, 'absent', headOf(intentOf(recordsOf(300))), []);
    const ended = headOf(null, 'u');
    await store.advance(ledger, '1', ended, []);
    const read = await store.read(ledger);
    expect(read).toEqual({ version: '2', head: ended });
    expect(read !== 'absent' && read.head).not.toBe(ended);
  });

  it('keeps its keys where they are not those of its records', async () => {
    const head = headOf({ ...intentOf(recordsOf(300)), unitKeys: ['another', ...recordsOf(299).map(({ unit }) => unit.key)] });
    await store.advance(ledger, 'absent', head, []);
    expect(await store.read(ledger)).toEqual({ version: '1', head });
  });

  it('writes its records once, while the head goes on', async () => {
    const intent = intentOf(recordsOf(1000));
    await store.advance(ledger, 'absent', headOf(intent), []);
    const before = stored();
    expect(before.parts).toBe(10);
    expect(before.intentBytes).toBeLessThan(2000);
    const attempted = { ...intent, sequence: 2 };
    await store.advance(ledger, '1', headOf(attempted, 'u'), []);
    expect(stored().changes).toBe(before.changes);
    expect(await store.read(ledger)).toEqual({ version: '2', head: headOf(attempted, 'u') });
  });

  it('writes them again when they are others, or somebody else wrote in between', async () => {
    const intent = intentOf(recordsOf(200));
    await store.advance(ledger, 'absent', headOf(intent), []);
    const others = intentOf(recordsOf(150, 2));
    await store.advance(ledger, '1', headOf(others), []);
    expect(await store.read(ledger)).toEqual({ version: '2', head: headOf(others) });

    const worker = await sqliteState(path).open();
    await worker.advance(ledger, '2', headOf(null), []);
    await worker.close();
    expect(await store.read(ledger)).toEqual({ version: '3', head: headOf(null) });
    await store.advance(ledger, '3', headOf(others), []);
    expect(await store.read(ledger)).toEqual({ version: '4', head: headOf(others) });
  });

  it('does not take records for written that a refused change named', async () => {
    const [first, second] = [intentOf(recordsOf(200)), intentOf(recordsOf(200, 2))];
    await store.advance(ledger, 'absent', headOf(first), []);
    expect(await store.advance(ledger, '7', headOf(second), [])).toBe('superseded');
    await store.advance(ledger, '1', headOf(second), []);
    expect(await store.read(ledger)).toEqual({ version: '2', head: headOf(second) });
  });

  it('leaves no records behind when it ends', async () => {
    await store.advance(ledger, 'absent', headOf(intentOf(recordsOf(500))), []);
    await store.advance(ledger, '1', headOf(null), recordsOf(500));
    expect(stored()).toMatchObject({ intentBytes: 0, parts: 0 });
  });

  it('says so to whoever takes it up when its records are gone', async () => {
    await store.advance(ledger, 'absent', headOf(intentOf(recordsOf(500))), []);
    const database = new DatabaseSync(path);
    database.exec('DELETE FROM calve_intent_records WHERE part = 2');
    database.close();
    const told = { code: 'CHECKPOINT_UNAVAILABLE', recovery: { kind: 'fix-input' }, context: { path } };
    const other = await sqliteState(path).open();
    await expect(other.read(ledger)).rejects.toMatchObject(told);
    await other.close();
  });
});
