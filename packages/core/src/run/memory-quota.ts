import type { Reservation } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';

/** Bytes that may be held at the same time. */
export interface QuotaLimits {
  /** Over all tenants. */
  memoryBytes: number;
  /** Over all runs of one tenant; not above `memoryBytes`. */
  tenantMemoryBytes: number;
}

/** Once a request that its own tenant does not hold up was passed by this many others, nobody passes it any more. */
export const MOST_PASSED = 32;

interface Request {
  bytes: number;
  /** Its place in the order of arrival. */
  arrival: number;
  /** How many requests had been granted when its own tenant stopped holding it up. Absent: it still does. */
  readyAt?: number;
  grant(): void;
}

interface Tenant {
  name: string;
  heldBytes: number;
  /** Oldest first. Tenants that hold nothing and wait for nothing are forgotten. */
  waiting: Request[];
}

/** The oldest request of a tenant that may hold more. */
interface Candidate {
  tenant: Tenant;
  request: Request;
  readyAt: number;
}

/**
 * Memory that runs share, fair between tenants.
 *
 * - Within a tenant: first come, first served, so a large request is not starved by small ones.
 * - Between tenants: of those whose oldest request their own limit allows, the one that holds least goes first, the older request where they
 *   hold the same. If it does not fit yet, those behind it wait too: what is released gathers for it. After `MOST_PASSED` others it is served
 *   next, whatever its tenant holds, so that a stream of newcomers who hold nothing cannot starve it.
 * - A tenant that waits for itself holds up nobody else.
 * - A request above `tenantMemoryBytes` is granted when its tenant holds nothing, a request above `memoryBytes` when nobody holds anything.
 *   These are the only ways to hold more than a limit, and what is held then is that one request.
 *
 * So a request waits for what is held when it is made and for a bounded number of others, provided that everybody who holds memory releases it
 * without asking for more first.
 */
export class MemoryQuota {
  readonly #limits: QuotaLimits;
  /** Few at a time. A `Map`, in which one tenant comes and goes with each file, would leave a table behind for every few of them. */
  readonly #tenants: Tenant[] = [];
  #usedBytes = 0;
  #arrivals = 0;
  #grants = 0;

  constructor(limits: QuotaLimits) {
    this.#limits = limits;
  }

  /** Bytes that are held now. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes that a tenant holds now. */
  heldBy(tenant: string): number {
    return this.#tenant(tenant)?.heldBytes ?? 0;
  }

  /** Tenants that hold memory or wait for it. */
  get tenantCount(): number {
    return this.#tenants.length;
  }

  /**
   * @param bytes A finite number, 0 or more.
   * @param onQueued Called at once when the request has to wait.
   * @throws {CalveError} `CANCELLED` when the signal is aborted while waiting; `INTERNAL`: a plugin asks for what is no amount of memory.
   */
  async reserve(tenant: string, bytes: number, signal: AbortSignal, onQueued: () => void = () => {}): Promise<Reservation> {
    // Sums with one such number would never allow anything to anybody again.
    if (!Number.isFinite(bytes) || bytes < 0)
      throw new CalveError('INTERNAL', `A plugin reserved ${String(bytes)} bytes of memory, which is no amount.`);
    await new Promise<void>((resolve, reject) => {
      let isGranted = false;
      const cancel = (): void => {
        reject(new CalveError('CANCELLED', 'Cancelled while waiting for memory.', { recovery: 'retry' }));
        this.#leave(tenant, request);
      };
      const grant = (): void => {
        isGranted = true;
        signal.removeEventListener('abort', cancel);
        resolve();
      };
      const request: Request = { bytes, arrival: this.#arrivals++, grant };
      this.#enter(tenant, request);
      this.#serve();
      if (isGranted) return;
      if (signal.aborted) return cancel();
      signal.addEventListener('abort', cancel, { once: true });
      onQueued();
    });
    return this.#reservation(tenant, bytes);
  }

  #reservation(tenant: string, bytes: number): Reservation {
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#usedBytes -= bytes;
        const holder = this.#tenant(tenant);
        if (holder) holder.heldBytes -= bytes;
        this.#serve();
        this.#forget(tenant);
      },
    };
  }

  #tenant(name: string): Tenant | undefined {
    return this.#tenants.find((tenant) => tenant.name === name);
  }

  #enter(name: string, request: Request): void {
    const known = this.#tenant(name);
    if (known) known.waiting.push(request);
    else this.#tenants.push({ name, heldBytes: 0, waiting: [request] });
  }

  #leave(name: string, request: Request): void {
    const waiting = this.#tenant(name)?.waiting ?? [];
    waiting.splice(waiting.indexOf(request), 1);
    this.#serve();
    this.#forget(name);
  }

  #forget(name: string): void {
    const tenant = this.#tenant(name);
    if (tenant?.heldBytes === 0 && tenant.waiting.length === 0) this.#tenants.splice(this.#tenants.indexOf(tenant), 1);
  }

  /** Grants what can be granted now. */
  #serve(): void {
    for (let next = this.#next(); next && this.#fits(next.request); next = this.#next()) {
      const { tenant, request } = next;
      tenant.waiting.shift();
      tenant.heldBytes += request.bytes;
      this.#usedBytes += request.bytes;
      this.#grants += 1;
      request.grant();
    }
  }

  /** Whose turn it is, whether it fits or not. */
  #next(): Candidate | null {
    let first: Candidate | null = null;
    for (const tenant of this.#tenants) {
      const request = tenant.waiting[0];
      if (!request || !this.#isAllowed(tenant, request)) continue;
      request.readyAt ??= this.#grants;
      const candidate = { tenant, request, readyAt: request.readyAt };
      if (!first || this.#goesBefore(candidate, first)) first = candidate;
    }
    return first;
  }

  #goesBefore(a: Candidate, b: Candidate): boolean {
    const isOverdue = this.#isOverdue(a);
    if (isOverdue !== this.#isOverdue(b)) return isOverdue;
    const order = isOverdue ? a.readyAt - b.readyAt : a.tenant.heldBytes - b.tenant.heldBytes;
    return order === 0 ? a.request.arrival < b.request.arrival : order < 0;
  }

  #isOverdue({ readyAt }: Candidate): boolean {
    return this.#grants - readyAt >= MOST_PASSED;
  }

  #isAllowed({ heldBytes }: Tenant, { bytes }: Request): boolean {
    return heldBytes === 0 || heldBytes + bytes <= this.#limits.tenantMemoryBytes;
  }

  #fits({ bytes }: Request): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= this.#limits.memoryBytes;
  }
}
