import type { KillMoment } from './kill-moment.ts';

/** Half of what is believed comes from the last process, so that a machine that gets slower is noticed. */
const WEIGHT = 0.5;
/** Of the kills at random times, how many come while a process starts; the others come while it writes. */
const SHARE_OF_START = 0.15;
/** A little beyond the end, which is not always at the same time. */
const BEYOND_THE_END = 1.05;

/** How long an adapter's processes take, learned from those that end by themselves, and with it when the others are killed. */
export class TorturePace {
  #untilWriting: number | null = null;
  #writing: number | null = null;

  /** @param untilWriting Until something in the lake changed; null: nothing did, and this is not learned. */
  learn(milliseconds: number, untilWriting: number | null): void {
    if (untilWriting === null) return;
    const start = Math.min(untilWriting, milliseconds);
    this.#untilWriting = mixed(this.#untilWriting, start);
    this.#writing = mixed(this.#writing, milliseconds - start);
  }

  /** Shares from 0 to 1 spread over the start of a process and, much denser, over the time in which it writes. */
  momentOf(share: number): KillMoment {
    if (share < SHARE_OF_START) return { from: 'start', milliseconds: (share / SHARE_OF_START) * (this.#untilWriting ?? 1000) };
    const ofWriting = (share - SHARE_OF_START) / (1 - SHARE_OF_START);
    return { from: 'first change', milliseconds: ofWriting * (this.#writing ?? 1000) * BEYOND_THE_END };
  }
}

function mixed(old: number | null, value: number): number {
  return old === null ? value : old * (1 - WEIGHT) + value * WEIGHT;
}
