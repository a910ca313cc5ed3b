import type { SeededRandom } from '../doubles/seeded-random.ts';

/** Something that is going to happen; `cancel` takes it back. */
export interface ScheduledEvent {
  cancel(): void;
}

interface QueuedEvent {
  at: number;
  tie: number;
  action: (() => void) | null;
}

/** Lets everything that an event set going come to rest: promises settle before the next turn of the event loop. */
const comeToRest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * A clock and a queue: the event that is due first happens, everything that it sets going comes to rest, then the next one. Events of one
 * time happen in an order that the seed decides. Nothing waits for real time, so the same seed gives the same history on every machine, as
 * long as all IO of what is simulated goes through events.
 */
export class SimulatedScheduler {
  readonly #random: SeededRandom;
  readonly #heap: QueuedEvent[] = [];
  #now: number;
  #happened = 0;

  /** @param start Virtual milliseconds since 1970. */
  constructor(random: SeededRandom, start = Date.UTC(2026, 0, 1)) {
    this.#random = random;
    this.#now = start;
  }

  /** Virtual milliseconds since 1970; never goes back. */
  get now(): number {
    return this.#now;
  }

  /** Events so far. */
  get happened(): number {
    return this.#happened;
  }

  /** @param delay Virtual milliseconds from now, at least zero. */
  after(delay: number, action: () => void): ScheduledEvent {
    // Clocks count whole milliseconds.
    const event: QueuedEvent = { at: this.#now + Math.max(0, Math.ceil(delay)), tie: this.#random.next(), action };
    this.#push(event);
    return {
      cancel() {
        event.action = null;
      },
    };
  }

  /**
   * Runs until nothing is left to happen.
   *
   * @param most Events after which a history counts as endless.
   * @returns false: it is endless.
   */
  async run(most: number): Promise<boolean> {
    await comeToRest();
    for (let event = this.#pop(); event; event = this.#pop()) {
      const { action } = event;
      if (!action) continue;
      if (this.#happened >= most) return false;
      this.#happened += 1;
      this.#now = event.at;
      action();
      await comeToRest();
    }
    return true;
  }

  #push(event: QueuedEvent): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): QueuedEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: QueuedEvent, other: QueuedEvent): boolean {
  return one.at < other.at || (one.at === other.at && one.tie < other.tie);
}
