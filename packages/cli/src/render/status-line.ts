import { type ProgressStream, visibleText } from '@calve/core/node';

const ERASE_LINE = '\r\u001b[2K';
const TICK_MILLISECONDS = 1000;
/** What takes no longer than this needs no clock beside it. */
const UNCOUNTED_SECONDS = 2;

/**
 * Lines for people, and beneath them, on a terminal only, one line that says what is going on as long as nothing better can be said: it
 * comes at once, counts the seconds, and is gone when it is cleared. Elsewhere there is no such line and no control character.
 */
export class StatusLine {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  #words: string | null = null;
  #since = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  /** Says what is going on; null: nothing that would take time. */
  show(words: string | null): void {
    if (words === this.#words || this.#stream.isTTY !== true) return;
    if (words === null) {
      this.#stop();
      this.#stream.write(ERASE_LINE);
      return;
    }
    this.#words = words;
    this.#since = this.#now();
    this.#draw();
    this.#timer ??= setInterval(() => this.#draw(), TICK_MILLISECONDS);
    this.#timer.unref?.();
  }

  /** Writes lines that stay, control characters made visible. On a terminal a line of progress may be open: it makes way. */
  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${visibleText(line)}\n`).join('');
    this.#stream.write(this.#stream.isTTY ? `${ERASE_LINE}${text}` : text);
    this.#draw();
  }

  #draw(): void {
    if (this.#words === null) return;
    const seconds = Math.floor((this.#now() - this.#since) / 1000);
    const text = `${visibleText(this.#words)} …${seconds < UNCOUNTED_SECONDS ? '' : ` ${seconds} s`}`;
    this.#stream.write(`${ERASE_LINE}${text.slice(0, Math.max(1, (this.#stream.columns || 80) - 1))}`);
  }

  #stop(): void {
    this.#words = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
