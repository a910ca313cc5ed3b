import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { ReaderPlan } from '../format/reader-plan.ts';
import type { Json } from '../json/json.ts';
import type { ObjectUnit } from '../source/input-unit.ts';

/** Rows of one file that one commit rejected and that never went again. */
export interface OpenRejection {
  /** The file. */
  of: ObjectUnit;
  sequence: number;
  rows: number;
  /** Of the file. */
  sha256?: string;
  /** How the file was read; null: the ledger does not know. */
  read: ReadAs | null;
}

/** How a unit was read when rows of it were rejected. */
export interface ReadAs {
  /** Key of the format. */
  format: string;
  reader: ReaderPlan;
}

/** What the record of a unit with rejected rows keeps as `observation`. */
export function readAs(format: string, reader: ReaderPlan): Json {
  return { format, reader } as unknown as Json;
}

/** Key of the unit that takes the rows of a file that one commit rejected: they go again once, since the ledger knows this key then. */
export function replayKey(of: ObjectUnit, sequence: number): string {
  return `${of.key}#rejected-${sequence}`;
}

/** The unit that takes them. */
export function replayUnit({ of, sequence, rows, sha256 }: OpenRejection, rawBytes: number): ObjectUnit {
  const replay = { of, sequence, rows, ...(sha256 === undefined ? {} : { sha256 }) };
  return { ...of, key: replayKey(of, sequence), sizeBytes: rawBytes, replay };
}

/**
 * Finds out which rejected rows wait: those that a record of the ledger counted in its own commit, unless the unit that takes them is loaded. Rows
 * that a ledger does not count itself (it was rebuilt from the table, or began anew, or the file was loaded again since) never wait: nobody knows
 * whether they are in the table. Pure; memory: an entry for each unit with rejected rows.
 */
export class OpenRejections {
  readonly #open = new Map<string, OpenRejection>();
  readonly #replayed = new Set<string>();

  /** @param record Of a scan of `ingested` ones, in any order. */
  add(record: UnitRecord, output: string): void {
    const { unit, sequence, counts, finding } = record;
    if (unit.kind !== 'object') return;
    if (unit.replay) this.#replayed.add(unit.key);
    const rows = counts?.[output]?.rejected ?? 0;
    // A file that was touched has a record for each of its identities; the first one counted the rows.
    if (rows === 0 || sequence === null || finding?.code === 'OBJECT_UNCHANGED') return;
    const of = unit.replay?.of ?? unit;
    const { sha256 } = record;
    const rejection = { of, sequence, rows, read: readOf(record), ...(sha256 === undefined ? {} : { sha256 }) };
    this.#open.set(replayKey(of, sequence), rejection);
  }

  /** By the key of the unit that would take them, oldest commit first. */
  all(): OpenRejection[] {
    const open = [...this.#open].flatMap(([key, rejection]) => (this.#replayed.has(key) ? [] : [rejection]));
    return open.sort((a, b) => a.sequence - b.sequence);
  }
}

function readOf({ observation }: UnitRecord): ReadAs | null {
  const { format, reader } = (observation ?? {}) as unknown as Partial<ReadAs>;
  return format !== undefined && reader !== undefined ? { format, reader } : null;
}
