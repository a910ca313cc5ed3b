import type { Environment } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { SeededRandom } from '../doubles/seeded-random.ts';
import type { Fault } from './history.ts';
import type { ScheduledEvent, SimulatedScheduler } from './scheduler.ts';

/** What a process of a history tells while it lives. */
export interface ProcessObserver {
  /** A step was reached. */
  onStep(label: string, process: SimulatedProcess): void;
  /** The process dies at this step; null: at another wait. */
  onDeath(step: string | null, process: SimulatedProcess): void;
  /** The process goes on: whatever runs until the next event is its work. */
  onTurn(process: SimulatedProcess): void;
  /** Readable, in the order of the history. */
  onNote(text: string): void;
}

/** How one call that leaves the process goes. */
export interface CallWay<T> {
  /** Most virtual milliseconds for each way; default 3. */
  latency?: number;
  /** Happens although the process has died meanwhile: it is under way on a network. Default: yes. */
  isRemote?: boolean;
  /** Instead of what `effect` gave. Throws what the caller is to see. */
  answer?: (result: T) => T;
  /** The effect does not happen at all. */
  isDropped?: boolean;
  /** The effect happens so much later, and the answer does not wait for it; it is made by `answerWithout`. */
  lateBy?: number;
  /** … and once more so much later. */
  againAfter?: number;
  /** The answer for an effect that was dropped or is late. Throws what the caller is to see. */
  answerWithout?: () => T;
}

/**
 * One process of a history: an `Environment` of its own, and a way for its calls into the world. Dying is a flag: what is under way on the
 * network still arrives, what was to come back never does, and its promises never settle. A paused process goes on later and knows nothing of it.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly environment: Environment;
  readonly #scheduler: SimulatedScheduler;
  readonly #random: SeededRandom;
  readonly #observer: ProcessObserver;
  readonly #faults: Fault[];
  readonly #counts = new Map<string, number>();
  #isAlive = true;
  #pausedUntil = 0;

  constructor(
    name: string,
    scheduler: SimulatedScheduler,
    random: SeededRandom,
    platform: Pick<Environment, 'sha256' | 'decompress' | 'processIdentity' | 'processState'>,
    faults: readonly Fault[],
    observer: ProcessObserver,
    skewMilliseconds = 0,
  ) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#observer = observer;
    this.#faults = [...faults];
    this.environment = {
      ...platform,
      now: () => scheduler.now + skewMilliseconds,
      random: (bytes) => random.bytes(bytes),
      sleep: (milliseconds, signal) => this.#sleep(milliseconds, signal),
      step: (label) => this.#step(label),
    };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** How often something of this name has happened in this process, this time included. */
  count(name: string): number {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count;
  }

  /** The fault that was planned for the nth call of a kind; it is used up. */
  takeFault<Kind extends Fault['kind']>(
    kind: Kind,
    fits: (fault: Extract<Fault, { kind: Kind }>) => boolean,
  ): Extract<Fault, { kind: Kind }> | undefined {
    const at = this.#faults.findIndex((fault) => fault.kind === kind && fits(fault as Extract<Fault, { kind: Kind }>));
    return at < 0 ? undefined : (this.#faults.splice(at, 1)[0] as Extract<Fault, { kind: Kind }>);
  }

  /** A call into the world: it takes virtual time both ways, and the process may die or sleep through it. */
  call<T>(effect: () => T, way: CallWay<T> = {}): Promise<T> {
    const { latency = 3, isRemote = true } = way;
    const nth = this.count('call');
    this.#wait(null, nth);
    // Who dies at a wait may have sent the request already.
    if (!this.#isAlive && (!isRemote || nth % 2 === 0)) return never();
    return new Promise((resolve, reject) => {
      const answer = (make: () => T): void => {
        this.#later(this.#random.below(latency + 1), () => {
          try {
            resolve(make());
          } catch (error) {
            reject(error);
          }
        });
      };
      const happen = (): void => {
        if (!this.#isAlive && !isRemote) return;
        let result: T;
        try {
          result = effect();
        } catch (error) {
          answer(() => {
            throw error;
          });
          return;
        }
        answer(() => (way.answer ? way.answer(result) : result));
      };
      const without = way.answerWithout;
      const delay = this.#random.below(latency + 1);
      if (way.isDropped && without) answer(without);
      else if (way.lateBy !== undefined && without) {
        this.#scheduler.after(way.lateBy, () => ignoreFailure(effect));
        answer(without);
      } else this.#scheduler.after(delay, happen);
      if (way.againAfter !== undefined) this.#scheduler.after(delay + way.againAfter, () => ignoreFailure(effect));
    });
  }

  async #step(label: string): Promise<void> {
    this.#observer.onStep(label, this);
    this.#wait(label, this.count(`step ${label}`));
    if (!this.#isAlive) return never();
    if (this.#pausedUntil > this.#scheduler.now) await new Promise<void>((resolve) => this.#later(0, resolve));
  }

  /** Dies or falls asleep where that was planned. */
  #wait(step: string | null, nth: number): void {
    const isHere = (fault: { step: string | null; nth: number }): boolean => fault.step === step && fault.nth === nth;
    const pause = this.takeFault('pause', isHere);
    if (pause) {
      this.#pausedUntil = this.#scheduler.now + pause.milliseconds;
      this.#observer.onNote(`${this.name} sleeps for ${pause.milliseconds} ms at ${step ?? `wait ${nth}`}`);
    }
    if (!this.takeFault('crash', isHere)) return;
    this.#isAlive = false;
    this.#observer.onDeath(step, this);
    this.#observer.onNote(`${this.name} dies at ${step ?? `wait ${nth}`}`);
  }

  /** What comes back to the process: nothing when it is dead, and when it wakes up if it sleeps. */
  #later(delay: number, action: () => void): ScheduledEvent {
    let event = this.#scheduler.after(delay, arrive);
    const process = this;
    return { cancel: () => event.cancel() };

    function arrive(): void {
      if (!process.#isAlive) return;
      const asleep = process.#pausedUntil - process.#scheduler.now;
      if (asleep > 0) event = process.#scheduler.after(asleep, arrive);
      else {
        process.#observer.onTurn(process);
        action();
      }
    }
  }

  #sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (!this.#isAlive) return never();
    const cancelled = () => new CalveError('CANCELLED', 'The operation was cancelled.', { recovery: 'retry' });
    if (signal?.aborted) return Promise.reject(cancelled());
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        event.cancel();
        reject(cancelled());
      };
      const event = this.#later(milliseconds, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}

/** Nobody waits for the answer to a request that arrives late or twice. */
function ignoreFailure(effect: () => unknown): void {
  try {
    effect();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
