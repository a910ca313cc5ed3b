import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { freeBuffer } from '../columns/free-buffer.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import { readAs } from '../replay/open-rejections.ts';
import type { TableWriter } from '../sink/table-writer.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { noCounts } from './count-rows.ts';
import type { UnitLoading } from './load-unit.ts';
import { rejectedBatch } from './rejected-rows.ts';
import type { UnitRows } from './segments/project-unit.ts';
import { WriteFailure } from './segments/write-failure.ts';

/** What was read of a unit and what became of it, while it is loaded. */
export class UnitTally {
  /** Rows of which something is in the rescue column. */
  rescuedRows = 0;
  readonly #unit: ObjectUnit;
  readonly #readerId: string;
  readonly #loading: UnitLoading;
  readonly #counts = { main: noCounts(), rejected: noCounts() };

  constructor(unit: ObjectUnit, readerId: string, loading: UnitLoading) {
    this.#unit = unit;
    this.#readerId = readerId;
    this.#loading = loading;
  }

  read(records: number): void {
    this.#counts.main.read += records;
    this.#loading.budget.read(records, this.#unit);
  }

  /** Rows that the main writer has. */
  written(rows: number, expanded = 0): void {
    this.#counts.main.expanded += expanded;
    this.#counts.main.written += rows;
  }

  /** @throws {CalveError} `REJECTED_LIMIT` (decide), and what the writer throws. */
  async setAside(records: readonly RejectedRecord[]): Promise<void> {
    if (records.length === 0) return;
    const { writers, budget, batch } = this.#loading;
    const unit = this.#unit;
    this.#counts.main.rejected += records.length;
    budget.rejected(records, unit);
    if (!writers.rejected) return;
    const { runId, plannedAt, sequence, programHash } = batch.settings.intent;
    const facts = { unit, runId, plannedAt, sequence, programHash };
    const rejected = rejectedBatch(records, writers.rejected.output.fields, facts);
    this.#counts.rejected.written += rejected.rows;
    await writeBatch(writers.rejected.writer, rejected);
  }

  /** @param sha256 Of the stored bytes, in hexadecimal. */
  record(sha256: string): UnitRecord {
    const { writers, batch, counts: shared } = this.#loading;
    const { main, rejected } = this.#counts;
    const unit = this.#unit;
    rejected.read = main.read;
    rejected.filtered = main.read - rejected.written;
    const perOutput = { [writers.main.output.name]: main };
    if (writers.rejected) perOutput[writers.rejected.output.name] = rejected;
    const record: UnitRecord = {
      unit,
      state: 'ingested',
      sequence: batch.settings.intent.sequence,
      counts: shared.shared(perOutput),
      attempts: 1,
      // It stands in the place of the file, and is compared with what comes there.
      sha256: unit.replay ? (unit.replay.sha256 ?? sha256) : sha256,
    };
    const reader = batch.reader(this.#readerId);
    if (main.rejected > 0) record.observation = readAs(reader.format, reader.plan);
    return record;
  }
}

export async function writeRows(writer: TableWriter, { batch, parts }: Pick<UnitRows, 'batch' | 'parts'>): Promise<void> {
  for (const part of parts) {
    await marked(async () => writer.parts?.append(part));
    // Megabytes that a collector would find late.
    freeBuffer(part.bytes);
  }
  if (batch) await writeBatch(writer, batch);
}

async function writeBatch(writer: TableWriter, batch: Parameters<TableWriter['write']>[0]): Promise<void> {
  try {
    await marked(() => writer.write(batch));
  } finally {
    batch.release();
  }
}

/** @throws {WriteFailure} what `write` throws is no fault of a unit. */
export async function marked(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new WriteFailure(error);
  }
}
