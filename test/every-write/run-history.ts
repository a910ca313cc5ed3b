import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { LakeWorld, type SpecOptions } from './lake-world.ts';
import { applyToModel, type ModelFile, type ModelMode, type ModelRow } from './reference-model.ts';
import { type FileRow, fileText, type Interruption, specOptionsOf, targetOf, type WriteHistory } from './write-history.ts';

/** Declared, so that a file of nulls has the same types as the others. */
const COLUMNS = {
  id: { type: { kind: 'int64' } },
  updated: { type: { kind: 'int64' } },
  day: { type: { kind: 'date' } },
  name: { type: { kind: 'string' } },
  delivery: { type: { kind: 'int64' } },
} as const;

/** What a history showed, so that a test can tell that it is about something. */
export interface HistoryFacts {
  commits: number;
  stops: number;
  foreign: number;
  restaged: number;
  replaced: number;
  deduplicated: number;
}

/** Lets a history happen on a real lake, and compares the table with the reference after all commits in the order in which the table has them. */
export async function runHistory(history: WriteHistory): Promise<HistoryFacts> {
  await using world = await LakeWorld.create();
  const play = new Play(world, history);
  for (const happens of history.happenings) {
    if (happens.kind === 'file') play.put(happens.name, happens.rows);
    else if (happens.kind === 'wake') await play.wake();
    else await play.run(happens.interruptions);
  }
  await play.wake();
  play.put('c.csv', [{ id: 1, name: 'last', updated: 5, day: '2026-01-02' }]);
  await play.run([]);
  await play.judge();
  return play.facts;
}

class Play {
  readonly facts: HistoryFacts = { commits: 0, stops: 0, foreign: 0, restaged: 0, replaced: 0, deduplicated: 0 };
  readonly #world: LakeWorld;
  readonly #history: WriteHistory;
  readonly #byHash = new Map<string, ModelRow[]>();
  /** Files of each commit, by ingestion and sequence. */
  readonly #batches = new Map<string, Map<string, ModelFile>>();
  readonly #wakers: (() => void)[] = [];
  readonly #running: Promise<unknown>[] = [];
  readonly #counted = new Map<string, { written: number; replaced: number; deduplicated: number }>();
  #deliveries = 0;
  #isWaking = false;

  constructor(world: LakeWorld, history: WriteHistory) {
    this.#world = world;
    this.#history = history;
  }

  put(name: string, rows: readonly FileRow[]): void {
    this.#deliveries += 1;
    const text = fileText(rows, this.#deliveries);
    this.#world.put(name, text);
    const model = rows.map((row) => ({ ...row, file: `memory:///${name}` }));
    this.#byHash.set(createHash('sha256').update(text).digest('hex'), model);
  }

  async run(interruptions: readonly Interruption[]): Promise<void> {
    const stopped = Promise.withResolvers<void>();
    let steps = 0;
    let isInside = false;
    const ending = this.#ingest(specOptionsOf(this.#history), async () => {
      const step = steps++;
      for (const { step: at, what } of interruptions) {
        if (at !== step || isInside) continue;
        // Whoever was woken up goes on to its end.
        if (what === 'stops' && this.#isWaking) continue;
        if (what === 'stops') {
          this.facts.stops += 1;
          stopped.resolve();
          await new Promise<void>((resolve) => this.#wakers.push(resolve));
          return;
        }
        isInside = true;
        await this.#other(what);
        isInside = false;
      }
    });
    this.#running.push(ending);
    await Promise.race([ending, stopped.promise]);
  }

  async wake(): Promise<void> {
    this.#isWaking = true;
    for (const waker of this.#wakers.splice(0)) waker();
    await Promise.all(this.#running);
    this.#isWaking = false;
  }

  /** Another ingestion of ours commits to the same table: a foreign writer, as far as this one is concerned. */
  async #other(what: Exclude<Interruption['what'], 'stops'>): Promise<void> {
    this.facts.foreign += 1;
    const id = { 'other-appends': 'appender', 'other-overwrites': 'overwriter', 'other-merges': 'merger' }[what];
    const rows = [{ id: (this.#deliveries % 6) + 1, name: what, updated: (this.#deliveries % 4) + 1, day: '2026-01-02' }];
    this.put(`${id}-${this.#deliveries}.csv`, rows);
    await this.#ingest(foreignOptions(id, this.#history), async () => {});
  }

  async #ingest(options: SpecOptions, onStep: (label: string) => Promise<void>): Promise<void> {
    await using calve = this.#world.calve({ step: onStep });
    const spec = { ...this.#world.spec(options) };
    const [main, ...others] = spec.outputs;
    const typed = { ...spec, outputs: [{ ...main!, columns: COLUMNS }, ...others] };
    const run = calve.run(typed as unknown as typeof spec);
    for await (const event of run) {
      if (event.kind === 'waiting' && event.reason === 'backoff') this.facts.restaged += 1;
      if (event.kind !== 'unit-finished' || event.record.state !== 'ingested') continue;
      const { unit, sequence, sha256 = '', counts } = event.record;
      if (unit.kind !== 'object' || sequence === null) continue;
      const key = `${options.id} ${sequence}`;
      const batch = this.#batches.get(key) ?? new Map<string, ModelFile>();
      this.#batches.set(key, batch);
      const rows = this.#byHash.get(sha256);
      if (!rows) throw new TypeError(`no file has the content ${sha256}`);
      batch.set(unit.key, { uri: unit.uri, modifiedMilliseconds: Date.parse(unit.modifiedAt), rows });
      const main = counts!['main']!;
      this.#counted.set(`${key} ${unit.key}`, main);
    }
    await run.then(
      () => {},
      (error: { code?: string }) => {
        // Two processes of one ingestion may get in each other's way; nothing may ask a person to decide.
        const may = [
          'CHECKPOINT_SUPERSEDED',
          'PLAN_STALE',
          'CHECKPOINT_BEHIND',
          'OBJECT_CHANGED',
          'UNITS_SET_ASIDE',
          'STAGED_FILES_MISSING',
          'OVERWRITE_INCOMPLETE',
          'SCHEMA_CHANGED',
        ];
        if (!may.includes(error.code ?? '')) throw error;
      },
    );
  }

  async judge(): Promise<void> {
    const commits = await commitsOf(this.#world.folder);
    let expected: ModelRow[] = [];
    for (const { ingestion, sequence } of commits) {
      const batch = [...(this.#batches.get(`${ingestion} ${sequence}`)?.values() ?? [])];
      expected = applyToModel(expected, batch, modelMode(ingestion, this.#history));
    }
    this.facts.commits = commits.length;
    const rows = (await this.#world.rows()).map((row) => textOf(row));
    expect(rows.sort()).toEqual(expected.map((row) => textOf({ ...row, _source_file: row.file })).sort());
    const sums = { written: 0, replaced: 0, deduplicated: 0 };
    for (const counts of this.#counted.values())
      for (const name of ['written', 'replaced', 'deduplicated'] as const) sums[name] += counts[name];
    expect(sums.written - sums.replaced).toBe(expected.length);
    this.facts.replaced = sums.replaced;
    this.facts.deduplicated = sums.deduplicated;
    expect(commits.at(-1)?.totalRows).toBe(expected.length);
  }
}

function textOf({ id, name, updated, day, _source_file: file }: Record<string, unknown>): string {
  return JSON.stringify([id === null ? null : Number(id), name, updated === null ? null : Number(updated), day, file]);
}

function foreignOptions(id: string, { isPartitioned }: WriteHistory): SpecOptions {
  const target = targetOf(isPartitioned);
  const pattern = `${id}-*.csv`;
  if (id === 'appender') return { id, pattern, target };
  if (id === 'overwriter') return { id, pattern, target, mode: { mode: 'overwrite-partitions' } };
  return { id, pattern, target, mode: { mode: 'merge', keys: ['id'] } };
}

function modelMode(ingestion: string, { mode, onChanged, isPartitioned }: WriteHistory): ModelMode {
  if (ingestion === 'appender') return { kind: 'append', replaces: false };
  if (ingestion === 'overwriter') return { kind: 'overwrite-partitions', isPartitioned };
  if (ingestion === 'merger') return { kind: 'merge', newest: false, replaces: false };
  const replaces = onChanged === 'replace';
  switch (mode.mode) {
    case 'append':
      return { kind: 'append', replaces };
    case 'overwrite-table':
      return { kind: 'overwrite-table' };
    case 'overwrite-partitions':
      return { kind: 'overwrite-partitions', isPartitioned };
    case 'merge':
      return { kind: 'merge', newest: (mode.newest ?? []).length > 0, replaces };
  }
}

/** The commits of the table in their order, read from its metadata without any of our code. */
async function commitsOf(folder: string): Promise<{ ingestion: string; sequence: number; totalRows: number }[]> {
  const database = new DatabaseSync(join(folder, 'catalog.db'), { readOnly: true });
  const row = database.prepare("SELECT metadata_location AS place FROM iceberg_tables WHERE table_name = 'orders'").get();
  database.close();
  const metadata = JSON.parse(await readFile(fileURLToPath(String(row?.['place'])), 'utf8')) as {
    snapshots: { 'sequence-number': number; summary: Record<string, string> }[];
  };
  return metadata.snapshots
    .sort((a, b) => a['sequence-number'] - b['sequence-number'])
    .map(({ summary }) => ({
      ingestion: summary['ingest.ingestion'] ?? '',
      sequence: Number(summary['ingest.sequence']),
      totalRows: Number(summary['total-records']),
    }));
}
