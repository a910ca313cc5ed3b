import type { CallContext, ColumnBatch, Field, WrittenUnit } from '@calve/core/plugin';
import { CalveError, throwIfAborted } from '@calve/core/plugin';
import { compareBytes } from '../spec/bounds.ts';
import { toHex } from '../spec/hex.ts';
import type { KeptRuns } from './kept-runs.ts';
import { runsBetween } from './kept-runs.ts';
import { KeyFilter } from './key-filter.ts';
import { KeyTable, keyTableBytes } from './key-table.ts';
import type { KeyRange } from './rewrite-guard.ts';
import { RowKeys } from './row-key.ts';
import { RowList } from './row-list.ts';
import type { Spool } from './spool.ts';

/** Each pass reads the keys of the candidate files once more. */
const MOST_PASSES = 64;
/** Longest bound of a text that is kept in the journal. */
const RANGE_BYTES = 64;

/** Hears the rows of a file of the table batch by batch, with the number of the first row; `gone`: rows that are none of the table's any more. */
export type VisitRows = (file: number, batch: ColumnBatch, first: number, gone: RowList | null) => void;

/** Goes through the rows of the table that may have a key of the batch. */
export type VisitCandidates = (columns: ReadonlySet<string>, visit: VisitRows) => Promise<void>;

/** The incoming rows of a merge: who wins among them, and against the rows of the table. */
export class MergeRows {
  readonly #keys: RowKeys;
  readonly #spool: Spool;
  readonly #context: CallContext;
  readonly #limitBytes: number;
  readonly #units: WrittenUnit[] = [];
  /** Number of the first row of each unit. */
  readonly #starts: number[] = [];
  readonly #lowest: Uint8Array[] = [];
  readonly #highest: Uint8Array[] = [];
  #keyBytes = 0;
  #orderBytes = 0;
  #dropped = new Uint8Array();
  /** Numbers of the files of the table that hold a row which is newer than an incoming one. */
  readonly wonAgainst = new Set<number>();
  /** By number of the unit. */
  readonly deduplicated: number[] = [];
  readonly replaced: number[] = [];

  constructor(
    fields: readonly Field[],
    keys: readonly string[],
    newest: readonly string[],
    spool: Spool,
    context: CallContext,
    limitBytes: number,
  ) {
    this.#keys = new RowKeys(fields, keys, newest);
    this.#spool = spool;
    this.#context = context;
    this.#limitBytes = limitBytes;
  }

  beginUnit(unit: WrittenUnit): void {
    this.#units.push(unit);
    this.#starts.push(this.#spool.rows);
    this.deduplicated.push(0);
    this.replaced.push(0);
  }

  /** @throws {CalveError} `INTERNAL`: a row without a key; the projection rejects those. */
  async add(batch: ColumnBatch): Promise<void> {
    const keys = this.#keys;
    keys.open(batch);
    for (let row = 0; row < batch.rows; row++) {
      if (!keys.readKey(row))
        throw new CalveError('INTERNAL', 'A row without a key came to be merged; such rows are rejected before.');
      keys.readOrder(row);
      this.#keyBytes += keys.key.length;
      this.#orderBytes += keys.order.length;
      for (const index of keys.keyFields.keys()) this.#widen(index, keys.part(index));
    }
    await this.#spool.add(batch);
  }

  /** What the keys span, column by column; null: there are no rows. */
  ranges(): KeyRange[] | null {
    if (this.#spool.rows === 0) return null;
    return this.#keys.keyFields.map(({ id, type }, index) => {
      const [lowest, highest] = [this.#lowest[index]!, this.#highest[index]!];
      const isCut = highest.length > RANGE_BYTES;
      const upper = isCut && type.kind !== 'string' ? null : toHex(highest.subarray(0, RANGE_BYTES)) + (isCut ? 'ff' : '');
      return { id: id!, lower: toHex(lowest.subarray(0, RANGE_BYTES)), upper };
    });
  }

  /**
   * Decides every key: among incoming rows the greatest value of the `newest` columns wins, then the file that was modified last, then the one whose
   * name comes last, then the later row; against the table the incoming row wins unless it is older.
   *
   * @param removed Gets the rows of the table that go, by number of their file.
   * @param readBytes What `visit` takes; reserved together with the keys, since who holds memory must not ask for more.
   * @throws {CalveError} `MERGE_TOO_LARGE` (fix-input); `CANCELLED`.
   */
  async decide(visit: VisitCandidates, removed: (file: number) => RowList, readBytes: number): Promise<void> {
    const { rows } = this.#spool;
    if (rows === 0) return;
    this.#dropped = new Uint8Array((rows + 7) >> 3);
    const bytes = keyTableBytes(rows, this.#keyBytes, this.#orderBytes) + KeyFilter.bytes(rows);
    const passes = Math.ceil(bytes / this.#limitBytes);
    if (passes > MOST_PASSES) throw tooLarge(rows, bytes, this.#limitBytes * MOST_PASSES);
    const reservation = await this.#context.reserve(Math.min(bytes, this.#limitBytes) + readBytes);
    try {
      for (let pass = 0; pass < passes; pass++) await this.#decidePass(pass, passes, visit, removed);
    } finally {
      reservation.release();
    }
  }

  /** Those of the incoming rows `[first, first + rows)` that did not lose. */
  winners(first: number, rows: number): KeptRuns {
    const dropped = this.#dropped;
    let lost = 0;
    const lostRows = new Uint32Array(rows);
    for (let row = first; row < first + rows; row++) {
      lostRows[lost] = row;
      lost += (dropped[row >> 3]! >> (row & 7)) & 1;
    }
    return runsBetween(rows, lostRows, 0, lost, first);
  }

  async #decidePass(pass: number, passes: number, visit: VisitCandidates, removed: (file: number) => RowList): Promise<void> {
    const { table, filter } = await this.#table(pass, passes);
    const keys = this.#keys;
    let found: Int32Array = new Int32Array(0);
    const hasNewest = keys.newestFields.length > 0;
    const files = new RowList();
    const rows = new RowList();
    const entries = new RowList();
    await visit(this.#columns(), (file, batch, first, gone) => {
      keys.open(batch);
      if (found.length < batch.rows) found = new Int32Array(batch.rows);
      const count = filter.select(keys.firstColumn, batch.rows, found);
      for (let at = 0; at < count; at++) {
        const row = found[at]!;
        if (gone?.wasSealed(first + row) || !keys.readKey(row)) continue;
        if (passes > 1 && (keys.hash >>> 16) % passes !== pass) continue;
        const entry = table.find(keys.key.bytes, keys.key.length, keys.hash);
        if (entry === -1) continue;
        if (hasNewest) {
          keys.readOrder(row);
          if (table.compareOrder(entry, keys.order.bytes, keys.order.length) < 0) {
            table.lost[entry] = 1;
            this.wonAgainst.add(file);
            continue;
          }
        }
        files.push(file);
        rows.push(first + row);
        entries.push(entry);
      }
    });
    for (let entry = 0; entry < table.size; entry++)
      if (table.lost[entry] === 1) this.#drop(table.rows[entry]!, table.units[entry]!);
    for (let match = 0; match < entries.length; match++) {
      const entry = entries.at(match);
      if (table.lost[entry] === 1) continue;
      removed(files.at(match)).push(rows.at(match));
      this.replaced[table.units[entry]!]! += 1;
    }
  }

  /** The winners among the incoming rows of one pass. */
  async #table(pass: number, passes: number): Promise<{ table: KeyTable; filter: KeyFilter }> {
    const keys = this.#keys;
    const ranks = rankOf(this.#units);
    const { entries, keyBytes, orderBytes } = await this.#sizeOf(pass, passes);
    const table = new KeyTable(entries, keyBytes, orderBytes);
    const filter = new KeyFilter(keys.keyFields[0]!.type, entries);
    await this.#eachRow(pass, passes, (row, unit, at) => {
      keys.readOrder(at);
      const { key, order, hash } = keys;
      const entry = table.find(key.bytes, key.length, hash);
      if (entry === -1) {
        filter.add(keys.firstColumn, at);
        table.add(key.bytes, key.length, hash, order.bytes, order.length, row, unit);
        return;
      }
      const loser = table.compareOrder(entry, order.bytes, order.length) || ranks[table.units[entry]!]! - ranks[unit]!;
      if (loser > 0) this.#drop(row, unit);
      else {
        this.#drop(table.rows[entry]!, table.units[entry]!);
        table.win(entry, order.bytes, order.length, row, unit);
      }
    });
    return { table, filter };
  }

  async #sizeOf(pass: number, passes: number): Promise<{ entries: number; keyBytes: number; orderBytes: number }> {
    if (passes === 1) return { entries: this.#spool.rows, keyBytes: this.#keyBytes, orderBytes: this.#orderBytes };
    const size = { entries: 0, keyBytes: 0, orderBytes: 0 };
    await this.#eachRow(pass, passes, (_row, _unit, at) => {
      this.#keys.readOrder(at);
      size.entries += 1;
      size.keyBytes += this.#keys.key.length;
      size.orderBytes += this.#keys.order.length;
    });
    return size;
  }

  /** Visits the incoming rows of one pass with their keys read. `at`: the number of the row in the batch that is open. */
  async #eachRow(pass: number, passes: number, visit: (row: number, unit: number, at: number) => void): Promise<void> {
    const keys = this.#keys;
    let first = 0;
    let unit = 0;
    for await (const batch of this.#spool.read(this.#columns())) {
      throwIfAborted(this.#context.signal);
      keys.open(batch);
      for (let row = 0; row < batch.rows; row++) {
        while (unit + 1 < this.#starts.length && this.#starts[unit + 1]! <= first + row) unit += 1;
        keys.readKey(row);
        if (passes > 1 && (keys.hash >>> 16) % passes !== pass) continue;
        visit(first + row, unit, row);
      }
      first += batch.rows;
      await this.#context.environment.sleep(0);
    }
  }

  #columns(): Set<string> {
    return new Set([...this.#keys.keyFields, ...this.#keys.newestFields].map(({ name }) => name));
  }

  #drop(row: number, unit: number): void {
    this.#dropped[row >> 3]! |= 1 << (row & 7);
    this.deduplicated[unit]! += 1;
  }

  #widen(index: number, part: Uint8Array): void {
    const [lowest, highest] = [this.#lowest[index], this.#highest[index]];
    if (!lowest || compareBytes(part, lowest) < 0) this.#lowest[index] = part.slice();
    if (!highest || compareBytes(part, highest) > 0) this.#highest[index] = part.slice();
  }
}

const encoder = new TextEncoder();

/** Of each unit its place in the order in which files win: by time of modification, then by name. */
function rankOf(units: readonly WrittenUnit[]): number[] {
  const order = units.map(({ uri, modifiedAt }, index) => ({ index, time: Date.parse(modifiedAt), name: encoder.encode(uri) }));
  order.sort((a, b) => a.time - b.time || compareBytes(a.name, b.name));
  const ranks = new Array<number>(units.length).fill(0);
  for (const [rank, { index }] of order.entries()) ranks[index] = rank;
  return ranks;
}

function tooLarge(rows: number, bytes: number, limit: number): CalveError {
  return new CalveError(
    'MERGE_TOO_LARGE',
    `The keys of ${rows} rows take ${bytes} bytes, and a merge may have ${limit}. Lower limits.maxBytesPerBatch or limits.maxUnitsPerBatch in the spec, ` +
      'so that fewer rows are merged in one commit.',
    { recovery: 'fix-input', context: { rows, bytes, limit } },
  );
}
