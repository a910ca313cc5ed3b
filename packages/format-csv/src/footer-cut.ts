import type { ByteReader, InputLimits } from '@calve/core/plugin';
import { limitExceeded, sizeText } from '@calve/core/plugin';
import { detectLineEnd } from './line-end.ts';

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const BLANK = 0x20;
const PIECE_BYTES = 64 * 1024;
/** The first piece; each further one is twice as long. */
const FIRST_PIECE_BYTES = 4 * 1024;

/**
 * Content without its last lines: totals, remarks, signatures. Which lines these are is known only at its end, so as many are always held back.
 * Lines of nothing but blanks count neither as footer nor as data. Forward only, of unknown size; memory is that of the footer, at most
 * `limits.recordBytes` and a piece of 64 KiB. Closing it closes nothing.
 */
export class FooterCut implements ByteReader {
  readonly sizeBytes = -1;
  /** Lines that were left out; known once the end was read. */
  cutLines = 0;

  readonly #content: ByteReader;
  readonly #lines: number;
  readonly #limits: Readonly<InputLimits>;
  /** What was read and not handed over: `[#from, #to)`, of which everything before `#safe` is not of the footer. */
  #held = new Uint8Array(FIRST_PIECE_BYTES);
  #from = 0;
  #safe = 0;
  #to = 0;
  #readBytes = 0;
  #pieceBytes = FIRST_PIECE_BYTES;
  #isEnded = false;
  /** Last byte of a line end; -1 as long as none was met. */
  #lineEnd = -1;

  /**
   * @param content UTF-8.
   * @param lines 1 or more.
   */
  constructor(content: ByteReader, lines: number, limits: Readonly<InputLimits>) {
    this.#content = content;
    this.#lines = lines;
    this.#limits = limits;
  }

  /** @throws {CalveError} `LIMIT_LINE` (fix-input): the last lines have more bytes than a record may have. */
  async read(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length) {
      if (this.#from === this.#safe) {
        if (this.#isEnded) break;
        await this.#fill();
        continue;
      }
      const count = Math.min(target.length - filled, this.#safe - this.#from);
      target.set(this.#held.subarray(this.#from, this.#from + count), filled);
      this.#from += count;
      filled += count;
    }
    return filled;
  }

  verify(): Promise<void> {
    return this.#content.verify();
  }

  async close(): Promise<void> {}

  async #fill(): Promise<void> {
    this.#makeRoom();
    const answer = this.#content.read(this.#held.subarray(this.#to, this.#to + this.#pieceBytes), this.#readBytes);
    const count = typeof answer === 'number' ? answer : await answer;
    this.#to += count;
    this.#readBytes += count;
    this.#pieceBytes = Math.min(PIECE_BYTES, this.#pieceBytes * 2);
    this.#isEnded = count === 0;
    this.#findLineEnd();
    const held = this.#held.subarray(0, this.#to);
    const footer = this.#lineEnd < 0 ? { start: -1, lines: 0 } : this.#footerOf(held);
    if (footer.start >= 0) this.#safe = footer.start;
    if (this.#isEnded) {
      // Fewer lines than are to be left out, or no line end at all: all of it is footer.
      this.cutLines = this.#lineEnd < 0 ? Number(!isBlank(held, this.#from, this.#to)) : footer.lines;
    } else if (this.#to - this.#safe > this.#limits.recordBytes) {
      const message = `The last ${this.#lines} lines, which are to be left out as the footer, would have more than ${sizeText(this.#limits.recordBytes)}. Check the line ends of the file and the option "skipFooterLines".`;
      throw limitExceeded('recordBytes', this.#limits, message, { byteOffset: this.#readBytes - (this.#to - this.#safe) });
    }
  }

  #makeRoom(): void {
    this.#held.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#safe -= this.#from;
    this.#from = 0;
    if (this.#held.length - this.#to >= this.#pieceBytes) return;
    const larger = new Uint8Array(this.#held.length + Math.max(this.#held.length, this.#pieceBytes));
    larger.set(this.#held.subarray(0, this.#to));
    this.#held = larger;
  }

  #findLineEnd(): void {
    if (this.#lineEnd >= 0) return;
    const found = detectLineEnd(this.#held, 0, this.#to, this.#isEnded);
    if (found !== null) this.#lineEnd = found === 'CR' ? CARRIAGE_RETURN : LINE_FEED;
  }

  /** Where the lines begin that are to be left out, -1 when there are fewer; and how many there are. */
  #footerOf(held: Uint8Array): { start: number; lines: number } {
    let lines = 0;
    for (let end = held.length; end > 0; ) {
      const start = end === 1 ? 0 : held.lastIndexOf(this.#lineEnd, end - 2) + 1;
      if (!isBlank(held, start, end)) {
        lines += 1;
        if (lines === this.#lines) return { start, lines };
      }
      end = start;
    }
    return { start: -1, lines };
  }
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if ((bytes[at] as number) > BLANK) return false;
  return true;
}
