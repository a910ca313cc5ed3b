// What core and the format load when it is asked for: loading takes real time, in which the virtual one would go on without it.
import '../../packages/core/src/checkpoint/memory-checkpoint-store.ts';
import '../../packages/core/src/kernels.wasm.ts';
import '../../packages/core/src/plan/assert-modes-named.ts';
import '../../packages/core/src/projection/apply-projection.ts';
import '../../packages/core/src/run/run-ingestion.ts';
import '../../packages/core/src/run/segments/gathered-units.ts';
import '../../packages/core/src/schema/table-schema.ts';
import '../../packages/format-csv/src/csv-decoder.ts';
import '../../packages/format-csv/src/kernels.wasm.ts';
import type { Environment, ProcessIdentity } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import { CalveError } from '@calve/core/plugin';

/** Turns of the event loop in which nothing else happens any more. */
const QUIET_TURNS = 25;
const START = Date.UTC(2026, 0, 1);
const node = nodeEnvironment();

interface Sleeper {
  until: number;
  machine: Machine;
  wake(): void;
}

/**
 * One time for several processes: it moves on to the next sleeper as soon as everybody waits. A process can be paused as a whole, with its timers, and
 * its wall clock can be wrong.
 */
export class VirtualTime {
  #now = 0;
  readonly #sleepers = new Set<Sleeper>();

  /** Milliseconds since the beginning. */
  get elapsed(): number {
    return this.#now;
  }

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** One more process. */
  machine(pid: number, host = 'host-a'): Machine {
    return new Machine(this, { host, pid, boot: 'boot', namespace: 'pid:[1]', started: `${pid}` });
  }

  /** Lets time pass until something has ended. */
  async until<T>(end: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    end.then(over, over);
    for (await this.settle(); !isOver; await this.settle()) this.#wakeNext(Number.POSITIVE_INFINITY);
    return end;
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    do await this.settle();
    while (this.#wakeNext(end));
    this.#now = end;
  }

  /** Lets everybody go on until they wait. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < QUIET_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  sleep(milliseconds: number, machine: Machine, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        this.#sleepers.delete(sleeper);
        reject(new CalveError('CANCELLED', 'The operation was cancelled.', { recovery: 'retry' }));
      };
      const sleeper: Sleeper = {
        until: this.#now + milliseconds,
        machine,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
      };
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** @returns False: nobody sleeps who wakes up until then. */
  #wakeNext(end: number): boolean {
    const awake = [...this.#sleepers].filter(({ machine, until }) => !machine.isPaused && until <= end);
    const [first] = awake.sort((one, other) => one.until - other.until);
    if (!first) return false;
    this.#now = Math.max(this.#now, first.until);
    first.wake();
    return true;
  }
}

/** A process on a machine whose wall clock may be wrong. */
export class Machine {
  readonly identity: ProcessIdentity;
  /** What its wall clock is off by. */
  offMilliseconds = 0;
  isPaused = false;
  /** What others are told of each process, by pid. */
  readonly knows = new Map<number, 'alive' | 'dead'>();
  readonly #time: VirtualTime;
  /** Called at each step. */
  onStep: (label: string) => void | Promise<void> = () => {};

  constructor(time: VirtualTime, identity: ProcessIdentity) {
    this.#time = time;
    this.identity = identity;
  }

  environment(): Partial<Environment> {
    return {
      now: () => START + this.#time.elapsed + this.offMilliseconds,
      sleep: (milliseconds, signal) => (milliseconds <= 0 ? node.sleep(0, signal) : this.#time.sleep(milliseconds, this, signal)),
      step: async (label) => this.onStep(label),
      processIdentity: () => this.identity,
      processState: ({ pid }) => this.knows.get(pid) ?? 'unknown',
    };
  }

  /** Pauses at a step, with all timers, when it comes to it for the first time. */
  pauseAt(step: string): { arrived: Promise<void>; wake(): void } {
    const arrived = Promise.withResolvers<void>();
    const woken = Promise.withResolvers<void>();
    this.onStep = (label) => {
      if (this.isPaused) return woken.promise;
      if (label !== step) return;
      this.onStep = () => (this.isPaused ? woken.promise : undefined);
      this.isPaused = true;
      arrived.resolve();
      return woken.promise;
    };
    return {
      arrived: arrived.promise,
      wake: () => {
        this.isPaused = false;
        woken.resolve();
      },
    };
  }
}
