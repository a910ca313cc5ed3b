import { fixedOffset, wallFormat } from './time-zone.ts';

/** Three days: no zone has changed its clocks twice within so short a time. */
const blockSeconds = 3 * 86_400;
/** Blocks kept; random times of all centuries begin anew from time to time. */
const mostBlocks = 65_536;
/** No zone changed its clocks before 1800, and earlier years need care that nobody needs. */
const firstSecond = -5_364_662_400;

/** The offsets of wall times in a stretch of `blockSeconds`: `before` up to `change`, then `after`. */
interface Block {
  change: number;
  before: number;
  after: number;
}

/**
 * The clock on a wall in one place: what a wall time there is in UTC.
 *
 * Where clocks are put forward, a time that never showed is moved forward by the gap; where they are put back, of two moments the
 * earlier one is meant. That is what `java.time`, and so Spark, does. The rules of zones are those of the platform (`Intl`).
 */
export class ZoneClock {
  readonly #fixed: number | null;
  readonly #format: Intl.DateTimeFormat;
  readonly #blocks = new Map<number, Block>();
  #lastKey = Number.NaN;
  #last: Block = { change: 0, before: 0, after: 0 };

  /**
   * @param zone IANA name, `UTC`, or an offset such as `+05:30` up to 18 hours.
   * @throws {CalveError} `SPEC_INVALID` (fix-input): this platform does not know the zone.
   */
  constructor(zone: string) {
    this.#fixed = fixedOffset(zone);
    this.#format = wallFormat(this.#fixed === null ? zone : 'UTC');
  }

  /** Seconds since 1970-01-01 00:00 in UTC of a wall time, which counts as if it were in UTC. */
  toUtc(wall: number): number {
    if (this.#fixed !== null) return wall - this.#fixed;
    const key = Math.floor(wall / blockSeconds);
    if (key !== this.#lastKey) {
      this.#last = this.#block(key);
      this.#lastKey = key;
    }
    const { change, before, after } = this.#last;
    return wall - (wall < change ? before : after);
  }

  #block(key: number): Block {
    const known = this.#blocks.get(key);
    if (known !== undefined) return known;
    let from = key * blockSeconds;
    let to = from + blockSeconds;
    const before = this.#wallOffset(from);
    const after = this.#wallOffset(to);
    if (before !== after) {
      while (to - from > 1) {
        const middle = Math.floor((from + to) / 2);
        if (this.#wallOffset(middle) === before) from = middle;
        else to = middle;
      }
    }
    const block = { change: to, before, after };
    if (this.#blocks.size >= mostBlocks) this.#blocks.clear();
    this.#blocks.set(key, block);
    return block;
  }

  /** The offset that a wall time has: the one before a change for as long as that one can be meant. */
  #wallOffset(wall: number): number {
    const before = this.#offsetAt(wall - 86_400);
    const after = this.#offsetAt(wall + 86_400);
    if (before === after || this.#offsetAt(wall - before) === before) return before;
    return this.#offsetAt(wall - after) === after ? after : before;
  }

  /** Seconds east of UTC at a moment. */
  #offsetAt(second: number): number {
    const at = Math.max(second, firstSecond);
    const [month, day, year, hour, minute, ofMinute] = this.#format
      .format(at * 1_000)
      .split(/\D+/, 6)
      .map(Number) as [number, number, number, number, number, number];
    return Date.UTC(year, month - 1, day, hour, minute, ofMinute) / 1_000 - at;
  }
}
