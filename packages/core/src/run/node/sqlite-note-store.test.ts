import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckpointStore, Head } from '../../checkpoint/checkpoint-store.ts';
import type { NoteStore } from '../../checkpoint/note-store.ts';
import type { NotedPage } from '../../source/listing-notes.ts';
import { sqliteState } from './sqlite-checkpoint-store.ts';

const ledger = { tenant: 'default', ingestion: 'orders' };
const head: Head = { generation: 'g', committed: {}, commitId: null, intent: null, watermark: null, tag: 't' };
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calve-notes-'));
  path = join(folder, 'calve.db');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** @param hasState A ledger is made first, where there is none. */
async function withNotes<T>(body: (notes: NoteStore, store: CheckpointStore) => Promise<T>, hasState = true): Promise<T> {
  const store = await sqliteState(path).open();
  try {
    if (hasState && !existsSync(path)) await store.advance(ledger, 'absent', head, []);
    return await body(store.notes!, store);
  } finally {
    await store.close();
  }
}

const places = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `file:///${String(from + index).padStart(6, '0')}.csv`);
/** A page with these places. */
const page = (listed: readonly string[], from = listed[0] ?? '', until = listed.at(-1) ?? ''): NotedPage => ({
  places: listed,
  from,
  until,
});
const notesOf = (names: readonly string[], note = 'n'): Map<string, string> => new Map(names.map((name) => [name, note + name]));

describe('the notes of sqliteState', () => {
  it('are recalled at once, and by the next process', async () => {
    const known = notesOf(places(3));
    await withNotes(async (notes) => {
      notes.keep('default', known);
      expect(await notes.recall('default', page(places(5)))).toEqual(known);
    });
    await withNotes(async (notes) => expect(await notes.recall('default', page(places(5)))).toEqual(known));
  });

  it('take the place of earlier ones, and belong to a tenant', async () => {
    await withNotes(async (notes) => notes.keep('default', notesOf(places(2))));
    await withNotes(async (notes) => {
      notes.keep('default', notesOf(places(1), 'new'));
      notes.keep('other', notesOf(places(1), 'theirs'));
    });
    await withNotes(async (notes) => {
      const [first, second] = places(2) as [string, string];
      expect([...(await notes.recall('default', page(places(2))))]).toEqual([
        [first, `new${first}`],
        [second, `n${second}`],
      ]);
      expect([...(await notes.recall('other', page(places(2))))]).toEqual([[first, `theirs${first}`]]);
    });
  });

  it('are found one by one where many others lie between them', async () => {
    await withNotes(async (notes) => notes.keep('default', notesOf(places(2500))));
    await withNotes(async (notes) => {
      const asked = [places(1)[0]!, places(1, 1200)[0]!, places(1, 2499)[0]!, 'file:///z'];
      const found = await notes.recall('default', page(asked));
      expect(asked.filter((place) => found.has(place))).toEqual(asked.slice(0, 3));
      expect(found.size).toBeLessThan(1000);
      expect(await notes.recall('default', page([]))).toEqual(new Map());
    });
  });

  it('that nobody asks for any more are told with the others of their range, and can be forgotten', async () => {
    const all = places(6);
    const left = all.filter((_, index) => index % 3 === 1);
    await withNotes(async (notes) => notes.keep('default', notesOf(all)));
    await withNotes(async (notes) => {
      expect([...(await notes.recall('default', page(left, all[0], all.at(-1)))).keys()]).toEqual(all);
      notes.forget(
        'default',
        all.filter((place) => !left.includes(place)),
      );
      notes.forget('other', left);
      expect((await notes.recall('default', page(all))).size).toBe(2);
      notes.keep('default', notesOf([all[0]!], 'back'));
    });
    await withNotes(async (notes) =>
      expect([...(await notes.recall('default', page(all)))]).toEqual([
        [all[0], `back${all[0]}`],
        [all[1], `n${all[1]}`],
        [all[4], `n${all[4]}`],
      ]),
    );
  });

  it('make no state, and wait for the one that a first commit makes', async () => {
    await withNotes(async (notes) => {
      notes.keep('default', notesOf(places(1500)));
      expect((await notes.recall('default', page(places(1500)))).size).toBe(1500);
    }, false);
    expect(existsSync(path)).toBe(false);
    await withNotes(async (notes, store) => {
      notes.keep('default', notesOf(places(1500)));
      await store.advance(ledger, 'absent', head, []);
    }, false);
    await withNotes(async (notes) => expect((await notes.recall('default', page(places(1000, 500)))).size).toBe(1000));
  });

  it('leave no trace where there are none', async () => {
    await withNotes(async (notes) => expect(await notes.recall('default', page(places(2)))).toEqual(new Map()));
    const database = new DatabaseSync(path);
    expect(database.prepare(`SELECT name FROM sqlite_schema WHERE name = 'calve_notes'`).all()).toEqual([]);
    database.close();
  });

  it('never throw, and are lost where they cannot be written', async () => {
    await withNotes(async () => {});
    const other = new DatabaseSync(path);
    const store = await sqliteState(path, { busyTimeoutMilliseconds: 1 }).open();
    other.exec('BEGIN IMMEDIATE');
    store.notes?.keep('default', notesOf(places(1200)));
    expect(await store.notes?.recall('default', page(places(2)))).toEqual(new Map());
    other.exec('ROLLBACK');
    other.close();
    store.notes?.keep('default', new Map([['file:///\ud800', 'x'], ...notesOf(places(1))]));
    await store.close();
    await withNotes(async (notes) => expect([...(await notes.recall('default', page(places(3)))).keys()]).toEqual(places(1)));
  });
});
