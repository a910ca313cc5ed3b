import type { Environment } from '../env/environment.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { InputLimits } from './input-limits.ts';

/** A name of a secret; its value never appears in a spec, plan, event, error or generated code. */
export interface SecretReference {
  secret: string;
}

/** Share of the run's memory that a caller holds. `release` is idempotent. */
export interface Reservation {
  release(): void;
}

/** Given to every call that may do IO. There is one per run; a multi-tenant host makes one per tenant and run. */
export interface CallContext {
  /** Part of every ledger key and event. */
  tenant: string;
  runId: string;
  /** Aborted: throw `CANCELLED`; iterators run their `finally`. */
  signal: AbortSignal;
  environment: Environment;
  /** @throws {CalveError} recovery `fix-access`: nobody knows this secret. */
  resolveSecret(reference: SecretReference): Promise<string>;
  /** What one file may cost. Whoever reads a file keeps to them. */
  limits: Readonly<InputLimits>;
  /**
   * Waits until the run's share is free. Bytes in flight, not queue length, are the back-pressure and the tenant's quota. Who holds memory must
   * not ask for more before releasing it: two such callers could wait for each other forever.
   *
   * @throws {CalveError} `CANCELLED` while it waits.
   */
  reserve(bytes: number): Promise<Reservation>;
  /** Hands a finding to the run; never throws. */
  report(diagnostic: Diagnostic): void;
}
