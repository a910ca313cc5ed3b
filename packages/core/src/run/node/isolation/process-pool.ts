import { CalveError } from '../../../errors/calve-error.ts';
import { DecodeProcess, type ProcessStart } from './decode-process.ts';

/** A host that reads files one after the other needs one; the second is for a plan beside a run. */
const MOST_IDLE = 2;

/** Decode processes: each serves one call at a time, and only ever the files of one tenant. */
export class ProcessPool {
  readonly #start: ProcessStart;
  /** The one used last stands last. */
  readonly #idle: DecodeProcess[] = [];
  readonly #all = new Set<DecodeProcess>();
  #isClosed = false;

  constructor(start: ProcessStart) {
    this.#start = start;
  }

  /**
   * A process that nobody else uses until it comes back, and whether it has worked before.
   *
   * @throws {CalveError} `CLOSED`.
   */
  take(tenant: string): { process: DecodeProcess; isUsed: boolean } {
    if (this.#isClosed) throw new CalveError('CLOSED', 'This Calve instance is closed.', { recovery: 'fix-input' });
    const index = this.#idle.findLastIndex((process) => process.tenant === tenant && process.isAlive);
    const [idle] = index < 0 ? [] : this.#idle.splice(index, 1);
    if (idle) return { process: idle, isUsed: true };
    const process = new DecodeProcess(tenant, this.#start);
    this.#all.add(process);
    void process.gone.then(() => this.#forget(process));
    return { process, isUsed: false };
  }

  /** Takes a process back that waits for its next call. */
  give(process: DecodeProcess): void {
    if (this.#isClosed || !process.isAlive) return;
    process.unref();
    this.#idle.push(process);
    if (this.#idle.length > MOST_IDLE) void this.#idle.shift()?.kill();
  }

  /** Ends all of them, also those at work. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idle.length = 0;
    await Promise.all([...this.#all].map((process) => process.kill()));
  }

  #forget(process: DecodeProcess): void {
    this.#all.delete(process);
    const index = this.#idle.indexOf(process);
    if (index >= 0) this.#idle.splice(index, 1);
  }
}
