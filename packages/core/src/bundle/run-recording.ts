import type { RunEvent } from '../run/run-event.ts';

const FIRST = 100;
const LAST = 900;

/**
 * Keeps the events of a run for a bundle: the first 100 and the last 900, without progress. Nothing else keeps events of a run that has ended.
 *
 * @example
 * const recording = new RunRecording();
 * calve.on('event', recording.add);
 * // … later: await calve.bundle(spec, { recording });
 */
export class RunRecording {
  readonly #first: RunEvent[] = [];
  #last: RunEvent[] = [];
  #dropped = 0;

  /** Hears one event. Of several runs the newest is kept. */
  readonly add = (event: RunEvent): void => {
    if (event.kind === 'progress') return;
    if (this.#first[0] && this.#first[0].runId !== event.runId) this.#clear();
    if (this.#first.length < FIRST) {
      this.#first.push(event);
      return;
    }
    this.#last.push(event);
    if (this.#last.length < 2 * LAST) return;
    this.#dropped += this.#last.length - LAST;
    this.#last = this.#last.slice(-LAST);
  };

  /** What was kept, and how many in the middle were not. */
  get events(): { kept: readonly RunEvent[]; dropped: number } {
    const last = this.#last.slice(-LAST);
    return { kept: [...this.#first, ...last], dropped: this.#dropped + this.#last.length - last.length };
  }

  #clear(): void {
    this.#first.length = 0;
    this.#last = [];
    this.#dropped = 0;
  }
}
