import type { Lease } from '../checkpoint/lease.ts';
import type { Environment } from '../env/environment.ts';

const FIRST_PAUSE_MILLISECONDS = 20;
const LONGEST_PAUSE_MILLISECONDS = 1000;

/**
 * Watches somebody else's lease for signs of life. Time is what this worker has slept itself: it cannot jump, and while the machine is suspended the
 * silence of others does not count.
 */
export class LeaseWatch {
  readonly #environment: Environment;
  #seen: Pick<Lease, 'fence' | 'beat'> | null = null;
  #silentMilliseconds = 0;
  #pause = FIRST_PAUSE_MILLISECONDS;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Whether its holder has gone, as far as can be known now. */
  isGone(lease: Lease): boolean {
    const { holder, fence, beat, renewedAt } = lease;
    if (this.#seen?.fence !== fence || this.#seen.beat !== beat) this.#silentMilliseconds = 0;
    this.#seen = { fence, beat };
    if (this.#silentMilliseconds >= holder.durationMilliseconds) return true;
    const state = holder.process ? (this.#environment.processState?.(holder.process) ?? 'unknown') : 'unknown';
    if (state !== 'unknown') return state === 'dead';
    // A clock that is wrong takes the lease from somebody alive, who loses work and nothing else.
    return this.#environment.now() - Date.parse(renewedAt) > holder.durationMilliseconds;
  }

  /** Sleeps until it is worth looking again. @throws {CalveError} `CANCELLED`. */
  async wait({ holder }: Lease, signal: AbortSignal): Promise<void> {
    const pause = this.pause(Math.max(1, holder.durationMilliseconds - this.#silentMilliseconds));
    await this.#environment.sleep(pause, signal);
    this.#silentMilliseconds += pause;
  }

  /** Milliseconds of the next pause: longer each time, up to a second and to `most`. */
  pause(most: number): number {
    const pause = Math.min(this.#pause, most);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MILLISECONDS);
    return pause;
  }
}
