import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { type OpenRejection, replayKey } from './open-rejections.ts';

/** When rows of a file came: with which commit, and in it by the order in which files are merged. */
interface Arrival {
  sequence: number;
  /** Milliseconds since 1970. */
  modified: number;
  uri: string;
}

/**
 * In which order rows came to a table. In a merge without `newest` what comes last stays, so rejected rows that go again would take the place of newer
 * ones, unless nothing was loaded that came after them. Rows of one file count as coming together, and rows that go again as coming when they were
 * rejected first. Pure; memory: an entry for each unit that went again.
 */
export class Arrivals {
  #last: Arrival | null = null;
  /** Units that went again and loaded something: the file, and the commit that had rejected its rows. */
  readonly #went: { of: ObjectUnit; sequence: number }[] = [];
  /** By the key of the unit that would take rows which were rejected again: the commit that rejected them before. */
  readonly #before = new Map<string, number>();

  /** @param record Of a scan of `ingested` ones, in any order. */
  add({ unit, sequence, counts, finding }: UnitRecord, output: string): void {
    // A file that was touched has a record for each of its identities; the first one stands for the rows.
    if (unit.kind !== 'object' || sequence === null || finding?.code === 'OBJECT_UNCHANGED') return;
    const { replay } = unit;
    if (replay) this.#before.set(replayKey(replay.of, sequence), replay.sequence);
    // Where nobody counted, there may be rows.
    if (counts?.[output]?.written === 0) return;
    if (replay) this.#went.push(replay);
    else this.#last = later(this.#last, arrivalOf(unit, sequence));
  }

  /** True when rows were loaded that came after them. To be asked when all records are added. */
  isOvertaken(rejection: OpenRejection): boolean {
    for (const gone of this.#went.splice(0)) this.#last = later(this.#last, this.#arrivalOf(gone));
    return this.#last !== null && compareArrivals(this.#last, this.#arrivalOf(rejection)) > 0;
  }

  /** Negative: the first ones came earlier. */
  compare(a: OpenRejection, b: OpenRejection): number {
    return compareArrivals(this.#arrivalOf(a), this.#arrivalOf(b));
  }

  #arrivalOf({ of, sequence }: Pick<OpenRejection, 'of' | 'sequence'>): Arrival {
    let first = sequence;
    for (let at: number | undefined = sequence; at !== undefined; at = this.#before.get(replayKey(of, at))) first = at;
    return arrivalOf(of, first);
  }
}

function arrivalOf({ modifiedAt, uri }: ObjectUnit, sequence: number): Arrival {
  return { sequence, modified: Date.parse(modifiedAt), uri };
}

function later(known: Arrival | null, other: Arrival): Arrival {
  return known !== null && compareArrivals(known, other) > 0 ? known : other;
}

function compareArrivals(a: Arrival, b: Arrival): number {
  return a.sequence - b.sequence || a.modified - b.modified || (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0);
}
