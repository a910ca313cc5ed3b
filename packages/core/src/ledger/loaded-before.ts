import type { UnitRecord } from '../checkpoint/unit-record.ts';

/** What an old copy of a ledger knows to be loaded: more than the rows in the table tell, such as the content of files and files without rows. */
export class LoadedBefore {
  readonly #byKey = new Map<string, UnitRecord>();
  readonly #byOrigin = new Map<string, UnitRecord>();

  /** @param record `ingested`. */
  add(record: UnitRecord): void {
    const { unit } = record;
    this.#byKey.set(unit.key, record);
    if (unit.kind === 'object') this.#byOrigin.set(originOf(unit), record);
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
