import type { UnitRecord } from '../checkpoint/unit-record.ts';

/** What an old copy of a ledger knows to be loaded: more than the rows in the table tell, such as the content of files and files without rows. */
export class LoadedBefore {
  readonly #byKey = new Map<string, UnitRecord>();
  readonly #byOrigin = new Map<string, UnitRecord>();
  /** Of versions with rows that went again: how many, by output. */
  readonly #replayed = new Map<string, Record<string, number>>();

  /** @param record `ingested`. */
  add(record: UnitRecord): void {
    const { unit } = record;
    this.#byKey.set(unit.key, record);
    if (unit.kind !== 'object') return;
    const origin = originOf(unit);
    if (!unit.replay) {
      this.#byOrigin.set(origin, record);
      return;
    }
    const sums = this.#replayed.get(origin) ?? {};
    this.#replayed.set(origin, sums);
    for (const [output, { written }] of Object.entries(record.counts ?? {})) sums[output] = (sums[output] ?? 0) + written;
  }

  /** Rows of a version that are in a table, as it knows them: those of the file and those that went again. */
  rowsOf(origin: { uri: string; version: string }, output: string): number {
    const own = this.ofOrigin(origin)?.counts?.[output]?.written ?? 0;
    return own + (this.#replayed.get(originOf(origin))?.[output] ?? 0);
  }

  ofOrigin(origin: { uri: string; version: string }): UnitRecord | undefined {
    return this.#byOrigin.get(originOf(origin));
  }

  ofKey(unitKey: string): UnitRecord | undefined {
    return this.#byKey.get(unitKey);
  }

  /** In the order in which they were added. */
  all(): Iterable<UnitRecord> {
    return this.#byKey.values();
  }
}

function originOf({ uri, version }: { uri: string; version: string }): string {
  return JSON.stringify([uri, version]);
}
