/** In a pipe, a line at most so often. */
const PLAIN_MILLISECONDS = 5_000;

/** One line that changes in place on a terminal; in a pipe, plain lines now and then. Always on standard error: results have the other stream. */
export class LiveLine {
  #shown = 0;
  #isOpen = false;

  show(text: string): void {
    if (process.stderr.isTTY) {
      const { columns = 80 } = process.stderr;
      process.stderr.write(`\r\u001b[2K${text.slice(0, columns - 1)}`);
      this.#isOpen = true;
    } else if (performance.now() - this.#shown >= PLAIN_MILLISECONDS) {
      this.#shown = performance.now();
      process.stderr.write(`${text}\n`);
    }
  }

  /** Removes the line. */
  end(): void {
    if (this.#isOpen) process.stderr.write('\r\u001b[2K');
    this.#isOpen = false;
  }
}
