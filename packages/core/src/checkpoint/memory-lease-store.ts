import type { Int64 } from '../json/json.ts';
import type { LedgerKey } from './commit-intent.ts';
import type { Lease, LeaseAnswer, LeaseHolder, LeaseStore } from './lease.ts';

/** The lease of one ledger: the newest fence stays when nobody holds it. */
interface KeptLease {
  fence: bigint;
  /** JSON text of the lease; null: nobody holds it. */
  text: string | null;
}

/** Leases of all ledgers of one state in memory; each handle has a `MemoryLeaseStore` on them. */
export class MemoryLeases {
  readonly #leases = new Map<string, KeptLease>();

  /** @param fence Of a writer. */
  isFenced(key: LedgerKey, fence: Int64 | undefined): boolean {
    return fence !== undefined && String(this.of(key).fence) !== fence;
  }

  of(key: LedgerKey): KeptLease {
    const name = JSON.stringify([key.tenant, key.ingestion]);
    const kept = this.#leases.get(name) ?? { fence: 0n, text: null };
    this.#leases.set(name, kept);
    return kept;
  }
}

/** The leases as one handle reaches them. */
export class MemoryLeaseStore implements LeaseStore {
  readonly #leases: MemoryLeases;
  readonly #assertOpen: () => void;

  constructor(leases: MemoryLeases, assertOpen: () => void) {
    this.#leases = leases;
    this.#assertOpen = assertOpen;
  }

  async acquire(key: LedgerKey, holder: LeaseHolder, at: string, silent?: Pick<Lease, 'fence' | 'beat'>): Promise<LeaseAnswer> {
    this.#assertOpen();
    const kept = this.#leases.of(key);
    const lease = kept.text === null ? null : (JSON.parse(kept.text) as Lease);
    if (lease?.holder.token === holder.token) return { kind: 'acquired', fence: lease.fence };
    if (lease && (lease.fence !== silent?.fence || lease.beat !== silent.beat)) return { kind: 'held', lease };
    kept.fence += 1n;
    const fence = String(kept.fence);
    kept.text = JSON.stringify({ fence, holder, beat: 0, since: at, renewedAt: at } satisfies Lease);
    return { kind: 'acquired', fence };
  }

  async renew(key: LedgerKey, fence: Int64, at: string): Promise<'renewed' | 'lost'> {
    this.#assertOpen();
    const kept = this.#leases.of(key);
    if (kept.text === null || String(kept.fence) !== fence) return 'lost';
    const lease = JSON.parse(kept.text) as Lease;
    kept.text = JSON.stringify({ ...lease, beat: lease.beat + 1, renewedAt: at } satisfies Lease);
    return 'renewed';
  }

  async release(key: LedgerKey, fence: Int64): Promise<void> {
    this.#assertOpen();
    const kept = this.#leases.of(key);
    if (String(kept.fence) === fence) kept.text = null;
  }
}
