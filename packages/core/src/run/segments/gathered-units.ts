import type { UnitRecord } from '../../checkpoint/unit-record.ts';
import type { ColumnBatch } from '../../columns/column-batch.ts';
import { createColumnBatch } from '../../columns/column-batch.ts';
import { sliceRows } from '../../columns/slice-rows.ts';
import type { RejectedRecord } from '../../format/decode-event.ts';
import type { UnitGatherer } from '../../format/unit-gatherer.ts';
import type { ProjectedRows, Projector } from '../../projection/apply-projection.ts';
import { isFlat } from '../../projection/is-flat.ts';
import { hexadecimal } from '../../source/hashing-reader.ts';
import type { InputUnit, ObjectUnit } from '../../source/input-unit.ts';
import { failureOf, type UnitFailure, type UnitLoading } from '../load-unit.ts';
import { isUnitFault } from '../observe-unit.ts';
import { openDecoder } from '../open-decoder.ts';
import { UnitTally, writeRows } from '../unit-tally.ts';
import { decodeRequest } from './decode-request.ts';

/** Larger units cost little more than their content. */
const MOST_BYTES = 64 * 1024;
/** Units of so many bytes, on average, cost other threads more to be given than they save. */
const TINY_BYTES = 16 * 1024;
/** So many units of a reader that had to be decoded for themselves after all: others of it are likely to be like them. */
const MOST_REFUSED = 16;
/** Readers whose memory for rows is kept at the same time; units of others make it anew. */
const MOST_READERS = 8;

interface GatheredUnit {
  unit: ObjectUnit;
  rows: number;
  sha256: string;
}

interface ReaderGathering {
  gatherer: UnitGatherer | null;
  refused: number;
}

/**
 * Loads small units together: their rows are decoded, typed and written as batches that span many of them, and counted for each. What becomes of a unit is what
 * would become of it alone, in the same order; whatever is not plain is left to `loadUnit`, errors of its source too.
 */
export class GatheredUnits {
  readonly #loading: UnitLoading;
  /** By reader, the oldest first. */
  readonly #gatherings = new Map<string, ReaderGathering>();
  /** Of the units that wait. */
  #readerId = '';
  #gatherer: UnitGatherer | null = null;
  #units: GatheredUnit[] = [];

  constructor(loading: UnitLoading) {
    this.#loading = loading;
  }

  /**
   * True where other threads would gain nothing: the units are tiny as a rule, what is larger is not enough for two segments, each of their readers gathers, and
   * they lie on this machine. Of a store that is far away several segments are read side by side.
   */
  async takesMost(): Promise<boolean> {
    const { plan, configuration } = this.#loading.batch.settings;
    const { units } = plan.batch;
    let bytes = 0;
    let largeBytes = 0;
    for (const { unit } of units) {
      const size = unit.kind === 'object' ? Math.max(0, unit.sizeBytes) : 0;
      bytes += size;
      if (size > MOST_BYTES) largeBytes += size;
    }
    if (bytes > units.length * TINY_BYTES || largeBytes >= configuration.segmentBytes * 2) return false;
    for (const reader of new Set(units.map((unit) => unit.reader)))
      if ((await this.#gathering(reader)).gatherer === null) return false;
    return this.#isLocal(units[0]?.unit);
  }

  /**
   * Reads a unit whose rows are to be written with those of its neighbours.
   *
   * @param records Takes those of units before it that were written.
   * @returns `alone`: it is to be loaded for itself, after `flush`. `waits`: its rows are kept until `flush`. Or the failure of a unit before it.
   */
  async add(unit: ObjectUnit, readerId: string, records: UnitRecord[]): Promise<'waits' | 'alone' | UnitFailure> {
    if (unit.replay || unit.sizeBytes <= 0 || unit.sizeBytes > MOST_BYTES) return 'alone';
    const gathering = await this.#gathering(readerId);
    const { gatherer } = gathering;
    if (gatherer === null || gathering.refused >= MOST_REFUSED) return 'alone';
    if (readerId !== this.#readerId) {
      const failure = await this.flush(records);
      if (failure) return failure;
      this.#readerId = readerId;
      this.#gatherer = gatherer;
    }
    let gathered = await this.#gathered(unit, gatherer);
    if (gathered === null && this.#units.length > 0) {
      // There may have been too little room behind the others.
      const failure = await this.flush(records);
      if (failure) return failure;
      gathered = await this.#gathered(unit, gatherer);
    }
    if (gathered === null) {
      gathering.refused += 1;
      return 'alone';
    }
    this.#units.push(gathered);
    this.#loading.batch.settings.onBytes(unit.sizeBytes);
    const columns = this.#loading.writers.main.output.fields.length;
    const paused = this.#loading.batch.pause.after(gathered.rows * columns);
    if (paused) await paused;
    return 'waits';
  }

  /** Types and writes the rows that wait. @returns The failure of the first unit that has one. */
  async flush(records: UnitRecord[]): Promise<UnitFailure | null> {
    const units = this.#units;
    const batch = this.#gatherer?.take() ?? null;
    this.#units = [];
    if (batch === null) return this.#settle(units, [], records);
    const projector = await this.#loading.batch.projector(this.#readerId);
    let typed: ProjectedRows;
    try {
      const facts = units.map(({ unit, rows }) => ({ rows, facts: this.#loading.batch.facts(unit) }));
      typed = projector.apply(batch, facts);
    } catch (error) {
      // It is said of the unit whose row it is.
      if (isUnitFault(error)) return this.#loadApart(units, batch, projector, records);
      batch.release();
      throw error;
    }
    batch.release();
    return (await this.#write(units, typed.accepted)) ?? this.#settle(units, typed.rejected, records);
  }

  /** Gives all memory back. Called exactly once. */
  close(): void {
    for (const { gatherer } of this.#gatherings.values()) gatherer?.close();
  }

  async #gathering(readerId: string): Promise<ReaderGathering> {
    const known = this.#gatherings.get(readerId);
    if (known !== undefined) return known;
    const oldest = [...this.#gatherings].find(([id]) => id !== this.#readerId);
    if (oldest && this.#gatherings.size >= MOST_READERS) {
      this.#gatherings.delete(oldest[0]);
      oldest[1].gatherer?.close();
    }
    const opened = await this.#open(readerId);
    this.#gatherings.set(readerId, opened);
    return opened;
  }

  /** @returns null: it is not one of those that wait. */
  async #gathered(unit: ObjectUnit, gatherer: UnitGatherer): Promise<GatheredUnit | null> {
    const room = await gatherer.room(unit.sizeBytes);
    const sha256 = room && (await this.#read(unit, room));
    const rows = sha256 ? gatherer.add(unit.sizeBytes) : -1;
    return sha256 && rows >= 0 ? { unit, rows, sha256 } : null;
  }

  async #open(readerId: string): Promise<ReaderGathering> {
    const { batch } = this.#loading;
    const { configuration, context } = batch.settings;
    const { format, plan } = batch.reader(readerId);
    if (!isFlat(batch.projection(readerId))) return { gatherer: null, refused: 0 };
    const decoder = await openDecoder(configuration, format, context);
    return { gatherer: (await decoder.gather?.(plan, decodeRequest(plan), context)) ?? null, refused: 0 };
  }

  async #isLocal(unit: InputUnit | undefined): Promise<boolean> {
    if (unit?.kind !== 'object') return false;
    try {
      const reader = await this.#loading.batch.stored(unit);
      await reader.close();
      return reader.localPath !== undefined;
    } catch {
      // Whoever loads it says what is the matter.
      return false;
    }
  }

  /** @returns The SHA-256 of a unit whose bytes were read as they were planned; null: `loadUnit` is to say what is the matter. */
  async #read(unit: ObjectUnit, target: Uint8Array): Promise<string | null> {
    const { batch } = this.#loading;
    try {
      const reader = await batch.stored(unit);
      try {
        if (reader.sizeBytes !== unit.sizeBytes) return null;
        const answer = reader.read(target, 0);
        const count = typeof answer === 'number' ? answer : await answer;
        if (count !== unit.sizeBytes) return null;
        const hash = batch.settings.configuration.environment.sha256();
        hash.update(target);
        await reader.verify();
        return hexadecimal(hash.digest());
      } finally {
        await reader.close();
      }
    } catch {
      return null;
    }
  }

  /** Types and writes one unit after the other. */
  async #loadApart(
    units: readonly GatheredUnit[],
    batch: ColumnBatch,
    projector: Projector,
    records: UnitRecord[],
  ): Promise<UnitFailure | null> {
    let from = 0;
    try {
      for (const gathered of units) {
        const { unit, rows } = gathered;
        const part = createColumnBatch({ ...sliceRows(batch, from, from + rows), firstRecordInRange: 0 });
        from += rows;
        let typed: ProjectedRows;
        try {
          typed = projector.apply(part, [{ rows, facts: this.#loading.batch.facts(unit) }]);
        } catch (error) {
          return failureOf(unit, this.#readerId, error, this.#loading);
        }
        const failure =
          (await this.#write([gathered], typed.accepted)) ?? (await this.#settle([gathered], typed.rejected, records));
        if (failure) return failure;
      }
      return null;
    } finally {
      batch.release();
    }
  }

  async #write(units: readonly GatheredUnit[], accepted: ColumnBatch): Promise<UnitFailure | null> {
    const { rows } = accepted;
    if (rows === 0) {
      accepted.release();
      return null;
    }
    try {
      await writeRows(this.#loading.writers.main.writer, { batch: accepted, parts: [] });
    } catch (error) {
      return failureOf((units[0] as GatheredUnit).unit, this.#readerId, error, this.#loading);
    }
    this.#loading.onRows(rows);
    return null;
  }

  /** Counts what became of each unit. @param rejected Of all of them, with their places among the records of all. */
  async #settle(
    units: readonly GatheredUnit[],
    rejected: readonly RejectedRecord[],
    records: UnitRecord[],
  ): Promise<UnitFailure | null> {
    let before = 0;
    let next = 0;
    for (const { unit, rows, sha256 } of units) {
      const own: RejectedRecord[] = [];
      for (let one = rejected[next]; one !== undefined; one = rejected[next]) {
        const { record = 0 } = one.position;
        if (record > before + rows) break;
        own.push({ ...one, position: { ...one.position, record: record - before } });
        next += 1;
      }
      before += rows;
      const tally = new UnitTally(unit, this.#readerId, this.#loading);
      try {
        tally.read(rows);
        tally.written(rows - own.length);
        await tally.setAside(own);
      } catch (error) {
        return failureOf(unit, this.#readerId, error, this.#loading);
      }
      records.push(tally.record(sha256));
    }
    return null;
  }
}
