import { CalveError } from '../errors/calve-error.ts';
import type { CheckpointStore, VersionedHead } from './checkpoint-store.ts';
import type { LedgerKey } from './commit-intent.ts';
import { MemoryLeaseStore, MemoryLeases } from './memory-lease-store.ts';
import type { UnitRecord } from './unit-record.ts';

interface KeptRecord {
  /** JSON text of the record. */
  text: string;
  isIngested: boolean;
  /** Ingested, and there is nothing to say about it. */
  isSettled: boolean;
  /** Rises with every record that is written. */
  entry: number;
}

interface Ledger {
  version: bigint;
  head: string;
  entries: number;
  records: Map<string, KeptRecord>;
  /** Unit keys per place and per fingerprint: a file has few versions. */
  keys: { place: Map<string, Set<string>>; fingerprint: Map<string, Set<string>> };
}

/** The ledgers of one `memoryState`, and who works on them. */
export class MemoryLedgers {
  readonly ledgers = new Map<string, Ledger>();
  readonly leases = new MemoryLeases();
}

/** A handle to ledgers in memory. */
export class MemoryCheckpointStore implements CheckpointStore {
  readonly contract = 'checkpoint/1';
  readonly location = 'memory';
  readonly leases: MemoryLeaseStore;
  readonly #ledgers: Map<string, Ledger>;
  readonly #leases: MemoryLeases;
  #isClosed = false;

  constructor({ ledgers, leases }: MemoryLedgers) {
    this.#ledgers = ledgers;
    this.#leases = leases;
    this.leases = new MemoryLeaseStore(leases, () => this.#assertOpen());
  }

  async read(key: LedgerKey): Promise<VersionedHead | 'absent'> {
    const ledger = this.#ledger(key);
    return ledger ? { version: String(ledger.version), head: JSON.parse(ledger.head) } : 'absent';
  }

  async advance(...change: Parameters<CheckpointStore['advance']>): ReturnType<CheckpointStore['advance']> {
    return this.#change(change, (ledger) => ledger);
  }

  async replace(...change: Parameters<CheckpointStore['replace']>): ReturnType<CheckpointStore['replace']> {
    return this.#change(change, ({ version }) => ({ ...emptyLedger(), version }));
  }

  /** @param begin What of the ledger stays. */
  #change(
    [key, expected, head, units, fence]: Parameters<CheckpointStore['advance']>,
    begin: (ledger: Ledger) => Ledger,
  ): Awaited<ReturnType<CheckpointStore['advance']>> {
    const ledger = this.#ledger(key);
    if (this.#leases.isFenced(key, fence)) return 'fenced';
    if ((ledger ? String(ledger.version) : 'absent') !== expected) return 'superseded';
    // Everything that can throw comes before the first change.
    const headText = JSON.stringify(head);
    const texts = units.map((record) => JSON.stringify(record));
    const changed = ledger ? begin(ledger) : emptyLedger();
    changed.version += 1n;
    changed.head = headText;
    for (const [index, record] of units.entries()) keep(changed, record, texts[index]!);
    this.#ledgers.set(nameOf(key), changed);
    return 'written';
  }

  async lookup(...[key, by, values]: Parameters<CheckpointStore['lookup']>): Promise<Map<string, UnitRecord>> {
    const ledger = this.#ledger(key);
    const found = new Map<string, UnitRecord>();
    for (const value of ledger ? values : []) {
      const kept = by === 'key' ? ledger!.records.get(value) : preferred(ledger!, ledger!.keys[by].get(value));
      if (kept) found.set(value, JSON.parse(kept.text));
    }
    return found;
  }

  async unsettled(key: LedgerKey, unitKeys: readonly string[]): Promise<Set<string>> {
    const records = this.#ledger(key)?.records;
    return new Set(unitKeys.filter((unitKey) => !records?.get(unitKey)?.isSettled));
  }

  async *scan(...[key, filter]: Parameters<CheckpointStore['scan']>): AsyncGenerator<UnitRecord> {
    const ledger = this.#ledger(key);
    for (const unitKey of ledger ? [...ledger.records.keys()].sort() : []) {
      const record = JSON.parse(ledger!.records.get(unitKey)!.text) as UnitRecord;
      if (filter.state !== undefined && record.state !== filter.state) continue;
      if (filter.place !== undefined && (record.unit.kind !== 'object' || record.unit.place !== filter.place)) continue;
      if (filter.since !== undefined && (record.sequence === null || record.sequence < filter.since)) continue;
      yield record;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #ledger(key: LedgerKey): Ledger | undefined {
    this.#assertOpen();
    return this.#ledgers.get(nameOf(key));
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new CalveError('CLOSED', 'This checkpoint store is closed.');
  }
}

function emptyLedger(): Ledger {
  return { version: 0n, head: '', entries: 0, records: new Map(), keys: { place: new Map(), fingerprint: new Map() } };
}

function keep(ledger: Ledger, { unit, state, code }: UnitRecord, text: string): void {
  const replaced = ledger.records.get(unit.key);
  if (replaced) forgetPlace(ledger, JSON.parse(replaced.text) as UnitRecord);
  const isIngested = state === 'ingested';
  ledger.records.set(unit.key, { text, isIngested, isSettled: isIngested && code === undefined, entry: ++ledger.entries });
  if (unit.kind !== 'object') return;
  for (const by of ['place', 'fingerprint'] as const) {
    const keys = ledger.keys[by].get(unit[by]) ?? new Set();
    ledger.keys[by].set(unit[by], keys.add(unit.key));
  }
}

function forgetPlace(ledger: Ledger, { unit }: UnitRecord): void {
  if (unit.kind !== 'object') return;
  for (const by of ['place', 'fingerprint'] as const) ledger.keys[by].get(unit[by])?.delete(unit.key);
}

/** The newest ingested record among `keys`, otherwise the newest one. */
function preferred(ledger: Ledger, keys: Iterable<string> = []): KeptRecord | null {
  let best: KeptRecord | null = null;
  for (const key of keys) {
    const kept = ledger.records.get(key)!;
    const isBetter = best === null || (kept.isIngested === best.isIngested ? kept.entry > best.entry : kept.isIngested);
    if (isBetter) best = kept;
  }
  return best;
}

function nameOf(key: LedgerKey): string {
  return JSON.stringify([key.tenant, key.ingestion]);
}
