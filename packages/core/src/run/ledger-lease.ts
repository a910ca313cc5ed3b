import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { Lease, LeaseHolder, LeaseStore } from '../checkpoint/lease.ts';
import type { CallContext } from '../context/call-context.ts';
import { CalveError, errorData } from '../errors/calve-error.ts';
import type { Int64 } from '../json/json.ts';
import { randomId } from './calve-configuration.ts';
import { LeaseWatch } from './lease-watch.ts';

/** Who works on an ingestion while somebody waits for it. */
export interface LeaseHeldBy {
  /** null: its platform has no processes. */
  host: string | null;
  pid: number | null;
  /** ISO 8601 in UTC, by the clock of the holder. */
  since: string;
}

/** What somebody who writes does when another one works on the same ingestion. */
export interface BusyOptions {
  /** `wait` (default): waits until the other one has ended, then looks afresh at what is left. `stop`: rejects with `INGESTION_BUSY` (retry). */
  ifBusy?: 'wait' | 'stop';
}

/** What a lease is made with. */
export interface LeaseRequest extends BusyOptions {
  /** Absent: the store has no leases, and nobody waits. */
  leases: LeaseStore | undefined;
  key: LedgerKey;
  context: CallContext;
  durationMilliseconds: number;
  /** Told once when somebody has to be waited for. */
  onWaiting(heldBy: LeaseHeldBy): void;
}

/** Where time does not pass, nobody waits either: a clock that stands still through so many renewals belongs to a test. */
const MOST_EMPTY_BEATS = 100;

/**
 * Tokens of this process whose work has ended, and which the store may nevertheless name as the holder: giving the lease back has failed, as on a full
 * disk. Nobody else can know; a process that lives on need not wait for itself. Of each ledger, until the next one has its lease.
 */
const ended = new WeakMap<LeaseStore, Map<string, Set<string>>>();

/**
 * The lease of one run or operation on a ledger: taken before the first write, renewed while it works, given back at the end.
 *
 * It only orders work. Whoever loses it, because it was paused for too long, is refused by the store at its next write to the journal, and the
 * commit protocol keeps everything once with and without leases.
 */
export class LedgerLease {
  readonly #request: LeaseRequest;
  readonly #stop = new AbortController();
  #token = '';
  #isUnknown = false;
  #fence: Int64 | null = null;

  constructor(request: LeaseRequest) {
    this.#request = request;
  }

  /** Of the lease that is held, or was lost; null: none was taken. */
  get fence(): Int64 | null {
    return this.#fence;
  }

  /**
   * Takes the lease; does nothing when it is held already, or there are none. No wall clock can block it: a holder that shows no sign of life loses the
   * lease when this worker has watched its silence for the duration, and at once when its process is dead for certain, or when nothing is known of
   * its process and the renewal is older than the duration.
   *
   * @returns `had`: it was held before, or there are none. `waited`: somebody else has worked meanwhile; what is known of ledger, source and tables
   *   is old.
   * @throws {CalveError} `INGESTION_BUSY` (retry): somebody else holds it, and `ifBusy` is `stop`. `CANCELLED` while it waits; what the store throws.
   */
  async hold(): Promise<'had' | 'at-once' | 'waited'> {
    const { leases, context, durationMilliseconds } = this.#request;
    if (!leases || this.#fence !== null) return 'had';
    const { environment } = context;
    const process = environment.processIdentity?.() ?? null;
    this.#token = randomId(environment, 8);
    return await this.#acquire(leases, { token: this.#token, process, durationMilliseconds });
  }

  async #acquire(leases: LeaseStore, holder: LeaseHolder): Promise<'at-once' | 'waited'> {
    const { key, context, durationMilliseconds } = this.#request;
    const { environment, signal } = context;
    const watch = new LeaseWatch(environment);
    let hasWaited = false;
    let silent: Lease | undefined;
    for (let unknown = 0; ; ) {
      await environment.step('core.lease.acquire');
      let answer: Awaited<ReturnType<LeaseStore['acquire']>>;
      try {
        answer = await leases.acquire(key, holder, this.#now(), silent && { fence: silent.fence, beat: silent.beat });
      } catch (error) {
        // The same token may ask again; a storage whose answers are always lost is no use.
        unknown += 1;
        if (!CalveError.is(error) || error.recovery.kind !== 'verify') throw error;
        // The store may name it as the holder, whatever becomes of this.
        this.#isUnknown = true;
        if (unknown > 3) throw error;
        await environment.sleep(watch.pause(durationMilliseconds), signal);
        continue;
      }
      if (answer.kind === 'acquired') {
        this.#fence = answer.fence;
        ended.get(leases)?.delete(nameOf(key));
        void this.#renewUntilStopped(leases, answer.fence);
        return hasWaited ? 'waited' : 'at-once';
      }
      const { lease } = answer;
      // Whoever was too late to take over from this very holder waits like everybody else.
      const isTooLate = silent?.fence === lease.fence && silent.beat === lease.beat;
      silent = !isTooLate && (hasEnded(leases, key, lease.holder.token) || watch.isGone(lease)) ? lease : undefined;
      if (silent) continue;
      if (this.#request.ifBusy === 'stop') throw busy(key, heldBy(lease));
      if (!hasWaited) this.#request.onWaiting(heldBy(lease));
      hasWaited = true;
      await watch.wait(lease, signal);
    }
  }

  /** Gives the lease back. Never throws: what fails here is reported, and costs other processes the duration of the lease. */
  async release(): Promise<void> {
    const { leases, key, context, durationMilliseconds } = this.#request;
    this.#stop.abort();
    if (!leases) return;
    if (this.#fence === null) {
      if (this.#isUnknown) addEnded(leases, key, this.#token);
      return;
    }
    try {
      await context.environment.step('core.lease.release');
      await leases.release(key, this.#fence);
    } catch (error) {
      addEnded(leases, key, this.#token);
      const { code, message } = errorData(error);
      const cost = `As long as this process lives, others that run ingestion "${key.ingestion}" may wait for up to ${secondsText(durationMilliseconds)}`;
      context.report({ code, severity: 'warning', message: `${cost}, since its lease could not be given back: ${message}` });
    }
  }

  /** The error for a write that the store refused because the lease was handed to somebody else. */
  takenOver(): CalveError {
    const { key, durationMilliseconds } = this.#request;
    return new CalveError(
      'CHECKPOINT_SUPERSEDED',
      `Another process took over ingestion "${key.ingestion}" after this one had not answered for ${secondsText(durationMilliseconds)}; was it paused? ` +
        'It stops here and changes nothing any more. Nothing is lost: run again to load what is left.',
      { recovery: 'retry', context: { ingestion: key.ingestion, leaseMilliseconds: durationMilliseconds } },
    );
  }

  async #renewUntilStopped(leases: LeaseStore, fence: Int64): Promise<void> {
    const { key, context, durationMilliseconds } = this.#request;
    const { environment } = context;
    const { signal } = this.#stop;
    let hasFailed = false;
    for (let empty = 0; empty < MOST_EMPTY_BEATS; ) {
      const before = environment.now();
      try {
        await environment.sleep(durationMilliseconds / 3, signal);
        if (signal.aborted) return;
        await environment.step('core.lease.renew');
        // Nothing more to do for it: the next write to the journal is refused, and says why.
        if ((await leases.renew(key, fence, this.#now())) === 'lost') return;
      } catch (error) {
        if (signal.aborted) return;
        // The next beat may come through; if none does, others take over.
        const { code, message } = errorData(error);
        if (!hasFailed) context.report({ code, severity: 'warning', message: `The lease could not be renewed: ${message}` });
        hasFailed = true;
      }
      empty = environment.now() === before ? empty + 1 : 0;
    }
  }

  #now(): string {
    return new Date(this.#request.context.environment.now()).toISOString();
  }
}

/** `process 4711 on host-a`, or what is known of it. */
export function holderText({ host, pid }: Pick<LeaseHeldBy, 'host' | 'pid'>): string {
  return host === null || pid === null ? 'another worker' : `process ${pid} on ${host}`;
}

function nameOf({ tenant, ingestion }: LedgerKey): string {
  return `${tenant}/${ingestion}`;
}

function hasEnded(leases: LeaseStore, key: LedgerKey, token: string): boolean {
  return ended.get(leases)?.get(nameOf(key))?.has(token) ?? false;
}

function addEnded(leases: LeaseStore, key: LedgerKey, token: string): void {
  const ledgers = ended.get(leases) ?? new Map<string, Set<string>>();
  ended.set(leases, ledgers.set(nameOf(key), (ledgers.get(nameOf(key)) ?? new Set()).add(token)));
}

function heldBy({ holder, since }: Lease): LeaseHeldBy {
  return { host: holder.process?.host ?? null, pid: holder.process?.pid ?? null, since };
}

function busy({ ingestion }: LedgerKey, held: LeaseHeldBy): CalveError {
  return new CalveError(
    'INGESTION_BUSY',
    `Ingestion "${ingestion}" is busy: ${holderText(held)} works on it since ${held.since}. Nothing was changed; try again when it has ended, or let this one wait.`,
    { recovery: 'retry', context: { ingestion, host: held.host, pid: held.pid, since: held.since } },
  );
}

function secondsText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return `${Number(seconds.toFixed(1))} ${seconds === 1 ? 'second' : 'seconds'}`;
}
