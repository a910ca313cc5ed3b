import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Landed } from '../findings/findings-report.ts';
import { knownMode } from '../plan/forgets-mode.ts';
import { OBJECT_REPLACED } from '../plan/superseded-records.ts';
import { Arrivals } from '../replay/arrivals.ts';
import { leftByMode } from '../replay/left-by-mode.ts';
import { OpenRejections } from '../replay/open-rejections.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import type { PlanningRequest } from './plan-ingestion.ts';
import type { WaitingRows } from './rejected-causes.ts';

/** What a ledger says of the rows of an ingestion: those that are in the table, and those that wait. Reads the ledger. */
export async function landedRows(
  spec: IngestionSpec,
  { store, context }: Pick<PlanningRequest, 'store' | 'context'>,
): Promise<{ landed: Landed; waiting: WaitingRows }> {
  const key = { tenant: context.tenant, ingestion: spec.id };
  const main = mainOutput(spec);
  const current = await store.read(key);
  const head = current === 'absent' ? null : current.head;
  const mode = knownMode(main, current);
  const sums = new RowSums(main.name);
  const open = new OpenRejections();
  const arrivals = new Arrivals();
  for (const state of ['ingested', 'skipped'] as const)
    for await (const record of store.scan(key, { state })) {
      sums.add(record);
      if (state !== 'ingested') continue;
      open.add(record, main.name);
      arrivals.add(record, main.name);
    }
  // What an overwrite of the whole table took away waits for nothing any more.
  const isOver = mode.kind === 'overwrite-table';
  const rejections = open.all().filter(({ sequence }) => !isOver || sequence >= sums.newest);
  const landed = {
    ...sums.landed(isOver),
    commits: head?.committed[main.name] ?? 0,
    rejectedRows: rejections.reduce((sum, { rows }) => sum + rows, 0),
  };
  return { landed, waiting: { open: rejections, leftOf: (rejection) => leftByMode(rejection, mode, arrivals) } };
}

/** Adds up what the records of a ledger say of one output. */
class RowSums {
  readonly #output: string;
  #files = 0;
  #loaded = 0;
  #replaced = 0;
  /** Number of the newest commit that loaded rows; 0: none did. */
  newest = 0;
  #newestRows = 0;
  #newestFiles = 0;

  constructor(output: string) {
    this.#output = output;
  }

  add({ unit, state, code, sequence, counts, finding }: UnitRecord): void {
    const isReplaced = state === 'skipped' && code === OBJECT_REPLACED;
    if ((state !== 'ingested' && !isReplaced) || finding?.code === 'OBJECT_UNCHANGED') return;
    const { written = 0, replaced = 0 } = counts?.[this.#output] ?? {};
    const file = !isReplaced && (unit.kind !== 'object' || !unit.replay) ? 1 : 0;
    this.#files += file;
    this.#loaded += written;
    this.#replaced += replaced;
    // The record of a version that was replaced belongs to the commit that took its rows.
    if (isReplaced || sequence === null || sequence < this.newest || (sequence > this.newest && written === 0)) return;
    if (sequence > this.newest) [this.newest, this.#newestRows, this.#newestFiles] = [sequence, 0, 0];
    this.#newestRows += written;
    this.#newestFiles += file;
  }

  /** @param isOver Every commit takes the place of all that was there. */
  landed(isOver: boolean): Pick<Landed, 'files' | 'rows' | 'loadedRows'> {
    if (isOver) return { files: this.#newestFiles, rows: this.#newestRows, loadedRows: this.#loaded };
    // Rows of others may be among those that were replaced.
    const rows = Math.max(this.#loaded - this.#replaced, this.#newestRows);
    return { files: this.#files, rows, loadedRows: this.#loaded };
  }
}
